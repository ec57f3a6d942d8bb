"""What a certificate design consists of, and the papers it is printed on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from certificates.rendering.typefaces import DISPLAY, SCRIPT, TEXT, Typeface

INK = "#241628"


@dataclass(frozen=True)
class Paper:
    """A sheet in landscape, in millimetres."""

    width: float
    height: float


PAPERS = {"a4": Paper(297, 210), "letter": Paper(279.4, 215.9)}


@dataclass(frozen=True)
class Wording:
    """The words round the facts, in the language of the certificate. Empty ones are the design's own."""

    heading: str = ""
    awarded_to: str = ""
    met_requirements: str = ""
    check: str = "Check this certificate"
    dates: str = ""


@dataclass(frozen=True)
class Design:
    name: str
    """Also the name of its page and style in the folder `layouts`."""
    draw_background: Callable[[Paper, str], str]
    """For a paper and a colour."""
    colour: str
    """Where the organisation has chosen none."""
    legible: Callable[[str], str]
    """A chosen colour, made darker where people could not read it in this design."""
    wording: Wording
    dates: Callable[[date, date | None], str]
    """The line with the dates, in English."""
    text_width: Callable[[Paper], float]
    """Of the names, in millimetres."""
    recipient_sizes: tuple[int, int]
    """Largest and smallest for one line, in points."""
    badge_name_sizes: tuple[int, int]
    issuer_sizes: tuple[int, int]
    signature_width: float
    """Of one signatory, in millimetres."""
    two_signatures_width: float
    qr_colour: str = INK
    title_faces: tuple[Typeface, ...] = DISPLAY
    issuer_faces: tuple[Typeface, ...] = DISPLAY
    recipient_faces: tuple[Typeface, ...] = DISPLAY
    recipient_weight: int = 600
    text_faces: tuple[Typeface, ...] = TEXT
    signature_faces: tuple[Typeface, ...] = SCRIPT
    description: tuple[float, float, int] | None = None
    """Where it is printed: how wide in millimetres, how large in points, on how many lines at most."""
