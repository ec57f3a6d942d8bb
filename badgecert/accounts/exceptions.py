from django.utils.translation import gettext as _

from badgecert.core.exceptions import RefusedError


class WrongPasswordError(RefusedError):
    """Also for an address without an account and for a locked one: nobody learns which it was."""

    def __init__(self, *, tries_left: int) -> None:
        super().__init__(
            _(
                "That e-mail and password don’t match. Try the address your issuer uses for you; "  # noqa: RUF001  # typographic, as on every page
                "it may be a work or an old one."
            )
        )
        # By what was typed at this address, so it says nothing about the account behind it.
        self.tries_left = tries_left


class WrongCurrentPasswordError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("That is not your password. Enter the one that you log in with now."))


class TemporaryPasswordExpiredError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("This temporary password has expired. Request a new one."))


class PasswordAlreadyChosenError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("This account has a password. Log in with it, or request a new one."))


class AccountLockedError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("This account is locked. Ask an issuer to unlock it, then request a new password."))


class NotLockedError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("This account is not locked. If they cannot log in, let them request a new password."))


class ReasonMissingError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("Say why; the reason stays in the record."))
