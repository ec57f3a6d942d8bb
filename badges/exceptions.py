"""The ways an action here can refuse, each with a sentence fit for the page."""

from django.utils.translation import gettext as _

from badgecert.core.exceptions import RefusedError


class IssuingImpossibleError(RefusedError):
    """Nothing can be issued now: a setting is missing or the badge is not published."""


class AlreadyHoldsError(RefusedError):
    def __init__(self, addresses: list[str]) -> None:
        self.addresses = addresses
        super().__init__(
            _("%(address)s already holds this badge. Correct or renew the one they have.") % {"address": addresses[0]}
        )


class WrongStateError(RefusedError):
    """The thing is not in a state in which this can be done; the sentence says what it is."""


class SecondPersonNeededError(RefusedError):
    """The organisation asks that somebody else agrees: propose it instead."""

    def __init__(self) -> None:
        super().__init__(_("Your organisation asks that a second person agrees to this."))


class TooLateError(RefusedError):
    """The time for this has passed."""


class FileRefusedError(RefusedError):
    """Nothing of this file can be used; the sentence says what to change and save again."""
