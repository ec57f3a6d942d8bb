import io

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from PIL import Image, PngImagePlugin

from badgecert.core.models import Picture
from badgecert.core.pictures import picture_from_drawing, picture_from_upload
from tests.factories import make_png

pytestmark = pytest.mark.django_db


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        make_png(),
        encoded(Image.new("P", (600, 600)), "PNG"),
        encoded(Image.new("LA", (600, 600)), "PNG"),
        encoded(Image.new("RGB", (1200, 1200)), "JPEG"),
        encoded(Image.new("CMYK", (600, 600)), "JPEG"),
    ],
    ids=["I01", "I02", "I03", "jpeg", "I07"],
)
def test_picture_from_upload_keeps_a_square_of_600(content: bytes) -> None:
    picture = picture_from_upload(content)

    assert (picture.width, picture.height, picture.has_svg) == (600, 600, False)


def test_picture_from_upload_drops_what_was_hidden_in_the_file() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>")
    content = encoded(Image.new("RGB", (600, 600)), "PNG", pnginfo=info) + b"PK\x03\x04 appended"

    picture = picture_from_upload(content)

    assert b"script" not in bytes(picture.png)
    assert b"appended" not in bytes(picture.png)


def test_picture_from_upload_keeps_the_same_content_once() -> None:
    assert picture_from_upload(make_png()) == picture_from_upload(make_png())
    assert Picture.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is not a PNG or JPEG picture, or it is damaged. Save it again as PNG."),
        (make_png()[:100], "This file is not a PNG or JPEG picture, or it is damaged. Save it again as PNG."),
        (b"%PDF-1.7", "This file is not a PNG or JPEG picture, or it is damaged. Save it again as PNG."),
        (
            encoded(Image.new("RGB", (600, 600)), "BMP")[:1_000_000],
            "This file is not a PNG or JPEG picture, or it is damaged. Save it again as PNG.",
        ),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "This is not an SVG drawing that we can read. Save it as plain SVG with a viewBox, or as PNG.",
        ),
        (make_png(size=(600, 300)), "The picture is 600 by 300 pixels. Use a square one, 600 by 600 or larger."),
        (
            make_png(size=(100, 100)),
            "The picture is 100 by 100 pixels. It would look blurred: use at least 200, better 600.",
        ),
        (
            encoded(Image.new("1", (5000, 5000)), "PNG"),
            "The picture is 5000 by 5000 pixels; at most 4096 fit on a side.",
        ),
        (b"\0" * 2_000_001, "The picture has 2.0 MB; at most 2 MB fit. Save it smaller."),
    ],
    ids=["I13", "I15", "I43", "I32", "I46", "oblong", "I17", "I20", "I69"],
)
def test_picture_from_upload_refuses_and_says_why(content: bytes, sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        picture_from_upload(content)

    assert refusal.value.messages == [sentence]
    assert not Picture.objects.exists()


def test_picture_is_served_for_ever_and_without_rights(client: Client) -> None:
    picture = picture_from_drawing(svg="<svg xmlns='http://www.w3.org/2000/svg'/>", png=make_png())

    answer = client.get(reverse("picture_variant", args=[picture.sha256, "svg"]))

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_picture_without_an_svg_has_no_svg_page(client: Client) -> None:
    picture = picture_from_upload(make_png())

    assert client.get(reverse("picture_variant", args=[picture.sha256, "svg"])).status_code == 404
