"""The ways in which a mail does not leave, and in which nobody may send one. Their text never holds a secret."""

from badgecert.core.exceptions import RefusedError


class NotTakenError(Exception):
    """The mail server did not take it and may take it later."""


class MailServerLostError(NotTakenError):
    """It did not get as far as this mail: the next one would fare the same."""


class RefusedMailError(Exception):
    """The mail server will never take it, such as for an unknown mailbox."""


class UnknownOutcomeError(Exception):
    """The connection broke after the mail was handed over: it may have been taken."""


class SharingRefusedError(RefusedError):
    """The badge cannot be sent now; the sentence says why and what to do."""


class TrialRefusedError(RefusedError):
    """Enough mails to oneself for today."""
