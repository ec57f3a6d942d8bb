"""The credential of an issuance as a file."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from badges.disclosure import Disclosure, PictureFacts
from certificates.openbadges.documents import Addresses, achievement_credential


def credential_document(seen: Disclosure) -> dict[str, Any]:
    """Open Badges 3.0, not signed."""
    if seen.badge is None or seen.issuer is None:
        msg = f"A badge that is {seen.state} has no credential to give."
        raise ValueError(msg)
    return achievement_credential(
        seen,
        Addresses(
            credential=seen.url,
            credential_picture=_absolute("certificates:badge_png", seen.code),
            achievement=_absolute("badges:badge", seen.badge.slug),
            achievement_picture=_png(seen.badge.picture),
            issuer=_absolute("issuers:issuer", seen.issuer.slug),
            issuer_logo=_png(seen.issuer.logo) if seen.issuer.logo else "",
        ),
    )


def revoked_document(seen: Disclosure) -> dict[str, Any]:
    """All that may be said of it: that it was revoked, and why."""
    return {"id": seen.url, "revoked": True, "revocationReason": seen.revocation_reason}


def _png(picture: PictureFacts) -> str:
    return _absolute("picture", picture.sha256)


def _absolute(name: str, argument: str) -> str:
    return settings.BASE_URL + reverse(name, args=[argument])
