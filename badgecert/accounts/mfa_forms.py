from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from badgecert.core import seal


def _code_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": _("Enter the code.")},
    )


class SecondStepForm(AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    code = _code_field(_("Code from your app, or a recovery code"))


class CodeAgainForm(ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    code = _code_field(_("Code from your app, or a recovery code"))


class AddAppForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth ships no types
    """The seed waits in the session until the first code proves that the app has it: sealed, for sessions are rows."""

    code = _code_field(_("The six digits that the app shows"))

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        # allauth's own keeps it in clear.
        forms.Form.__init__(self, *args, **kwargs)
        session = context.request.session
        sealed = session.get(SECRET_SESSION_KEY) if self.is_bound else None
        if sealed is None:
            sealed = session[SECRET_SESSION_KEY] = seal.seal(generate_totp_secret().encode()).decode()
        self.secret = seal.open_sealed(sealed.encode()).decode()


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """Every key is a passkey: it shows who holds it, by a finger, a face or a PIN, and opens the account by itself."""

    name = forms.CharField(
        label=_("What you call it"),
        max_length=60,
        required=False,
        help_text=_("So that you know it again in the list, such as your phone's name."),
    )
    passwordless = None

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["passwordless"] = True
        return super().clean()  # type: ignore[no-any-return]
