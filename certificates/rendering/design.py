"""What a certificate design consists of, and the papers it is printed on."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """A sheet in landscape, in millimetres."""

    width: float
    height: float


PAPERS = {"a4": Paper(297, 210), "letter": Paper(279.4, 215.9)}


@dataclass(frozen=True)
class Design:
    name: str
    """Also the name of its page and style in the folder `layouts`."""
    draw_background: Callable[[Paper], str]
    qr_colour: str
    side_margin: float
    """Between the edge of the paper and the text, in millimetres."""
    recipient_sizes: tuple[int, int]
    """Largest and smallest for one line, in points."""
    badge_name_sizes: tuple[int, int]
    issuer_sizes: tuple[int, int]
    signature_width: float
    """Of one signatory, in millimetres."""
    two_signatures_width: float
