"""What people attach: by what it is, not by what it is called, and without what a photo tells."""

import io

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from earners.attachments import BYTES_LIMIT, safe_file
from tests.factories import make_png

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def photo(*, size=(640, 480), turned=False) -> bytes:
    """As a phone takes it: where, with what, and which side is up."""
    exif = Image.Exif()
    exif[0x010F] = "Maker of phones"
    exif[0x0112] = 6 if turned else 1
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", size, "#5b1f55").save(out, "JPEG", exif=exif, comment=b"written at home")
    return out.getvalue()


def test_photo_keeps_its_pixels_and_nothing_else():
    kept = safe_file(name="C:\\Users\\Ana\\marriage.JPEG", content=photo(turned=True))

    with Image.open(io.BytesIO(kept.content)) as image:
        assert (image.format, image.size) == ("JPEG", (480, 640))
        assert dict(image.getexif()) == {}
        assert "comment" not in image.info
    assert (kept.name, kept.media_type) == ("marriage.jpg", "image/jpeg")
    assert b"Maker of phones" not in kept.content
    assert b"written at home" not in kept.content


def test_large_photo_becomes_readable_and_small():
    kept = safe_file(name="page.jpg", content=photo(size=(4800, 2400)))

    with Image.open(io.BytesIO(kept.content)) as image:
        assert image.size == (2400, 1200)


def test_picture_is_named_by_what_it_is():
    kept = safe_file(name="passport.pdf", content=make_png())

    assert (kept.name, kept.media_type) == ("passport.png", "image/png")


def test_pdf_stays_as_it_was():
    kept = safe_file(name="letter.pdf", content=PDF)

    assert (kept.name, kept.media_type, kept.content) == ("letter.pdf", "application/pdf", PDF)


@pytest.mark.parametrize(
    ("name", "kept_name"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "abSet-Cookie: x.pdf"),
        ("..pdf", "file.pdf"),
        ("", "file.pdf"),
        ("Heiratsurkunde – Žofie.PDF", "Heiratsurkunde – Žofie.pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.pdf"),
    ],
)
def test_names_are_fit_for_a_header_and_a_page(name, kept_name):
    assert safe_file(name=name, content=PDF).name == kept_name


NOT_READABLE = "{} is not a PDF, PNG or JPEG file, or it is damaged. Save it again and attach that."


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("run.pdf", b"MZ\x90\x00", NOT_READABLE.format("run.pdf")),
        ("page.html", b"<script>alert(1)</script>", NOT_READABLE.format("page.html")),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", NOT_READABLE.format("drawing.svg")),
        ("cut.pdf", PDF[:30], NOT_READABLE.format("cut.pdf")),
        ("cut.png", make_png()[:200], NOT_READABLE.format("cut.png")),
        ("empty.png", b"", NOT_READABLE.format("empty.png")),
        ("big.pdf", b"%PDF-" + b"0" * BYTES_LIMIT, "big.pdf has 8.0 MB; at most 8 MB fit. Save it smaller."),
    ],
)
def test_other_files_are_refused_with_a_way_on(name, content, sentence):
    with pytest.raises(ValidationError) as refused:
        safe_file(name=name, content=content)

    assert refused.value.messages == [sentence]


def test_picture_that_would_fill_the_memory_is_refused_by_its_header():
    bomb = io.BytesIO()
    Image.new("1", (6000, 5000)).save(bomb, "PNG")

    with pytest.raises(ValidationError) as refused:
        safe_file(name="bomb.png", content=bomb.getvalue())

    assert refused.value.messages == ["bomb.png is 6000 by 5000 pixels. Save it smaller."]
