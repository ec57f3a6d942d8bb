import io
import struct
import zlib

import pytest
from PIL import Image

from certificates.openbadges.baking import Baked, BakingError, bake_png, bake_svg, unbake_png
from tests.factories import make_png

PNG = make_png(size=(64, 64))
JSON = '{"name": "Žofie 王 \\u0041"}'


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def with_chunk(kind: bytes, content: bytes) -> bytes:
    return PNG[:33] + chunk(kind, content) + PNG[33:]


def test_bake_png_gives_back_both_standards() -> None:
    baked = bake_png(PNG, v3=JSON, v2="eyJ.a.b")

    assert unbake_png(baked) == [Baked("v3", JSON), Baked("v2", "eyJ.a.b")]


def test_bake_png_leaves_the_pixels_alone() -> None:
    baked = bake_png(PNG, v3=JSON)

    assert Image.open(io.BytesIO(baked)).tobytes() == Image.open(io.BytesIO(PNG)).tobytes()
    assert len(baked) == len(PNG) + 12 + len(b"openbadgecredential\0\0\0\0\0") + len(JSON.encode())


def test_bake_png_is_read_by_another_library() -> None:
    assert Image.open(io.BytesIO(bake_png(PNG, v3=JSON))).text["openbadgecredential"] == JSON


def test_bake_png_again_replaces_what_was_there() -> None:
    assert unbake_png(bake_png(bake_png(PNG, v3="old", v2="old"), v3=JSON)) == [Baked("v3", JSON)]


def test_unbake_png_reads_what_others_compressed() -> None:
    content = b"openbadgecredential\0\x01\0\0\0" + zlib.compress(JSON.encode())

    assert unbake_png(with_chunk(b"iTXt", content)) == [Baked("v3", JSON)]


def test_unbake_png_reads_the_old_text_chunk() -> None:
    picture = with_chunk(b"tEXt", b"openbadges\0https://x.example/assertion/1")

    assert unbake_png(picture) == [Baked("v2", "https://x.example/assertion/1")]


@pytest.mark.parametrize(
    "picture",
    [
        PNG,
        with_chunk(b"iTXt", b"OpenBadgeCredential\0\0\0\0\0{}"),
        with_chunk(b"tEXt", b"openbadgecredential\0{}"),
        PNG + chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0{}"),
    ],
    ids=["V110", "V111", "V112", "V113"],
)
def test_unbake_png_of_a_plain_picture_finds_nothing(picture: bytes) -> None:
    assert unbake_png(picture) == []


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (b"", "not a PNG"),
        (b"\x89PNG\r\n\x1a\n", "cut off"),
        (PNG[:-20], "cut off"),
        (PNG[:33] + struct.pack(">I", 2**31 - 1) + b"iTXt", "cut off"),
        (with_chunk(b"iTXt", b"openbadgecredential\0\x07\0\0\0{}"), "does not know"),
        (with_chunk(b"iTXt", b"openbadgecredential\0\x01\x05\0\0{}"), "does not know"),
        (with_chunk(b"iTXt", b"openbadgecredential\0\x01\0\0\0junk"), "damaged"),
        (with_chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0\xff\xfe"), "not text"),
        (with_chunk(b"iTXt", b"openbadgecredential\0\x01\0\0\0" + zlib.compress(b"\0" * 10**8)), "larger than 1 MB"),
        (with_chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0" + b" " * 2_000_000), "larger than 1 MB"),
        (
            bake_png(PNG, v3="{}")[:33] + chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0{}") * 2 + PNG[33:],
            "two credentials",
        ),
    ],
    ids=["V80", "signature only", "truncated", "length", "V100", "V101", "damaged", "V102", "V98", "V99", "V103"],
)
def test_unbake_png_refuses_and_says_why(picture: bytes, sentence: str) -> None:
    with pytest.raises(BakingError, match=sentence):
        unbake_png(picture)


def test_bake_svg_puts_json_into_cdata_and_a_jws_into_an_attribute() -> None:
    baked = bake_svg('<svg viewBox="0 0 1 1"><path/></svg>', v3='{"a": "]]>"}', v2="eyJ.a.b")

    assert baked == (
        '<svg viewBox="0 0 1 1">'
        '<openbadges:credential xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">'
        '<![CDATA[{"a": "]]]]><![CDATA[>"}]]></openbadges:credential>'
        '<openbadges:assertion xmlns:openbadges="http://openbadges.org" verify="eyJ.a.b"></openbadges:assertion>'
        "<path/></svg>"
    )


def test_bake_svg_without_a_root_is_refused() -> None:
    with pytest.raises(BakingError, match="no svg element"):
        bake_svg("<html></html>", v3="{}")
