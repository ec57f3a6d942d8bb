"""The pages of allauth.mfa that we offer. It looks for them under these names."""

from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.contrib.auth.decorators import login_not_required
from django.urls import path, reverse_lazy

from badgecert.accounts.views.second_factor import AddPasskeyView

_HOME = reverse_lazy("mfa_index")

urlpatterns = [
    path("log-in/second-step/", login_not_required(base.authenticate), name="mfa_authenticate"),
    path("log-in/passkey/", login_not_required(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("log-in/again/code/", base.reauthenticate, name="mfa_reauthenticate"),
    path("log-in/again/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("profile/second-step/", base.index, name="mfa_index"),
    path("profile/second-step/passkeys/add/", AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path(
        "profile/second-step/passkeys/<int:pk>/remove/",
        webauthn.RemoveWebAuthnView.as_view(success_url=_HOME),
        name="mfa_remove_webauthn",
    ),
    path("profile/second-step/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("profile/second-step/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("profile/second-step/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "profile/second-step/recovery-codes/new/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "profile/second-step/recovery-codes/codes.txt",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]
