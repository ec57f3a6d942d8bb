"""What a certificate would look like with what staff have just typed, before any of it is saved."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from badgecert.core import clock, codes
from badgecert.core.dates import long_date
from badgecert.core.models import Picture
from badges.certificate_forms import CertificateForm
from badges.certificate_wording import WORDINGS, filled
from badges.disclosure import PREVIEW_CODE
from badges.drawing.badge import BadgeArt, draw_badge
from badges.drawing.pictures import to_png
from badges.models import Badge
from certificates.rendering.design import Wording
from certificates.rendering.pdf import CertificateFacts, Signatory
from issuers.models import Issuer

_SAMPLE_NAME = "Amara Okafor-Lindqvist"
_SAMPLE = BadgeArt(shape="shield", top_text="YOUR BADGE", icon="award", palette="plum")


@dataclass(frozen=True)
class Typed:
    """The part of the page that its form for certificates does not read."""

    name: str
    description: str


def preview_facts(form: CertificateForm, *, issuer: Issuer, badge: Badge | None, typed: Typed) -> CertificateFacts:
    """For a valid form. The picture is the badge's as it is saved, or a sample; a file made of it must carry a mark."""
    issued_on = clock.today(issuer.time_zone)
    expires_on = badge.expires_on_for(issued_on) if badge else None
    svg, png = _picture(badge)
    name = form.cleaned_data["preview_name"] or _SAMPLE_NAME
    badge_name = typed.name or _("The name of your badge")
    said = {
        "name": name,
        "badge": badge_name,
        "issuer": issuer.name,
        "issued_on": long_date(issued_on),
        "expires_on": long_date(expires_on) if expires_on else "",
        "code": codes.grouped(PREVIEW_CODE),
        "number": "",
    }
    return CertificateFacts(
        recipient_name=name,
        badge_name=badge_name,
        issuer_name=issuer.name,
        description=typed.description,
        issued_on=issued_on,
        expires_on=expires_on,
        code=PREVIEW_CODE,
        verify_url=f"{settings.BASE_URL}/v/{PREVIEW_CODE}",
        badge_png=png,
        badge_svg=svg,
        issuer_logo=_logo(issuer),
        signatories=tuple(
            Signatory(person["name"], person["title"], _signature(person.get("signature", "")))
            for person in form.signatories
        ),
        wording=Wording(
            **{name: filled(words, said) for name, words in form.wording.items() if name in WORDINGS},
            check=_("Check this certificate"),
        ),
        design=form.design,
        colour=issuer.brand_colour if form.cleaned_data["in_our_colour"] else "",
        language=issuer.language,
    )


def _picture(badge: Badge | None) -> tuple[bytes | None, bytes]:
    if badge is None:
        svg = draw_badge(_SAMPLE)
        return svg.encode(), to_png(svg, 600)
    picture = badge.current_version.picture
    return bytes(picture.svg) or None, bytes(picture.png)


def _logo(issuer: Issuer) -> bytes | None:
    return (bytes(issuer.logo.svg) or bytes(issuer.logo.png)) if issuer.logo else None


def _signature(sha256: str) -> bytes | None:
    return bytes(Picture.objects.get(sha256=sha256).png) if sha256 else None
