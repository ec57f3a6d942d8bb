import pytest
from PIL import Image, ImageDraw, features

from certificates.rendering.raster_text import TextStyle, set_text
from certificates.rendering.typefaces import DISPLAY

STYLE = TextStyle(DISPLAY, 600, "#000000", largest=60, smallest=30, lines=2, more_lines=1)
WIDTH = 690


def ink(text: str) -> Image.Image:
    """What is drawn of a text, cut to its edges."""
    image = Image.new("L", (2 * WIDTH, 300), 255)
    set_text(text, STYLE, width=WIDTH).draw(ImageDraw.Draw(image), WIDTH / 2, 60)
    box = image.point(lambda value: 255 - value).getbbox()
    return image.crop(box)


def gaps(image: Image.Image) -> int:
    """Columns without any ink."""
    columns = [image.crop((x, 0, x + 1, image.height)) for x in range(image.width)]
    return sum(column.getextrema()[0] > 200 for column in columns)


def test_letters_are_shaped_here():
    assert features.check("raqm")


def test_a_short_name_takes_the_largest_size():
    text = set_text("Ana Núñez", STYLE, width=WIDTH)

    assert (text.size, text.lines) == (60, ("Ana Núñez",))


def test_a_long_name_is_broken_at_a_space_before_it_gets_smaller():
    text = set_text("Wilhelmina van der Meer-Hofstadter", STYLE, width=WIDTH)

    assert (text.size, text.lines) == (60, ("Wilhelmina van der", "Meer-Hofstadter"))


@pytest.mark.parametrize(
    "name",
    [
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "感染控制高级执业者资格认证证书" * 4,
        "क्षितिज" * 9,
    ],
)
def test_a_name_without_spaces_is_broken_between_letters_and_stays_whole(name):
    text = set_text(name, STYLE, width=WIDTH)

    assert "".join(text.lines) == name
    assert len(text.lines) <= 3
    assert text.width <= WIDTH


def test_a_letter_keeps_its_marks_when_a_line_ends():
    text = set_text("क्षि" * 60, STYLE, width=WIDTH)

    assert all(line[0] == "क" for line in text.lines)


def test_what_is_absurdly_long_ends_in_dots():
    text = set_text("Amara " * 60, STYLE, width=WIDTH)

    assert len(text.lines) == 3
    assert text.lines[-1].endswith("…")


def test_arabic_letters_are_joined():
    assert gaps(ink("محمد")) == 0
    assert gaps(ink("\u200c".join("محمد"))) > 0


def test_a_text_in_two_scripts_from_right_to_left_begins_at_the_right():
    together, arabic = ink("محمد Zhang"), ink("محمد")

    right_end = together.crop((together.width - arabic.width, 0, together.width, together.height))
    assert right_end.point(lambda value: 255 - value).getbbox()
    assert ink("Zhang محمد").tobytes() != together.tobytes()
