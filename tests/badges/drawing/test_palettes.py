import math

import pytest

from badges.drawing.palettes import BRASS, LEAST_CONTRAST, PALETTES, contrast, derive_palette, from_oklch, mix, to_oklch


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert contrast("#5b1f55", "#faf8fb") == pytest.approx(11.22, abs=0.01)


@pytest.mark.parametrize("name", PALETTES)
def test_every_text_of_a_ready_palette_can_be_read(name: str) -> None:
    ratios = [contrast(text, ground) for text, ground in PALETTES[name].text_pairs()]

    assert len(ratios) == 4
    assert min(ratios) >= LEAST_CONTRAST


def test_there_are_twelve_ready_palettes() -> None:
    assert len({palette.main for palette in PALETTES.values()}) == 12


def test_a_palette_keeps_a_colour_that_can_be_read() -> None:
    palette = derive_palette("#5b1f55", BRASS)

    assert palette.main == "#5b1f55"
    assert to_oklch(palette.main)[0] - to_oklch(palette.deep)[0] == pytest.approx(0.14, abs=0.01)


@pytest.mark.parametrize("colour", ["#f2c200", "#ffffff", "#00e5ff", "#808080"])
def test_a_palette_takes_the_nearest_darker_shade_of_a_colour_that_is_too_light(colour: str) -> None:
    palette = derive_palette(colour, BRASS)

    assert palette.main != colour
    assert all(contrast(text, ground) >= LEAST_CONTRAST for text, ground in palette.text_pairs())
    assert contrast(palette.main, palette.accent) < LEAST_CONTRAST + 0.2


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#5b1f55", "#c8963e", "#0f4c5c"])
def test_oklch_leads_back_to_the_colour(colour: str) -> None:
    assert from_oklch(*to_oklch(colour)) == colour


def test_oklch_gives_up_colourfulness_that_no_screen_has() -> None:
    lightness, chroma, hue = to_oklch(from_oklch(0.7, 0.5, math.radians(140)))

    assert chroma < 0.3
    assert lightness == pytest.approx(0.7, abs=0.01)
    assert hue == pytest.approx(math.radians(140), abs=0.05)


def test_a_mixed_colour_is_what_covering_makes_of_it() -> None:
    assert mix("#000000", "#ffffff", 0.38) == "#9e9e9e"
    assert mix("#5b1f55", "#fdfcfa", 0.16) == "#e3d9e0"
