"""The image corpus of reliability.md §4.2 at the one door through which pictures come in: what must be kept, what must
be refused with a way on, what must be left out, what must be made anew."""

import gzip
import io
import struct
import zipfile
import zlib

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

from badgecert.core.models import Picture
from badgecert.core.picture_advice import advice_on
from badgecert.core.pictures import picture_from_upload
from badges.drawing.badge import BadgeArt, draw_badge
from badges.drawing.pictures import to_png
from tests.factories import make_png

pytestmark = pytest.mark.django_db

NOT_A_PICTURE = "This file is not a PNG or JPEG picture, or it is damaged. Save it again as PNG."
TOO_MANY = "The picture has too many pixels: at most 4096 fit on a side. Save it smaller."
NOT_SVG = "This is not an SVG drawing that we can read. Save it as plain SVG with a viewBox, or as PNG."
INTRICATE = "This drawing is too intricate for a badge. Simplify it, or save it as PNG, 600 by 600 or larger."
DOCTYPE = "This SVG carries a DOCTYPE. Save it as “Plain SVG”, or as PNG, 600 by 600 or larger."
NOT_UTF8 = "This SVG is not UTF-8. Save it again as plain SVG."
WORDS = "Its words depend on fonts we do not have. Turn the text into paths, then save it again."


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *, depth: int = 8, colour: int = 2, idat: bytes = b"", extra: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", idat or zlib.compress(b"")) + chunk(b"IEND", b"")


def svg(inside: str, *, attributes: str = 'viewBox="0 0 100 100"', before: str = "") -> bytes:
    return (
        f'{before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {attributes}>'
        f'<rect width="100" height="100" fill="#5b1f55"/>{inside}</svg>'
    ).encode()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    return out.getvalue()


