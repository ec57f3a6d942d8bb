import pytest

from badgecert.core.glyphs import glyph_widths, visible
from certificates.rendering.typefaces import (
    BESLEY,
    CHINESE_FIRST,
    DISPLAY,
    FONTS,
    JAPANESE,
    KOREAN,
    NOTO_SERIF,
    PINYON_SCRIPT,
    PUBLIC_SANS,
    SCRIPT,
    SIMPLIFIED_CHINESE,
    TEXT,
    Typeface,
    is_right_to_left,
    typefaces_for,
    width_of,
)


@pytest.mark.parametrize(
    ("text", "faces"),
    [
        ("Amara Okafor-Lindqvist", (BESLEY,)),
        ("Çağlar Şükrü", (BESLEY,)),
        ("Nguyễn Thị Ánh", (NOTO_SERIF,)),
        ("Юлия", (NOTO_SERIF,)),
        ("עברית", (Typeface("Noto Serif Hebrew"),)),
        ("王小明", (SIMPLIFIED_CHINESE,)),
        ("佐藤 さくら", (JAPANESE,)),
        ("김철수", (KOREAN,)),
        ("김철수 Kim", (BESLEY, KOREAN)),
        ("", (BESLEY,)),
    ],
)
def test_a_name_is_set_in_one_typeface_if_any_has_all_its_letters(text: str, faces: tuple[Typeface, ...]) -> None:
    assert typefaces_for(text, DISPLAY) == faces


def test_the_language_decides_about_characters_that_china_and_japan_share() -> None:
    assert typefaces_for("山田", DISPLAY, "ja") == (JAPANESE,)
    assert typefaces_for("山田", DISPLAY, "zh") == (SIMPLIFIED_CHINESE,)


@pytest.fixture(scope="module")
def every_character() -> str:
    fonts = glyph_widths().values()
    characters = map(chr, range(0x20, 0x30000))
    return visible("".join(character for character in characters if any(character in font for font in fonts)))


@pytest.mark.parametrize("chain", [DISPLAY, TEXT, SCRIPT])
def test_every_kind_of_text_can_show_what_any_font_can(chain: tuple[Typeface, ...], every_character: str) -> None:
    faces = (*chain, *CHINESE_FIRST)

    missing = [character for character in every_character if not any(face.covers(character) for face in faces)]

    assert len(every_character) > 30_000
    assert missing == []


def test_every_typeface_has_its_font_files_and_its_licence() -> None:
    for face in {*DISPLAY, *TEXT, *SCRIPT, *CHINESE_FIRST}:
        for weight in face.weights:
            assert (FONTS / f"{face.font(weight)}.woff2").is_file()
        licence = FONTS / "licences" / f"{face.family.lower().replace(' ', '-')}.txt"
        assert "SIL Open Font License, Version 1.1" in licence.read_text()


def test_a_missing_weight_is_replaced_by_the_nearest() -> None:
    assert BESLEY.font(400) == "besley-400"
    assert KOREAN.font(400) == "noto-serif-kr-600"
    assert PUBLIC_SANS.font(600) == "public-sans-600"
    assert PINYON_SCRIPT.font(600) == "pinyon-script-400"


def test_widths_grow_with_the_text_and_the_size() -> None:
    assert width_of("王小明", (SIMPLIFIED_CHINESE,), weight=600, size=35) == pytest.approx(105)
    assert width_of("iiii", (BESLEY,), weight=600, size=10) < width_of("WWWW", (BESLEY,), weight=600, size=10)


@pytest.mark.parametrize(
    ("text", "right_to_left"),
    [("عبد", True), ("(12) שרה", True), ("Amara (שרה)", False), ("12", False), ("", False)],
)
def test_the_first_letter_decides_about_the_direction(text: str, right_to_left: bool) -> None:  # noqa: FBT001
    assert is_right_to_left(text) is right_to_left
