import pytest

from certificates.rendering.fitting import Room, fit, shortened
from certificates.rendering.typefaces import BESLEY, PUBLIC_SANS, width_of

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


@pytest.mark.parametrize("words", [1, 5, 9, 10, 11, 12, 40, 8000])
def test_description_is_cut_at_the_last_word_that_fits(words: int) -> None:
    text = " ".join(["infection"] * words)

    part = shortened(text, (PUBLIC_SANS,), width=300, size=10, lines=2)

    fits = [kept for kept in range(1, 40) if _width(kept) <= 300 * 2 * 0.92]
    kept = min(words, max(fits))
    assert part == (text if words == kept else " ".join(["infection"] * kept) + " …")


def _width(words: int) -> float:
    text = " ".join(["infection"] * words) + " …"
    return width_of(text, (PUBLIC_SANS,), weight=400, size=10) * 1.02
