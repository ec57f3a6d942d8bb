import re

import pytest

from certificates.rendering.qr import print_address, print_qr_svg, qr_svg

URL = "https://badges.example.org/v/7KQ4M2XD9RWT"


def test_paper_gets_the_address_in_capitals() -> None:
    assert print_address(URL) == "HTTPS://BADGES.EXAMPLE.ORG/V/7KQ4M2XD9RWT"
    assert print_address("http://127.0.0.1:8000/v/7KQ4M2XD9RWT") == "HTTP://127.0.0.1:8000/V/7KQ4M2XD9RWT"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/badges/v/7KQ4M2XD9RWT",
        "https://example.org/v/7KQ4M2XD9RWT?paper=letter",
        "https://example.org/v/7KQ4M2XD9RWT#checks",
        "https://example.org/p/amara",
    ],
)
def test_an_address_that_capitals_could_break_stays_as_it_is(url: str) -> None:
    assert print_address(url) == url


def test_capitals_make_larger_squares() -> None:
    url = "https://credentials.examination-board.example.org/v/7KQ4M2XD9RWT"

    assert squares(print_qr_svg(url)) == 33
    assert squares(qr_svg(url)) == 37 + 2 * 4


def squares(svg: str) -> int:
    side = re.search(r'viewBox="0 0 (\d+) \1"', svg)
    assert side
    return int(side[1])


def test_the_code_for_screens_brings_its_ground_and_its_quiet_zone() -> None:
    assert "#fff" in qr_svg(URL)
    assert "#fff" not in print_qr_svg(URL)


def test_the_code_takes_the_colour_of_the_design() -> None:
    assert 'stroke="#3a1137"' in print_qr_svg(URL, "#3a1137")
