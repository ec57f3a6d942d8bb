"""The ways in which a mail does not leave. Their text is for staff and never holds a secret."""


class NotTakenError(Exception):
    """The mail server did not take it and may take it later."""


class MailServerLostError(NotTakenError):
    """It did not get as far as this mail: the next one would fare the same."""


class RefusedMailError(Exception):
    """The mail server will never take it, such as for an unknown mailbox."""


class UnknownOutcomeError(Exception):
    """The connection broke after the mail was handed over: it may have been taken."""
