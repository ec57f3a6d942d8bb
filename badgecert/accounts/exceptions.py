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


class TooManyTriesError(RefusedError):
    """From one network, whoever was tried; it counts for nobody's lock."""

    def __init__(self) -> None:
        super().__init__(_("Too many wrong passwords came from this network. Try again in an hour."))


class TemporaryPasswordExpiredError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("This temporary password has expired. Request a new one."))


class PasswordAlreadyChosenError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("This account has a password. Log in with it, or request a new one."))


class AccountLockedError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("This account is locked. Ask an issuer to unlock it, then request a new password."))


class AddressTakenError(RefusedError):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This address has been confirmed for another account meanwhile. Log in with it there; "
                "if a badge is missing, ask its issuer."
            )
        )


class AlreadyLockedError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("This account is locked already. Unlock it, and its old password and all log-ins are gone."))


class NotLockedError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("This account is not locked. If they cannot log in, let them request a new password."))


class ReasonMissingError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("Say why; the reason stays in the record."))


class AddressNotYoursError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("This account has no such address."))


class AddressYoursAlreadyError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("This address is confirmed already. You can log in with it."))


class NotConfirmedError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("Confirm this address first: open the link in the mail we sent to it."))


class LastAddressError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("This is your primary address. Make another one primary first."))


class TooManyAddressesError(RefusedError):
    def __init__(self, *, limit: int) -> None:
        super().__init__(
            _("An account has up to %(limit)d addresses, and we send a few links an hour. Remove one, or wait an hour.")
            % {"limit": limit}
        )


class ProofExpiredError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("This link has been used or is older than a day. Ask for another one in My Profile."))


class ChangedMeanwhileError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("Something changed at the very same moment. Press the button again."))


class MergeRefusedError(RefusedError):
    """Two accounts stay two; the sentence says what to do first."""

    @classmethod
    def locked(cls) -> "MergeRefusedError":
        return cls(_("Your other account is locked. Ask an issuer to unlock it, then open this link again."))

    @classmethod
    def staff(cls) -> "MergeRefusedError":
        return cls(
            _(
                "Your other account works for an organisation. Log in with it and add the address of this one there; "
                "if both do, ask an owner to give one of them your role and to take the other off."
            )
        )

    @classmethod
    def second_factor(cls) -> "MergeRefusedError":
        return cls(
            _(
                "Your other account is protected by a passkey or an authenticator app. Log in with it and add the "
                "address of this one there, or remove that protection there first."
            )
        )

    @classmethod
    def in_use(cls) -> "MergeRefusedError":
        return cls(_("Somebody uses an account with this address. Let them add it in My Profile, which joins the two."))


class NoSecondFactorError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("This account has no passkey and no authenticator app."))
