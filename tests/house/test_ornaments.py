from scripts.draw_ornaments import draw
from tests.house.source import STATIC


def test_ornaments_are_as_the_script_draws_them(tmp_path):
    draw(tmp_path)

    drawn = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(drawn) == 5
    assert drawn == {name: (STATIC / "img" / name).read_bytes() for name in drawn}
