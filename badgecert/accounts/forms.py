from typing import Any

from django import forms
from django.contrib.auth.password_validation import (
    MinimumLengthValidator,
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from badgecert.accounts.models import TemporaryPassword, User
from badgecert.accounts.secrets import hash_temporary_password
from badgecert.core.text import clean_email

# More than anybody types; comparing a megabyte would be work for whoever sends one.
_PASSWORD_LENGTH = 1000


def minimum_password_length() -> int:
    """What AUTH_PASSWORD_VALIDATORS asks for, so that the page can say it beforehand."""
    return max(v.min_length for v in get_default_password_validators() if isinstance(v, MinimumLengthValidator))


class OneEmailInput(forms.EmailInput):
    """Two addresses in one request are none: which of them is meant, nobody can say."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = data.getlist(name) if isinstance(data, QueryDict) else [data.get(name)]
        return typed[0] if len(typed) == 1 else None


class EmailField(forms.CharField):
    """An address in any spelling; what is wrong with it is said without asking whose it is."""

    widget = OneEmailInput

    def clean(self, value: Any) -> str:
        return clean_email(super().clean(value))


class PasswordField(forms.CharField):
    widget = forms.PasswordInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        self.validators.append(MaxLengthValidator(_PASSWORD_LENGTH, _("This is too long for a password.")))


class LogInForm(forms.Form):
    email = EmailField(
        label=_("E-mail address"),
        help_text=_("The one your issuer uses for you; it may be a work or an old one."),
        error_messages={"required": _("Enter your e-mail address.")},
    )
    password = PasswordField(
        label=_("Password"),
        error_messages={"required": _("Enter your password. If you have none, press Request new password.")},
    )


class RequestPasswordForm(forms.Form):
    """The log-in form's address by itself: the password beside it may be blank."""

    email = LogInForm.base_fields["email"]


class CurrentPasswordForm(forms.Form):
    """The password once more, of whoever is logged in."""

    current_password = PasswordField(
        label=_("Your password"), error_messages={"required": _("Enter the password that you log in with.")}
    )


class NewPasswordForm(forms.Form):
    """Two fields for a new password of the given account."""

    new_password = PasswordField(label=_("New password"), error_messages={"required": _("Enter a new password.")})
    again = PasswordField(label=_("The same again"), error_messages={"required": _("Enter the same password again.")})

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        validate_password(password, self.user)
        if TemporaryPassword.objects.filter(user=self.user, secret_hash=hash_temporary_password(password)).exists():
            raise ValidationError(_("Choose a password of your own, not the temporary one."), code="temporary")
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "new_password" in data and "again" in data and data["new_password"] != data["again"]:
            self.add_error("again", _("These two are not the same."))
        return data


class ChangePasswordForm(NewPasswordForm):
    current_password = PasswordField(
        label=_("Current password"), error_messages={"required": _("Enter the password that you log in with now.")}
    )

    field_order = ("current_password", "new_password", "again")
