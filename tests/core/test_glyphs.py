import unicodedata

import pytest
from fontTools.ttLib import TTFont

from badgecert.core.glyphs import glyph_widths, unrenderable
from certificates.rendering.typefaces import FONTS

NAMES = [
    "Ş",
    "Zażółć Gęślą-Jaźń O’Connor",
    "Nguyễn Thị Ánh Tuyết",
    "王小明",
    "陳鑫堃 龍飛",
    "佐藤 さくら",
    "김철수",
    "عبد الرحمن بن محمد الخوارزمي",
    "پژمان گل\u200cمحمدی",
    "שרה בן־דוד",
    "สมชาย ใจดี",
    "प्रियंका क्षत्रिय",
    "Αλέξανδρος Παπαδόπουλος",
    "Юлия Щербакова",
    "Adébáyọ̀ Ọláwálé",
    "தமிழ்ச்செல்வி",
    "አበበ ቢቂላ",
    "გიორგი",
    "Արամ",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_the_world_can_be_shown(name: str) -> None:
    assert unrenderable(name) == ""


def test_what_no_font_has_is_named_once() -> None:
    assert unrenderable("Ana 😀 𓀀 😀") == "😀𓀀"


def test_control_characters_cannot_be_shown() -> None:
    assert unrenderable("A\x00na\x1b") == "\x00\x1b"


def test_marks_that_only_steer_the_text_need_no_glyph() -> None:
    assert unrenderable("\u200fAna\u200d \u00a0\u2069") == ""


def test_the_table_agrees_with_the_fonts() -> None:
    assert sorted(glyph_widths()) == sorted(path.stem for path in FONTS.glob("*.woff2"))


@pytest.mark.parametrize("font", ["besley-600", "noto-serif-thai-600", "noto-serif-kr-600"])
def test_the_table_has_the_widths_of_the_fonts(font: str) -> None:
    opened = TTFont(FONTS / f"{font}.woff2")
    scale = 1000 / opened["head"].unitsPerEm

    expected = {
        chr(character): round(opened["hmtx"][glyph][0] * scale)
        for character, glyph in opened.getBestCmap().items()
        if unicodedata.category(chr(character)) != "Cc"
    }

    assert {character: glyph_widths()[font].get(character) for character in expected} == expected
    assert glyph_widths()[font].get("\U0010fffd") is None
    assert glyph_widths()[font].get("\x00") is None
