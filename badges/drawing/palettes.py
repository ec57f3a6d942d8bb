"""The colours of a badge picture, derived from one colour so that every text in it can be read."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

LEAST_CONTRAST = 4.5

_DEEPER_BY, _DEEP_CHROMA = 0.14, 0.8
_TINT_LIGHTNESS, _TINT_CHROMA = 0.968, 0.018
_STEP = 0.005

# What stands for a palette of a colour of one's own.
OWN = "own"
BRASS, HONEY, SKY, LIME, ROSE, PEACH = "#d9a94e", "#f3cf7a", "#9fc2e8", "#c9d98a", "#f0b6c8", "#f0c7a0"


@dataclass(frozen=True)
class Palette:
    main: str
    deep: str
    accent: str
    tint: str

    def text_pairs(self) -> Iterator[tuple[str, str]]:
        """Every (text, ground) pair of the picture."""
        yield self.tint, self.main
        yield self.accent, self.main
        yield self.main, self.tint
        yield self.deep, self.accent


def derive_palette(colour: str, accent: str) -> Palette:
    """The palette of a colour. When a pair would be too weak, the nearest darker shade of the colour is taken."""
    lightness, chroma, hue = to_oklch(colour)
    _, _, accent_hue = to_oklch(accent)
    tint = from_oklch(_TINT_LIGHTNESS, _TINT_CHROMA, accent_hue)
    main = colour
    while True:
        deep = from_oklch(max(lightness - _DEEPER_BY, 0), chroma * _DEEP_CHROMA, hue)
        palette = Palette(main=main, deep=deep, accent=accent, tint=tint)
        if lightness <= 0 or all(contrast(text, ground) >= LEAST_CONTRAST for text, ground in palette.text_pairs()):
            return palette
        lightness -= _STEP
        main = from_oklch(max(lightness, 0), chroma, hue)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, ground: str, part: float) -> str:
    """What a colour looks like when it covers a part of a ground."""
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return "#" + "".join(f"{round(above * part + below * (1 - part)):02x}" for above, below in pairs)


def to_oklch(colour: str) -> tuple[float, float, float]:
    """Lightness (0 to 1), chroma and hue in radians of #rrggbb."""
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short, math.hypot(a, b), math.atan2(b, a)


def from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """The colour as #rrggbb, with less chroma where the screen has no such colour."""
    while True:
        channels = _from_oklab(lightness, chroma * math.cos(hue), chroma * math.sin(hue))
        if chroma < 0.002 or all(-0.0005 <= channel <= 1.0005 for channel in channels):
            return "#" + "".join(f"{round(255 * _encode(min(max(channel, 0), 1))):02x}" for channel in channels)
        chroma -= 0.002


def _from_oklab(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _linear(colour: str) -> tuple[float, float, float]:
    red, green, blue = _channels(colour)
    return _decode(red / 255), _decode(green / 255), _decode(blue / 255)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _decode(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _encode(channel: float) -> float:
    return channel * 12.92 if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


ACCENTS = {"brass": BRASS, "honey": HONEY, "sky": SKY, "lime": LIME, "rose": ROSE, "peach": PEACH}

PALETTES = {
    "plum": derive_palette("#5b1f55", BRASS),
    "teal": derive_palette("#0f4c5c", "#e8b04a"),
    "indigo": derive_palette("#2f3b6b", SKY),
    "crimson": derive_palette("#8c1d32", PEACH),
    "forest": derive_palette("#26433a", LIME),
    "bronze": derive_palette("#8a4b12", HONEY),
    "mulberry": derive_palette("#6b2a58", ROSE),
    "navy": derive_palette("#14304f", HONEY),
    "slate": derive_palette("#3b4756", SKY),
    "olive": derive_palette("#474f1e", LIME),
    "rust": derive_palette("#7d3216", PEACH),
    "violet": derive_palette("#46328a", ROSE),
}