def with_text(**chunks: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    for name, text in chunks.items():
        info.add_itxt(name, text)
    return encoded(Image.new("RGB", (600, 600)), "PNG", pnginfo=info)


def rotated() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "<script>alert(1)</script>"
    exif.get_ifd(0x8825)[1] = "N"
    image = Image.new("RGB", (600, 600), "white")
    image.paste("black", (0, 0, 600, 100))
    return encoded(image, "JPEG", exif=exif)


def interlaced() -> bytes:
    return encoded(Image.new("RGB", (600, 600)), "PNG", interlace=1)


GRADIENT = (
    '<title>徽章</title><defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/><stop offset="1"/>'
    '</linearGradient></defs><circle cx="50" cy="50" r="40" fill="url(#g)"/>'
)
KEPT = {
    "I01": make_png(),
    "I02": encoded(Image.new("P", (600, 600)), "PNG", transparency=0),
    "I03": encoded(Image.new("LA", (600, 600)), "PNG"),
    "I04": encoded(Image.new("I;16", (600, 600)), "PNG"),
    "I05": interlaced(),
    "I06": rotated(),
    "I07": encoded(Image.new("CMYK", (600, 600)), "JPEG"),
    "I08": with_text(Title="徽章"),
    "I09": svg(GRADIENT),
    "I10": svg('<defs><circle id="c" r="9"/></defs><use href="#c" x="20" y="20"/><use xlink:href="#c" x="60" y="60"/>'),
    "I28": with_text(**{f"k{number}": "x" for number in range(10_000)}),
    "I29": png(
        600, 600, idat=zlib.compress(b"\0" * (600 * 3 + 1) * 600), extra=chunk(b"acTL", b"\x7f\xff\xff\xff\0\0\0\0")
    ),
    "I47": make_png(),
    "I97": make_png() + zipped(),
    "I98": make_png() + b"%PDF-1.7",
    "I99": with_text(Comment="<script>alert(1)</script>"),
    "I100": with_text(Comment="<?php system($_GET[0]); ?>"),
    "I101": rotated(),
    "I102": rotated(),
    "I103": make_png()[:-14] + bytes([make_png()[-14] ^ 0xFF]) + make_png()[-13:],
}


@pytest.mark.parametrize("case", KEPT)
def test_picture_is_kept_as_new_pixels_with_nothing_else_in_it(case):
    picture = picture_from_upload(KEPT[case])

    assert (picture.width, picture.height, bytes(picture.svg)) == (600, 600, b"")
    for hidden in (b"script", b"php", b"Exif", b"%PDF", b"PK\x03\x04", b"acTL", b"Title"):
        assert hidden not in bytes(picture.png)


def test_i06_jpeg_is_shown_upright():
    picture = picture_from_upload(rotated())

    with Image.open(io.BytesIO(bytes(picture.png))) as image:
        # The dark edge was on top, and the camera said that top is on the right.
        assert image.convert("L").getpixel((590, 300)) < 30
        assert image.convert("L").getpixel((300, 5)) > 200


def test_i12_same_picture_twice_is_one():
    assert picture_from_upload(make_png()) == picture_from_upload(make_png())
    assert Picture.objects.count() == 1


def bomb_of_copies() -> str:
    layers = "".join(
        f'<g id="l{number}">{"".join(f"<use href={chr(34)}#l{number - 1}{chr(34)}/>" for _ in range(10))}</g>'
        for number in range(1, 10)
    )
    return f'<defs><g id="l0"><rect width="9" height="9"/></g>{layers}</defs><use href="#l9"/>'


REFUSED = {
    "I13": (b"", NOT_A_PICTURE),
    "I14": (b"\x89PNG\r\n\x1a\n", NOT_A_PICTURE),
    "I15": (make_png()[:400], NOT_A_PICTURE),
    "I16": (png(0, 0), NOT_A_PICTURE),
    "I17": (png(1, 1, idat=zlib.compress(b"\0\0\0\0")), "It would look blurred: use at least 200, better 600."),
    "I18": (png(1, 20_000), "The picture is 1 by 20000 pixels; at most 4096 fit on a side."),
    "I19": (png(2**31 - 1, 2**31 - 1), TOO_MANY),
    "I20": (png(20_000, 20_000, colour=0), TOO_MANY),
    "I21": (png(50_000, 50_000, depth=1, colour=0), TOO_MANY),
    "I22": (png(13_000, 13_000, colour=6), "The picture is 13000 by 13000 pixels; at most 4096 fit on a side."),
    "I23": (
        png(10, 10, idat=zlib.compress(b"\0" * 50_000_000)),
        "It would look blurred: use at least 200, better 600.",
    ),
    "I24": (make_png()[:33] + b"\x7f\xff\xff\xffIDAT" + b"x" * 50, NOT_A_PICTURE),
    "I25": (png(600, 600, extra=chunk(b"iCCP", b"a\0\0" + zlib.compress(b"\0" * 256_000_000, 1))), NOT_A_PICTURE),
    "I26": (png(600, 600, extra=chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 256_000_000, 1))), NOT_A_PICTURE),
    "I27": (
        with_text(**{f"k{number}": "x" * 1_000_000 for number in range(200)}),
        "at most 2 MB fit. Save it smaller.",
    ),
    "I30": (encoded(Image.new("P", (600, 600)), "GIF"), NOT_A_PICTURE),
    "I31": (b"GIF89a\xff\xff\xff\xff\0\0\0;", NOT_A_PICTURE),
    "I32": (encoded(Image.new("1", (600, 600)), "BMP"), NOT_A_PICTURE),
    "I33": (encoded(Image.new("1", (600, 600)), "TIFF"), NOT_A_PICTURE),
    "I34": (encoded(Image.new("RGB", (64, 64)), "ICO"), NOT_A_PICTURE),
    "I35": (encoded(Image.new("L", (600, 600)), "TGA"), NOT_A_PICTURE),
    "I36": (encoded(Image.new("L", (600, 600)), "PCX"), NOT_A_PICTURE),
    "I37": (encoded(Image.new("L", (600, 600)), "PPM"), NOT_A_PICTURE),
    "I38": (encoded(Image.new("RGB", (600, 600)), "WEBP"), NOT_A_PICTURE),
    "I39": (b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 40, NOT_A_PICTURE),
    "I40": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 600 600\nshowpage\n", NOT_A_PICTURE),
    "I41": (b"SIMPLE  =                    T" + b" " * 50, NOT_A_PICTURE),
    "I42": (b"8BPS\0\x01" + b"\0" * 40, NOT_A_PICTURE),
    "I43": (b"%PDF-1.7", NOT_A_PICTURE),
    "I44": (zipped(), NOT_A_PICTURE),
    "I45": (b"<!doctype html><script>alert(1)</script>", DOCTYPE),
    "I48": (b"GIF89a/*\0\0*/=1;alert(1)", NOT_A_PICTURE),
    "I49": (gzip.compress(svg("<g/>") + b" " * 5_000_000), NOT_A_PICTURE),
    "I50": (b'<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', NOT_SVG),
    "I51": (svg("", before='<?xml version="1.0" encoding="utf-16"?>'), NOT_UTF8),
    "I51, in UTF-16": (svg("").decode().encode("utf-16"), NOT_A_PICTURE),
    "I52": (svg("", before='<?xml version="1.0" encoding="utf-7"?>'), NOT_UTF8),
    "I53": (svg("<g/>") + b"\xff\xfe\xff", NOT_UTF8),
    "I54": (svg("&lol9;", before='<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol9 "&lol;&lol;">]>'), DOCTYPE),
    "I55": (svg("&a;" * 1000, before=f'<!DOCTYPE x [<!ENTITY a "{"a" * 5000}">]>'), DOCTYPE),
    "I56": (svg("", before=f"<!DOCTYPE x [<!-- {'x' * 100_000} -->]>"), DOCTYPE),
    "I57": (svg("&x;", before='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), DOCTYPE),
    "I58": (svg("&x;", before='<!DOCTYPE x [<!ENTITY x SYSTEM "http://127.0.0.1/">]>'), DOCTYPE),
    "I59": (svg("", before='<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/"> %p;]>'), DOCTYPE),
    "I60": (svg("", before='<!DOCTYPE svg SYSTEM "http://127.0.0.1/x.dtd">'), DOCTYPE),
    "I62": (svg("<g>" * 100_000 + "</g>" * 100_000), INTRICATE),
    "I63": (svg("<g " + " ".join(f'a{number}="1"' for number in range(100_000)) + "/>"), INTRICATE),
    "I64": (svg(f'<path d="M0 0{"h1" * 800_000}"/>'), INTRICATE),
    "I65": (svg("", attributes='width="1e9" height="1e9"'), NOT_SVG),
    "I66": (svg(bomb_of_copies()), INTRICATE),
    "I67": (svg('<g id="a"><use href="#a"/></g>'), INTRICATE),
    "I69": (b"\x89PNG" + b"\0" * 2_000_001, "The picture has 2.0 MB; at most 2 MB fit. Save it smaller."),
    "svg, oblong": (svg("", attributes='viewBox="0 0 200 100"'), "The drawing is 200 by 100. Use a square one."),
    "svg, with words": (svg("<text>Northgate</text>"), WORDS),
    "svg, broken": (svg("")[:-4], NOT_SVG),
    "svg, nothing": (b"<", NOT_SVG),
    "svg, NaN": (svg("", attributes='viewBox="0 0 nan nan"'), NOT_SVG),
}


# Pillow warns of what we refuse by our own limit.
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("case", REFUSED)
def test_picture_is_refused_with_a_way_on_and_nothing_is_kept(case):
    content, sentence = REFUSED[case]

    with pytest.raises(ValidationError) as refusal:
        picture_from_upload(content)

    [said] = refusal.value.messages
    assert sentence in said
    assert any(way in said for way in ("Save", "Simplify", "Use", "use ", "fit", "Turn"))
    assert not Picture.objects.exists()


# Each says something that must not be done. What is drawn is the same as without it.
LEFT_OUT = {
    "I61": '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>',
    "I68": f'<filter id="f">{"<feGaussianBlur stdDeviation=@9@/>".replace("@", chr(34)) * 400}</filter>',
    "I76": "<script>alert(1)</script>",
    "I77": '<script href="http://127.0.0.1/x.js"/>',
    "I80": '<foreignObject width="100" height="100"><iframe xmlns="http://www.w3.org/1999/xhtml" src="//x"/></foreignObject>',
    "I81": '<a href="javascript:alert(1)"><rect width="100" height="100"/></a>',
    "I82": '<a href="java&#9;script:alert(1)"><rect width="100" height="100"/></a>',
    "I83": '<animate attributeName="href" values="javascript:alert(1)"/>',
    "I84": '<set attributeName="onclick" to="alert(1)"/>',
    "I85": '<a href="data:text/html,&lt;script&gt;alert(1)&lt;/script&gt;"><rect width="100" height="100"/></a>',
    "I86": '<image href="data:image/svg+xml,&lt;svg/&gt;" width="100" height="100"/>',
    "I87": '<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>',
    "I88": "<script><![CDATA[alert(1)]]></script>",
    "I89": '<handler type="application/ecmascript">alert(1)</handler>',
    "I90": '<image href="file:///etc/passwd" width="100" height="100"/>',
    "I91": '<image xlink:href="http://127.0.0.1/x.png" width="100" height="100"/>',
    "I92": '<use href="http://127.0.0.1/x.svg#a"/>',
    "I93": "<style>@import url(http://127.0.0.1/x.css); rect{fill:url(http://127.0.0.1/p)}</style>",
    "I95": '<?xml-stylesheet href="http://127.0.0.1/x.xsl"?>',
}


@pytest.mark.parametrize("case", LEFT_OUT)
def test_what_a_drawing_must_not_do_is_left_out(case):
    assert picture_from_upload(svg(LEFT_OUT[case])) == picture_from_upload(svg(""))


@pytest.mark.parametrize(
    "attributes",
    [
        'onload="alert(1)"',
        'onCLICK="alert(1)"',
        'filter="url(http://127.0.0.1/f)"',
        'mask="url(#m)"',
        'style="background:url(http://127.0.0.1/x)"',
        'href="data:text/html,x"',
    ],
    ids=["I78", "I79", "I94", "mask", "I94 style", "I85"],
)
def test_what_an_attribute_must_not_do_is_left_out(attributes):
    drawn = svg(f'<circle cx="50" cy="50" r="20" {attributes}/>')

    assert picture_from_upload(drawn) == picture_from_upload(svg('<circle cx="50" cy="50" r="20"/>'))


def test_i96_drawing_of_a_program_with_styles_of_its_own_is_drawn():
    styled = svg('<style>.cls-1{fill:#c8963e}</style><circle class="cls-1" cx="50" cy="50" r="40"/>')

    picture = picture_from_upload(styled)

    with Image.open(io.BytesIO(bytes(picture.png))) as image:
        assert image.getpixel((300, 300)) == (200, 150, 62, 255)


# --- advice --------------------------------------------------------------------------------------


def drawn(shape: str) -> bytes:
    art = BadgeArt(
        shape=shape, top_text="CLINICAL SAFETY", icon="shield-plus", palette="plum", ribbon="LEVEL 2", level=2
    )
    return to_png(draw_badge(art), 600)


def written(size: int, ground: str) -> bytes:
    image = Image.new("RGBA", (600, 600), ground)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size=size)
    for y in range(100, 500, size + 4):
        pen.text((60, y), "This certifies that somebody has completed the course", font=font, fill="black")
    return encoded(image, "PNG")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (drawn("circle"), []),
        (drawn("shield"), []),
        (make_png("#ffffff"), ["white box"]),
        (written(14, "#c8963e"), ["tiny text"]),
        (encoded(Image.effect_noise((600, 600), 120).convert("RGBA"), "PNG"), ["blurs", "tiny text"]),
    ],
    ids=["circle", "shield", "white", "text", "noise"],
)
def test_advice_tells_what_will_not_serve(content, said):
    advice = advice_on(picture_from_upload(content))

    assert len(advice) == len(said)
    assert all(words in sentence for words, sentence in zip(said, advice, strict=True))
