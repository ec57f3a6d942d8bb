import io
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from PIL import Image

from badges.drawing.badge import BadgeArt, draw_badge
from badges.drawing.exceptions import BadgeArtError
from badges.drawing.palettes import PALETTES
from badges.drawing.pictures import to_png
from badges.drawing.shapes import SHAPES
from badges.drawing.symbols import draw_icon, icon_names

ART = BadgeArt(
    shape="shield",
    top_text="INFECTION CONTROL",
    ribbon="PRACTITIONER",
    icon="shield-plus",
    level=3,
    palette="plum",
)
FULLEST = BadgeArt(
    shape="scallop",
    top_text="CERTIFIED BREASTFEEDING &C",
    bottom_text="ŞÇĞ & COUNCIL OF BRAGANÇA",
    icon="graduation-cap",
    level=4,
    palette="rust",
)


def picture(art: BadgeArt, size: int = 120) -> Image.Image:
    return Image.open(io.BytesIO(to_png(draw_badge(art), size)))


@pytest.mark.parametrize("art", [ART, FULLEST])
def test_a_badge_is_well_formed_and_needs_nothing_from_elsewhere(art: BadgeArt) -> None:
    svg = draw_badge(art)

    root = ElementTree.fromstring(svg)  # noqa: S314  # our own drawing
    assert root.get("viewBox") == "0 0 600 600"
    assert root.get("aria-label") == art.label
    assert "<text" not in svg
    assert set(re.findall(r'href="(.)', svg)) == {"#"}


def test_a_badge_has_the_same_bytes_every_time() -> None:
    assert draw_badge(ART) == draw_badge(replace(ART))
    assert to_png(draw_badge(ART), 64) == to_png(draw_badge(replace(ART)), 64)


@pytest.mark.parametrize(("art", "limit"), [(ART, 12_000), (FULLEST, 16_000)])
def test_a_badge_stays_small(art: BadgeArt, limit: int) -> None:
    assert len(draw_badge(art).encode()) <= limit


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_fills_the_canvas_and_leaves_its_corners_clear(shape: str) -> None:
    alpha = picture(BadgeArt(shape=shape, top_text="ETHICS", icon="scale", palette="indigo")).getchannel("A")

    left, top, right, bottom = alpha.getbbox() or (0, 0, 0, 0)
    assert min(right - left, bottom - top) >= 98
    assert [alpha.getpixel(corner) for corner in ((0, 0), (119, 0), (0, 119), (119, 119))] == [0, 0, 0, 0]


def test_shapes_differ() -> None:
    outlines = {shape.outline(284) for shape in SHAPES.values()}

    assert len(outlines) == 6


def test_the_ribbon_and_the_stars_are_in_the_accent_colour() -> None:
    plain = picture(replace(ART, ribbon="", level=0), 600)
    accent = tuple(int(PALETTES["plum"].accent[start : start + 2], 16) for start in (1, 3, 5))

    ribboned = picture(ART, 600)

    assert ribboned.getpixel((300, 378)) == (*accent, 255)
    assert plain.getpixel((300, 378)) != (*accent, 255)
    assert [ribboned.getpixel((x, 480)) for x in (262, 300, 338)] == [(*accent, 255)] * 3
    assert ribboned.getpixel((224, 480)) != (*accent, 255)


@pytest.mark.parametrize("level", range(5))
def test_a_badge_without_ribbon_shows_its_stars_on_the_disc(level: int) -> None:
    drawn = picture(replace(ART, ribbon="", level=level), 600)
    main = tuple(int(PALETTES["plum"].main[start : start + 2], 16) for start in (1, 3, 5))
    places = [round(300 + (position - (level - 1) / 2) * 38) for position in range(level)]

    assert [drawn.getpixel((x, 372)) for x in places] == [(*main, 255)] * level


@pytest.mark.parametrize("icon", icon_names())
def test_every_icon_can_be_drawn(icon: str) -> None:
    svg = draw_icon(icon, x=300, y=300, size=240, colour="#000000")

    group = ElementTree.fromstring(svg)  # noqa: S314  # our own drawing
    assert group.get("transform") == "translate(180 180) scale(10)"
    assert {shape.tag for shape in group} <= {"path", "circle", "rect", "line", "polyline", "ellipse", "polygon"}
    assert len(group) >= 1


def test_there_is_a_choice_of_icons() -> None:
    assert len(icon_names()) >= 40


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"top_text": "A" * 27}, "Put the long title in the badge's name; the picture needs 2\u20133 words."),
        (
            {"ribbon": "", "bottom_text": "A" * 27},
            "Put the long title in the badge's name; the picture needs 2\u20133 words.",
        ),
        ({"ribbon": "A" * 15}, "A ribbon holds a level or a year of up to 14 characters."),
        ({"bottom_text": "GHENT"}, "The ribbon takes the place of the text below. Leave one of them empty."),
        ({"level": 5}, "A badge shows 0 to 4 stars."),
        ({"level": -1}, "A badge shows 0 to 4 stars."),
        (
            {"shape": "square"},
            "There is no shape called “square”. Choose one of: circle, hexagon, octagon, eight-point, scallop, shield.",
        ),
    ],
)
def test_art_that_cannot_be_drawn_is_refused(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadgeArtError) as refusal:
        replace(ART, **change)  # type: ignore[arg-type]

    assert str(refusal.value) == sentence


def test_an_unknown_palette_is_refused() -> None:
    with pytest.raises(BadgeArtError, match="There is no palette called “beige”"):
        replace(ART, palette="beige")


@pytest.mark.parametrize("icon", ["no-such-icon", "../icons/scale", ""])
def test_an_unknown_icon_is_refused(icon: str) -> None:
    with pytest.raises(BadgeArtError, match="There is no icon called"):
        draw_badge(replace(ART, icon=icon))


def test_letters_that_the_font_lacks_are_refused_by_name() -> None:
    with pytest.raises(BadgeArtError) as refusal:
        draw_badge(replace(ART, top_text="证书 CERTIFICATE"))

    assert str(refusal.value) == "The picture has no letters for “书证”. Use Latin letters, or leave the text out."


def test_a_hostile_text_is_drawn_as_letters() -> None:
    svg = draw_badge(replace(ART, top_text='"/><script>alert(1)'))

    assert "<script" not in svg
    assert ElementTree.fromstring(svg).get("aria-label") == '"/><script>alert(1), PRACTITIONER'  # noqa: S314
