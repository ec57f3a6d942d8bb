"""The pages as somebody looked at them. `python -m scripts.certificate_pictures` makes them anew, with a contact sheet."""

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from tests.certificates.rendering.combinations import Combination, golden_combinations, golden_picture, picture_of

pytestmark = pytest.mark.slow

# Of 255: what another release of a library may move by a hair (the kept pictures lose 1.2 themselves), and what a letter that is
# missing exceeds.
WHOLE_PAGE, ONE_PLACE = 2, 36
_PLACE = 8


def difference(one: Image.Image, other: Image.Image) -> tuple[float, int]:
    """Over the whole page, and at the place that differs most."""
    soft = [image.filter(ImageFilter.GaussianBlur(1)) for image in (one, other)]
    changed = ImageChops.difference(*soft)
    places = changed.resize((changed.width // _PLACE, changed.height // _PLACE), Image.Resampling.BOX)
    return ImageStat.Stat(changed).mean[0], places.getextrema()[1]


@pytest.mark.parametrize("combination", list(golden_combinations()), ids=str)
def test_page_looks_as_it_was_looked_at(combination: Combination) -> None:
    golden, now = golden_picture(combination), picture_of(combination)

    assert now.size == golden.size
    whole_page, one_place = difference(golden, now)
    assert whole_page < WHOLE_PAGE
    assert one_place < ONE_PLACE


def test_the_tolerance_tells_one_name_from_another() -> None:
    golden = golden_picture(Combination("hyphenated", "engraved", "letter", 1))
    other = picture_of(Combination("polish", "engraved", "letter", 1))

    assert difference(golden, other)[1] > ONE_PLACE


def test_the_golden_pages_cover_every_choice() -> None:
    chosen = list(golden_combinations())

    assert len(set(chosen)) == 36
    assert len({(one.design, one.paper, one.signatories) for one in chosen}) == 12
