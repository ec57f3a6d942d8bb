"""A badge for mail signatures: HTML that old mail programs keep, and the same as plain text."""

from dataclasses import dataclass

from django import forms
from django.db import models
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badges.disclosure import Disclosure
from certificates.addresses import absolute


class Program(models.TextChoices):
    """Each takes a signature at another place."""

    OUTLOOK = "outlook", gettext_lazy("Outlook, new and on the web")
    OUTLOOK_CLASSIC = "outlook-classic", gettext_lazy("Outlook, classic")
    GMAIL = "gmail", "Gmail"
    APPLE_MAIL = "apple-mail", "Apple Mail"
    OTHER = "other", gettext_lazy("Another program")


class Target(models.TextChoices):
    BADGE = "badge", gettext_lazy("This badge")
    PORTFOLIO = "portfolio", gettext_lazy("My public page")


class Size(models.IntegerChoices):
    """The side of the picture in points."""

    SMALL = 64, gettext_lazy("Small")
    MEDIUM = 96, gettext_lazy("Medium")
    LARGE = 128, gettext_lazy("Large")


class SignatureForm(forms.Form):
    """Sent by GET: it changes nothing, and its address can be kept."""

    program = forms.ChoiceField(label=gettext_lazy("Mail program"), choices=Program.choices, widget=forms.RadioSelect)
    target = forms.ChoiceField(
        label=gettext_lazy("Where the picture leads"), choices=Target.choices, widget=forms.RadioSelect
    )
    size = forms.TypedChoiceField(
        label=gettext_lazy("Size of the picture"), choices=Size.choices, coerce=int, widget=forms.RadioSelect
    )
    words = forms.ChoiceField(
        label=gettext_lazy("Beside the picture"),
        choices=(("yes", gettext_lazy("Name of the badge and its link")), ("no", gettext_lazy("Nothing"))),
        widget=forms.RadioSelect,
    )

    def __init__(self, data: dict[str, str], *, has_public_page: bool) -> None:
        defaults: dict[str, object] = {
            "program": Program.OUTLOOK,
            "target": Target.BADGE,
            "size": Size.MEDIUM,
            "words": "yes",
        }
        super().__init__({**defaults, **{name: data[name] for name in defaults if name in data}})
        if not has_public_page:
            del self.fields["target"]


@dataclass(frozen=True, slots=True)
class Signature:
    html: str
    text: str


def signature_of(seen: Disclosure, *, public_page: str, size: int, has_words: bool) -> Signature:
    """`public_page` is where it leads in place of the badge's own page; empty for that one."""
    if seen.badge is None or seen.issuer is None:
        msg = f"Nothing of {seen.code} may be shown: it is {seen.state}."
        raise ValueError(msg)
    link = public_page or seen.url
    said = {"badge": seen.badge.name, "issuer": seen.issuer.name}
    context = {
        **said,
        "link": link,
        "shown_link": link.partition("://")[2],
        "picture": absolute("certificates:live_picture", seen.code),
        "alternative": _("Badge: %(badge)s, issued by %(issuer)s") % said,
        "size": size,
        "has_words": has_words,
    }
    html = render_to_string("earners/signature_block.html", context).strip()
    return Signature(html=html, text=f"{_('%(badge)s, issued by %(issuer)s') % said}\n{link}")
