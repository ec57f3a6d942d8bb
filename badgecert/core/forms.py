from django import forms
from django.utils.translation import gettext_lazy as _


class StyleguideForm(forms.Form):
    """One field of each shape, for /styleguide/."""

    email = forms.EmailField(label=_("E-mail address"), help_text=_("The one your issuer uses for you."))
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput)
    issuer = forms.ChoiceField(label=_("Issuer"), choices=[("", _("All issuers")), ("n", "Northgate Council")])
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    file = forms.FileField(label=_("Picture"), help_text=_("A square PNG, 600 pixels or larger."))
    agreed = forms.BooleanField(label=_("Send me a reminder before it expires"))
    visibility = forms.ChoiceField(
        label=_("Who can see it"),
        choices=[("public", _("Public")), ("link", _("Link only")), ("private", _("Private"))],
        widget=forms.RadioSelect,
        initial="public",
    )
