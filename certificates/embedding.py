"""HTML for other people's pages that shows a badge of ours there."""

from typing import NamedTuple

from django.utils.html import format_html
from django.utils.translation import gettext as _

from badges.disclosure import Disclosure
from certificates.addresses import absolute

_PICTURE_SIDE = 128


class Size(NamedTuple):
    width: int
    height: int

    def within(self, most: "Size") -> "Size":
        """As it is, or smaller where there is less room: the card folds up and can be scrolled."""
        return Size(min(self.width, most.width), min(self.height, most.height))


EMBED_SIZE = Size(480, 220)


def embed_html(address: str, *, title: str, size: Size = EMBED_SIZE) -> str:
    """The card at this address, in a frame."""
    return format_html(
        '<iframe src="{}" width="{}" height="{}" title="{}" loading="lazy" style="border:0;max-width:100%"></iframe>',
        address,
        size.width,
        size.height,
        title,
    )


def picture_html(seen: Disclosure) -> str:
    """The badge as it stands today, and its link. Raises ValueError when it may not be shown."""
    if seen.badge is None or seen.issuer is None:
        msg = f"A badge that is {seen.state} has nothing to show elsewhere."
        raise ValueError(msg)
    said = {"badge": seen.badge.name, "issuer": seen.issuer.name}
    return format_html(
        '<a href="{}"><img src="{}" width="{}" height="{}" alt="{}"></a>',
        seen.url,
        absolute("certificates:live_picture", seen.code),
        _PICTURE_SIDE,
        _PICTURE_SIDE,
        _("Badge: %(badge)s, issued by %(issuer)s") % said,
    )
