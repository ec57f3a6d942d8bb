"""Pictures for other sites: drawn when somebody first asks for one, and kept.

Each is made from what a Disclosure shows, and found again by the digest of what is on it. So a picture that was drawn
before can say nothing else than one that would be drawn now.
"""

import functools
import hashlib
import json
import uuid
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from badgecert.core.dates import long_date
from badgecert.core.models import Picture
from badges.disclosure import BadgeFacts, Disclosure, IssuerFacts, State
from certificates.models import Rendition
from certificates.rendering.live_picture import draw_live_picture
from certificates.rendering.preview_card import PreviewFacts, draw_neutral_preview, draw_preview
from certificates.rendering.raster import as_jpeg, opened
from certificates.verdicts import Verdict

# Another number when they are drawn in another way: those that are kept are then drawn anew.
_DESIGN = 1
_JPEG_SIDE = 600


def preview_card(seen: Disclosure, badge: BadgeFacts, issuer: IssuerFacts, verdict: Verdict) -> bytes:
    """PNG: whose badge it is, which, from whom, until when."""
    return _card(
        {
            "address": seen.url.partition("://")[2],
            "state": _standing(seen),
            "tone": verdict.look.tone,
            "headline": seen.holder,
            "badge_name": badge.name,
            "issuer_name": issuer.name,
            "language": issuer.language,
        },
        picture=badge.picture.sha256,
        is_faded=verdict.look.is_faded,
        about=seen.subject_id,
    )


def preview_card_of_several(
    badges: Sequence[Disclosure], *, holder: str, number: int, url: str, about: uuid.UUID
) -> bytes:
    """PNG: whose badges these are, how many, and what the first of them are called. `about` is whose they are."""
    shown = [(seen.badge, seen.issuer) for seen in badges if seen.badge and seen.issuer]
    issuers = dict.fromkeys(issuer.name for _badge, issuer in shown)
    return _card(
        {
            "address": url.partition("://")[2],
            "state": ngettext("%(number)d badge", "%(number)d badges", number) % {"number": number},
            "tone": "calm",
            "headline": holder,
            "badge_name": ", ".join(badge.name for badge, _issuer in shown),
            "issuer_name": ", ".join(issuers),
            "language": get_language() or "",
        },
        picture=shown[0][0].picture.sha256,
        is_faded=False,
        about=about,
    )


def _card(words: dict[str, str], *, picture: str, is_faded: bool, about: uuid.UUID | None) -> bytes:
    words = {**words, "site_name": settings.SITE_NAME, "issuer_label": _("Issued by")}

    def draw() -> bytes:
        return draw_preview(PreviewFacts(**words, picture=_png(picture), is_faded=is_faded))

    return _kept(draw, "preview", words, picture, is_faded, about=about)


def neutral_card() -> bytes:
    """PNG: this site and nobody's badge."""
    return _neutral_card(settings.SITE_NAME, _("Check a badge"), urlsplit(settings.BASE_URL).netloc)


@functools.lru_cache(maxsize=8)
def _neutral_card(site_name: str, invitation: str, address: str) -> bytes:
    return draw_neutral_preview(site_name=site_name, invitation=invitation, address=address)


def live_picture(badge: BadgeFacts | None, verdict: Verdict, *, is_good: bool) -> bytes:
    """PNG: the badge as it stands today, or our mark where it may not be shown."""
    word = "" if is_good and verdict.is_confirmed else verdict.word
    sha256 = badge.picture.sha256 if badge else ""
    return _kept(lambda: draw_live_picture(_png(sha256) if sha256 else None, word=word), "live", sha256, word)


def badge_jpeg(sha256: str) -> bytes:
    """A badge's picture on white, for programs that take no PNG."""
    return _kept(lambda: as_jpeg(opened(_png(sha256), within=_JPEG_SIDE)), "jpeg", sha256)


def _standing(seen: Disclosure) -> str:
    """For those that see the picture days later: a date rather than a word for today."""
    if seen.state == State.SUSPENDED and seen.suspended_on:
        return _("Under review since %(day)s") % {"day": long_date(seen.suspended_on)}
    if not seen.expires_on:
        return _("Valid, does not expire")
    if seen.state == State.EXPIRED:
        return _("Expired after %(day)s") % {"day": long_date(seen.expires_on)}
    return _("Valid until %(day)s") % {"day": long_date(seen.expires_on)}


def _kept(draw: Callable[[], bytes], *drawn: object, about: uuid.UUID | None = None) -> bytes:
    """What was drawn of these; else it is drawn now. What was drawn about the same thing before is not needed again."""
    key = hashlib.sha256(json.dumps([_DESIGN, *drawn], sort_keys=True).encode()).hexdigest()
    content = Rendition.objects.filter(key=key).values_list("content", flat=True).first()
    if content is not None:
        return bytes(content)
    rendition, _is_new = Rendition.objects.get_or_create(key=key, defaults={"content": draw(), "about": about})
    if about:
        Rendition.objects.filter(about=about).exclude(key=key).delete()
    return bytes(rendition.content)


def _png(sha256: str) -> bytes:
    return bytes(Picture.objects.values_list("png", flat=True).get(sha256=sha256))
