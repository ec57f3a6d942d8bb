"""The badge's picture with its credential inside."""

import json

from badgecert.core.models import Picture
from badges.disclosure import Disclosure
from certificates.credentials import credential_of
from certificates.hosted import assertion_of
from certificates.openbadges.baking import bake_png, bake_svg


def baked_picture(seen: Disclosure, kind: str) -> bytes | str | None:
    """As "png" or "svg", spliced anew each time; None where the credential may not be given away."""
    credential = credential_of(seen)
    if credential is None or seen.badge is None or (kind == "svg" and not seen.badge.picture.has_svg):
        return None
    picture = bytes(Picture.objects.values_list(kind, flat=True).get(sha256=seen.badge.picture.sha256))
    assertion = json.dumps(assertion_of(seen), ensure_ascii=False)
    if kind == "png":
        return bake_png(picture, v3=credential.document, v2=assertion)
    return bake_svg(picture.decode(), v3=credential.document, v2=assertion)
