import pytest

from certificates.rendering.fitting import Room, fit
from certificates.rendering.typefaces import BESLEY, width_of

ROOM = Room(width=670, largest=35, smallest=20)
FACES = (BESLEY,)


def test_a_short_name_is_as_large_as_can_be() -> None:
    fitted = fit("Amara Okafor-Lindqvist", FACES, ROOM, weight=600)

    assert (fitted.size, fitted.lines) == (35, ("Amara Okafor-Lindqvist",))


def test_a_longer_name_shrinks_on_its_line() -> None:
    name = "María del Carmen O’Connor-Nuñez López"
    fitted = fit(name, FACES, ROOM, weight=600)

    assert fitted.lines == (name,)
    assert 20 <= fitted.size < 35
    assert width_of(name, FACES, weight=600, size=fitted.size) <= 670
    assert width_of(name, FACES, weight=600, size=fitted.size + 1) * 1.02 > 670


def test_a_name_of_sixty_letters_wraps_into_two_like_lines() -> None:
    fitted = fit("Wolfeschlegelsteinhausenbergerdorff-Ramírez de la Fuente y Ob", FACES, ROOM, weight=600)

    assert fitted.size == 20
    assert fitted.lines == ("Wolfeschlegelsteinhausenbergerdorff-Ramírez", "de la Fuente y Ob")


@pytest.mark.parametrize("text", ["Ana " * 49 + "Ana", "Wilhelmina " * 18])
def test_a_name_of_two_hundred_letters_still_has_two_lines(text: str) -> None:
    fitted = fit(text.strip(), FACES, ROOM, weight=600)

    assert len(fitted.lines) == 2
    assert fitted.size < 20
    assert all(width_of(line, FACES, weight=600, size=fitted.size) <= 670 for line in fitted.lines)


def test_a_text_for_one_line_is_not_divided() -> None:
    fitted = fit("Ana Maria " * 12, FACES, Room(width=200, largest=19, smallest=11, lines=1), weight=600)

    assert fitted.size == 7
    assert len(fitted.lines) == 1
