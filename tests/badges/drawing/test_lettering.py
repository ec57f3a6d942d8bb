import re

import pytest

from badges.drawing.lettering import Lettering, fit


def test_tracking_widens_a_line_between_its_letters() -> None:
    tight, loose = Lettering("MENTOR", 30, 0), Lettering("MENTOR", 30, 4)

    assert loose.width == pytest.approx(tight.width + 5 * 4)


def test_a_line_stands_centred() -> None:
    numbers = [float(n) for n in re.findall(r"m(-?[\d.]+)", Lettering("HHHH", 30, 2).on_line(300, 100))]

    assert 300 - Lettering("HHHH", 30, 2).width / 2 <= numbers[0] <= 300


def test_a_text_that_fits_keeps_its_size() -> None:
    assert fit("OK", size=33, tracking=0.1, width=500).width == Lettering("OK", 33, 3.3).width


@pytest.mark.parametrize("text", ["W" * 26, "INFECTION CONTROL IN WARDS"])
def test_a_text_shrinks_until_it_fits(text: str) -> None:
    assert fit(text, size=33, tracking=0.155, width=400).width == pytest.approx(400)


def test_text_over_the_top_and_under_the_bottom_differ() -> None:
    lettering = Lettering("GHENT", 30, 4)

    assert lettering.on_ring(300, 300, 200) != lettering.on_ring(300, 300, 200, upside=False)
