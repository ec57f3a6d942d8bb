import io

import pytest
from PIL import Image

from badges.drawing.exceptions import BadgeArtError
from badges.drawing.monogram import draw_monogram
from badges.drawing.pictures import to_png


@pytest.mark.parametrize("letter", ["N", "Ş", "Q"])
def test_a_monogram_is_a_square_with_its_letter_in_the_middle(letter: str) -> None:
    svg = draw_monogram(letter, "navy")

    image = Image.open(io.BytesIO(to_png(svg, 240)))
    accent = Image.eval(image.getchannel("R"), lambda value: 255 if value > 200 else 0)
    left, _, right, _ = accent.getbbox() or (0, 0, 0, 0)
    assert image.size == (240, 240)
    assert f'aria-label="{letter}"' in svg
    assert 60 < left < right < 180
    assert abs((left + right) / 2 - 120) < 6


@pytest.mark.parametrize("text", ["", "NC"])
def test_a_monogram_of_more_or_less_than_one_letter_is_refused(text: str) -> None:
    with pytest.raises(BadgeArtError, match="A monogram is one letter"):
        draw_monogram(text, "navy")
