from django.utils.translation import gettext as _

from badgecert.core.exceptions import RefusedError


class LastOwnerError(RefusedError):
    def __init__(self, issuer_name: str) -> None:
        super().__init__(
            _("%(issuer)s would be without an owner. Make somebody else its owner first.") % {"issuer": issuer_name}
        )


class OwnSecondFactorMissingError(RefusedError):
    def __init__(self) -> None:
        super().__init__(
            _("Add a passkey or an authenticator app to your own account first, or you would shut yourself out.")
        )


class NobodyToAgreeError(RefusedError):
    def __init__(self) -> None:
        super().__init__(_("Nobody else could agree: make somebody an owner or a manager of your organisation first."))
