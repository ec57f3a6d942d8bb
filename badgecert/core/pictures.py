"""Images that people bring, made safe: opened by two decoders only, measured before decoding, always made anew.

The limits follow promises.md and reliability.md T10: a picture can be a bomb, so its header is read first.
"""

import hashlib
import io

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from badgecert.core.models import Picture
from badgecert.core.svg_files import looks_like_svg, png_from_svg

SIDE = 600
SMALL_SIDE = 320
LONGEST_SIDE = 4096
SHORTEST_SIDE = 200
BYTES_LIMIT = 2_000_000
PHOTO_SIDE = 400
# What telephones make.
PHOTO_BYTES_LIMIT = 10_000_000


def picture_from_upload(content: bytes, *, square: bool = True) -> Picture:
    """Keep an uploaded PNG, JPEG or SVG as a Picture: new pixels, no metadata. Raises ValidationError with a way on."""
    if looks_like_svg(content):
        _refuse_large(content, BYTES_LIMIT)
        content = png_from_svg(content, side=SIDE)
    image = _opened(content)
    if square and abs(image.width - image.height) > 0.02 * max(image.size):
        raise ValidationError(
            _("The picture is %(width)d by %(height)d pixels. Use a square one, 600 by 600 or larger."),
            code="square",
            params={"width": image.width, "height": image.height},
        )
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    small = image.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    return _kept(
        _encoded(image, "PNG", optimize=True),
        width=image.width,
        height=image.height,
        webp=_encoded(small, "WEBP", quality=88),
    )


def picture_from_drawing(*, svg: str, png: bytes) -> Picture:
    """Keep a picture that our own generator drew: the SVG is ours, so screens are shown it as it is."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
        width, height = image.size
    return _kept(png, width=width, height=height, svg=svg.encode(), has_svg=True)


def photo_from_upload(content: bytes) -> bytes:
    """A person's photo as a small square WebP: new pixels, nothing of the camera, the place or the day.

    It is no Picture, for those stay for ever. Raises ValidationError with a way on.
    """
    image = _opened(content, limit=PHOTO_BYTES_LIMIT, needed=2 * PHOTO_SIDE)
    square = ImageOps.fit(image, (PHOTO_SIDE, PHOTO_SIDE), Image.Resampling.LANCZOS)
    return _encoded(square, "WEBP", quality=85)


def _opened(content: bytes, *, limit: int = BYTES_LIMIT, needed: int | None = None) -> Image.Image:
    _refuse_large(content, limit)
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
            if needed:
                # A JPEG need not be decoded larger than it will be used.
                image.draft(None, (needed, needed))
            if max(image.size) > LONGEST_SIDE:
                raise ValidationError(
                    _("The picture is %(width)d by %(height)d pixels; at most 4096 fit on a side."),
                    code="large",
                    params={"width": image.width, "height": image.height},
                )
            if min(image.size) < SHORTEST_SIDE:
                raise ValidationError(
                    _(
                        "The picture is %(width)d by %(height)d pixels. It would look blurred: use at least 200, better 600."
                    ),
                    code="small",
                    params={"width": image.width, "height": image.height},
                )
            return ImageOps.exif_transpose(image).convert("RGBA")
    except Image.DecompressionBombError as error:
        raise ValidationError(
            _("The picture has too many pixels: at most 4096 fit on a side. Save it smaller."), code="large"
        ) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise ValidationError(
            _("This file is not a PNG or JPEG picture, or it is damaged. Save it again as PNG."), code="broken"
        ) from error


def _refuse_large(content: bytes, limit: int) -> None:
    if len(content) > limit:
        raise ValidationError(
            _("The picture has %(size).1f MB; at most %(limit)d MB fit. Save it smaller."),
            code="bytes",
            params={"size": len(content) / 1_000_000, "limit": limit // 1_000_000},
        )


def _kept(png: bytes, **fields: object) -> Picture:
    picture, _created = Picture.objects.get_or_create(
        sha256=hashlib.sha256(png).hexdigest(), defaults={"png": png, **fields}
    )
    return picture


def _encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
