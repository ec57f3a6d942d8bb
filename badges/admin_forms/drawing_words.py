"""What the choices of the drawing are called: the drawing itself knows no languages."""

from django.utils.translation import gettext_lazy as _

SHAPES = {
    "circle": _("Circle"),
    "hexagon": _("Hexagon"),
    "octagon": _("Octagon"),
    "eight-point": _("Eight points"),
    "scallop": _("Scallop"),
    "shield": _("Shield"),
}
PALETTES = {
    "plum": _("Plum"),
    "teal": _("Teal"),
    "indigo": _("Indigo"),
    "crimson": _("Crimson"),
    "forest": _("Forest"),
    "bronze": _("Bronze"),
    "mulberry": _("Mulberry"),
    "navy": _("Navy"),
    "slate": _("Slate"),
    "olive": _("Olive"),
    "rust": _("Rust"),
    "violet": _("Violet"),
}
ACCENTS = {
    "brass": _("Brass"),
    "honey": _("Honey"),
    "sky": _("Sky"),
    "lime": _("Lime"),
    "rose": _("Rose"),
    "peach": _("Peach"),
}
