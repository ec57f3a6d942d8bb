"""An organisation's colour on its certificates: as it is, or darker where it could not be read."""

from badges.drawing.palettes import contrast, mix

TEXT_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3, for text of every size."""
_STEPS = 20


def darkened(colour: str, *, against: str, least: float = TEXT_CONTRAST) -> str:
    """The lightest mixture with black that has so much contrast."""
    shades = (mix(colour, "#000000", step / _STEPS) for step in range(_STEPS, 0, -1))
    return next((shade for shade in shades if contrast(shade, against) >= least), "#000000")
