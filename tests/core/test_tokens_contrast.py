"""The contrast table of the look, computed with WCAG 2.2's formula over the tokens that pages really use."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()

# What stands on what, and the least ratio that look.md promises for it.
PAIRS = [
    ("ink", "paper", 7),
    ("ink", "surface", 7),
    ("ink", "sunk", 7),
    ("ink", "bed", 7),
    ("ink-2", "paper", 4.5),
    ("ink-2", "surface", 4.5),
    ("ink-2", "sunk", 4.5),
    ("ink-2", "bed", 4.5),
    ("ink-2", "brass-tint", 4.5),
    ("plum", "paper", 4.5),
    ("plum", "surface", 4.5),
    ("plum", "plum-tint", 4.5),
    ("plum", "brass-tint", 4.5),
    ("plum-hover", "surface", 4.5),
    ("on-plum", "plum", 4.5),
    ("on-plum", "plum-hover", 4.5),
    ("brass", "surface", 4.5),
    ("brass", "brass-tint", 4.5),
    ("valid", "surface", 4.5),
    ("valid", "valid-tint", 4.5),
    ("warn", "surface", 4.5),
    ("warn", "warn-tint", 4.5),
    ("danger", "surface", 4.5),
    ("danger", "danger-tint", 4.5),
    ("calm", "surface", 4.5),
    ("calm", "calm-tint", 4.5),
    ("ink", "warn-tint", 7),
    ("ink", "danger-tint", 7),
    ("ink", "calm-tint", 7),
    ("plate-valid-ink-2", "plate-valid", 4.5),
    ("plate-valid-ink-2", "plate-valid-deep", 4.5),
    ("plate-warn-ink-2", "plate-warn", 4.5),
    ("plate-danger-ink-2", "plate-danger", 4.5),
    ("plate-calm-ink-2", "plate-calm", 4.5),
    # Edges of controls and the ring of focus: not text, three is enough.
    ("edge", "surface", 3),
    ("edge", "paper", 3),
    ("focus", "surface", 3),
    ("focus", "paper", 3),
]


def token(name: str, scheme: str) -> str:
    found = re.search(rf"--{name}: (?:light-dark\((#\w+), (#\w+)\)|(#\w+));", TOKENS)
    assert found, f"tokens.css has no colour --{name}"
    light, dark, both = found.groups()
    return both or (light if scheme == "light" else dark)


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_tokens_are_readable(text, ground, least, scheme):
    assert contrast(token(text, scheme), token(ground, scheme)) >= least


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tone", ["valid", "warn", "danger", "calm"])
def test_plates_carry_white_text(tone, scheme):
    assert contrast("#ffffff", token(f"plate-{tone}", scheme)) >= 7


@pytest.mark.parametrize(
    ("text", "ground", "scheme", "ratio"),
    [
        ("ink", "paper", "light", 16.29),
        ("ink", "paper", "dark", 16.49),
        ("plum", "paper", "light", 11.22),
        ("on-plum", "plum", "dark", 9.10),
        ("brass", "brass-tint", "light", 5.40),
        ("brass", "brass-tint", "dark", 8.68),
        ("valid", "valid-tint", "light", 6.77),
        ("danger", "danger-tint", "dark", 8.23),
        ("edge", "surface", "light", 4.24),
    ],
)
def test_contrast_is_what_the_design_says(text, ground, scheme, ratio):
    assert round(contrast(token(text, scheme), token(ground, scheme)), 2) == ratio
