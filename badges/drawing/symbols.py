"""The icons a badge may carry: a choice of Lucide (licence in icons/), by their English names."""

import functools
import re
from pathlib import Path

from badgecert.core.sentences import sentence as _
from badgecert.core.svg_path import number
from badges.drawing.exceptions import BadgeArtError

GRID = 24
LINE = 1.55
"""The width of the lines on the grid: a little finer than on a button."""

_FOLDER = Path(__file__).with_name("icons")


@functools.cache
def icon_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.svg")))


# Other English words under which somebody may look for one.
_WORDS = {
    "activity": "pulse health fitness sport",
    "ambulance": "emergency rescue first aid",
    "award": "prize ribbon rosette winner",
    "baby": "child infant maternity midwife paediatrics",
    "badge-check": "verified approved certified quality",
    "bandage": "wound plaster first aid nurse",
    "book-open": "reading study course learning library",
    "brain": "mind psychology neurology thinking",
    "briefcase-business": "work job career management",
    "clipboard-check": "audit inspection checklist assessment",
    "code": "programming software developer",
    "compass": "guide navigation direction mentor",
    "cpu": "computer chip hardware technology",
    "database": "data storage analytics",
    "droplets": "water hygiene blood fluids",
    "file-check": "document compliance exam passed",
    "flag": "goal milestone nation",
    "flask-conical": "chemistry laboratory science experiment",
    "globe": "world international earth language",
    "graduation-cap": "degree university school student",
    "hand-heart": "care charity volunteer kindness",
    "handshake": "agreement partner cooperation negotiation",
    "heart-pulse": "cardiology health heartbeat resuscitation cpr",
    "hospital": "clinic ward health",
    "key": "access security unlock",
    "landmark": "bank museum government law finance",
    "languages": "translation speaking interpreter",
    "leaf": "environment nature green sustainability",
    "life-buoy": "rescue support swimming safety help",
    "lightbulb": "idea innovation creativity",
    "lock-keyhole": "security privacy protection",
    "medal": "winner prize sport first",
    "messages-square": "communication talk chat feedback",
    "mic-vocal": "speaking singing presenter podcast",
    "microscope": "research laboratory biology science",
    "music": "song note choir",
    "pill": "medicine pharmacy drug",
    "presentation": "teaching training lecture speaker",
    "rocket": "launch start innovation space",
    "scale": "law justice balance ethics",
    "school": "education building teacher",
    "scroll-text": "diploma policy history",
    "search": "find research investigation",
    "shield-check": "safety security protection verified",
    "shield-plus": "safety infection protection medical",
    "sprout": "growth plant garden beginner",
    "star": "excellence favourite rating",
    "stethoscope": "doctor physician nurse diagnosis",
    "syringe": "needle injection vaccine immunisation",
    "target": "goal aim focus",
    "test-tube": "laboratory chemistry analysis",
    "trophy": "winner prize champion cup",
    "user-check": "member verified person",
    "users": "people team group leadership community",
    "wrench": "tool repair maintenance technician",
}


def icon_for(words: str) -> str:
    """The icon of this name, or the first that an English word leads to. Raises BadgeArtError."""
    wanted = "-".join(words.lower().split())
    if wanted in icon_names():
        return wanted
    found = icons_about(words)
    if not found:
        msg = _(
            "There is no icon for “%(words)s”. Try another English word, such as heart, book, star or shield.",
            words=words,
        )
        raise BadgeArtError(msg)
    return found[0]


def icons_about(words: str) -> list[str]:
    """Those whose names or words begin with each of these words; whose own name fits come first."""
    parts = words.lower().split()

    def fits(text: str) -> bool:
        known = text.replace("-", " ").split()
        return all(any(word.startswith(part) for word in known) for part in parts)

    by_name = [name for name in icon_names() if fits(name)]
    return by_name + [name for name in icon_names() if name not in by_name and fits(f"{name} {_WORDS.get(name, '')}")]


def icon_words(name: str) -> str:
    """What it is about, for lists."""
    return f"{name.replace('-', ' ').capitalize()}: {_WORDS.get(name, '').replace(' ', ', ')}"


def draw_icon(name: str, *, x: float, y: float, size: float, colour: str) -> str:
    """The icon centred on a point."""
    place = f"translate({number(x - size / 2)} {number(y - size / 2)}) scale({number(size / GRID, 3)})"
    return (
        f'<g transform="{place}" fill="none" stroke="{colour}" stroke-width="{LINE}" '
        f'stroke-linecap="round" stroke-linejoin="round">{_body(name)}</g>'
    )


@functools.cache
def _body(name: str) -> str:
    if name not in icon_names():
        msg = _("There is no icon called “%(name)s”. Choose one from the list.", name=name)
        raise BadgeArtError(msg)
    svg = (_FOLDER / f"{name}.svg").read_text()
    inside = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL).split(">", 1)[1].rsplit("</svg>", 1)[0]
    return re.sub(r"\s+", " ", inside).replace(" />", "/>").replace("> <", "><").strip()
