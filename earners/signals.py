"""The facts this app announces. Receivers write in the transaction of the fact."""

from django.dispatch import Signal

# Sent with `request_id: UUID`: an earner asks their issuer for something, and somebody there has to look at it.
request_opened = Signal()

# Sent with `request_id: UUID` and `by_staff: bool`: something was added to its thread; its last entry says what.
request_answered = Signal()

# Sent with `question_id: UUID`: somebody asked an organisation something on the help page.
question_asked = Signal()
