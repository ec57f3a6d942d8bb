"""Where an earner can take a badge: plain links that the other site understands, made from a Disclosure.

Nothing here runs a script of another site or asks it anything: a link is followed when the earner presses it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from badges.disclosure import BadgeFacts, Disclosure, IssuerFacts


class NotDisclosedError(ValueError):
    """There is nothing to share: whoever asked may not see the badge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of another site's form, for copying by hand."""

    id: str
    label: str
    value: str


def linkedin_profile_url(disclosure: Disclosure) -> str:
    """LinkedIn's *Add to profile* with everything filled in. LinkedIn counts months from 1 and knows no days.

    Raises NotDisclosedError.
    """
    badge, issuer, issued_on = _disclosed(disclosure)
    expires_on = disclosure.expires_on
    organisation = (
        # With its number LinkedIn shows the organisation's logo and links to its page.
        {"organizationId": issuer.linkedin_organization_id}
        if issuer.linkedin_organization_id
        else {"organizationName": issuer.name}
    )
    expiry = {"expirationYear": expires_on.year, "expirationMonth": expires_on.month} if expires_on else {}
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": badge.name,
        **organisation,
        "issueYear": issued_on.year,
        "issueMonth": issued_on.month,
        **expiry,
    }
    own = {"certUrl": disclosure.url, "certId": disclosure.grouped_code}
    return f"https://www.linkedin.com/profile/add?{_encoded(tuple(fields.items()))}&{urlencode(own)}"


@lru_cache(maxsize=1000)
def _encoded(fields: tuple[tuple[str, object], ...]) -> str:
    """Kept, because all who got a badge on one day share it."""
    return urlencode(fields)


def linkedin_fields(disclosure: Disclosure) -> list[Field]:
    """The same five for copying by hand: LinkedIn does not promise to fill its form in. Raises NotDisclosedError."""
    badge, issuer, issued_on = _disclosed(disclosure)
    issued = date_format(issued_on, "F Y")
    if disclosure.expires_on:
        dates = _("%(issued)s to %(expires)s") % {
            "issued": issued,
            "expires": date_format(disclosure.expires_on, "F Y"),
        }
    else:
        dates = _("%(issued)s, does not expire") % {"issued": issued}
    return [
        Field(id="linkedin-name", label=_("Name"), value=badge.name),
        Field(id="linkedin-organisation", label=_("Issuing organisation"), value=issuer.name),
        Field(id="linkedin-dates", label=_("Issue and expiration date"), value=dates),
        Field(id="linkedin-id", label=_("Credential ID"), value=disclosure.grouped_code),
        Field(id="linkedin-url", label=_("Credential URL"), value=disclosure.url),
    ]


def linkedin_feed_url(url: str) -> str:
    """A post in one's feed; LinkedIn makes its preview from the page itself."""
    return f"https://www.linkedin.com/sharing/share-offsite/?{urlencode({'url': url})}"


def facebook_url(url: str) -> str:
    return f"https://www.facebook.com/sharer/sharer.php?{urlencode({'u': url})}"


def x_url(disclosure: Disclosure) -> str:
    """A post begun; X adds no words of its own. Raises NotDisclosedError."""
    return f"https://x.com/intent/post?{urlencode({'text': _i_earned(disclosure), 'url': disclosure.url})}"


def whatsapp_url(disclosure: Disclosure) -> str:
    """A message begun, in the app or on its site; whom it goes to is chosen there. Raises NotDisclosedError."""
    return f"https://wa.me/?{urlencode({'text': f'{_i_earned(disclosure)} {disclosure.url}'})}"


def _i_earned(disclosure: Disclosure) -> str:
    badge, issuer, _issued_on = _disclosed(disclosure)
    return _("I earned %(badge)s from %(issuer)s.") % {"badge": badge.name, "issuer": issuer.name}


def ways_of_public_page(url: str) -> list[tuple[str, str]]:
    """Names of sites, and where each begins a post with this page."""
    text = _("My badges")
    return [
        ("LinkedIn", linkedin_feed_url(url)),
        ("Facebook", facebook_url(url)),
        ("X", f"https://x.com/intent/post?{urlencode({'text': text, 'url': url})}"),
        ("WhatsApp", f"https://wa.me/?{urlencode({'text': f'{text}: {url}'})}"),
    ]


def _disclosed(disclosure: Disclosure) -> tuple[BadgeFacts, IssuerFacts, date]:
    if disclosure.badge is None or disclosure.issuer is None or disclosure.issued_on is None:
        msg = f"Nothing of {disclosure.code} may be shared: it is {disclosure.state}."
        raise NotDisclosedError(msg)
    return disclosure.badge, disclosure.issuer, disclosure.issued_on


# Where the buttons lead. Each press is counted, so their links pass through a page of ours.
WAYS: dict[str, Callable[[Disclosure], str]] = {
    "linkedin-profile": linkedin_profile_url,
    "linkedin": lambda disclosure: linkedin_feed_url(disclosure.url),
    "facebook": lambda disclosure: facebook_url(disclosure.url),
    "x": x_url,
    "whatsapp": whatsapp_url,
    "png": lambda disclosure: _picture_address(disclosure, "png"),
    "jpeg": lambda disclosure: reverse("certificates:badge_jpeg", args=[disclosure.code]),
    "svg": lambda disclosure: _picture_address(disclosure, "svg"),
    "baked-png": lambda disclosure: reverse("certificates:badge_png", args=[disclosure.code]),
    "baked-svg": lambda disclosure: reverse("certificates:badge_svg", args=[disclosure.code]),
    "qr-svg": lambda disclosure: reverse("certificates:qr_svg", args=[disclosure.code]),
    "qr-png": lambda disclosure: reverse("certificates:qr_png", args=[disclosure.code]),
}


def _picture_address(disclosure: Disclosure, kind: str) -> str:
    badge, _issuer, _issued_on = _disclosed(disclosure)
    sha256 = badge.picture.sha256
    return reverse("picture", args=[sha256]) if kind == "png" else reverse("picture_variant", args=[sha256, kind])
