"""Files that earners and staff send each other, made safe before anything keeps them.

Pictures are made anew, so that nothing but pixels is left: a photo tells where its owner lives. A PDF stays as it is,
because a signature on it may be what it is sent for; it is only ever handed out as a download.
"""

import io
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from badgecert.core.text import has_control_characters

BYTES_LIMIT = 8_000_000
# A JPEG is shrunk while it is decoded; a PNG has to fit into memory first.
PIXELS_LIMIT = {"JPEG": 60_000_000, "PNG": 24_000_000}
# Sharp enough to read a page of small print.
LONGEST_SIDE = 2400
NAME_LENGTH = 100

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
ACCEPTED = f"{PDF},{PNG},{JPEG}"
_SUFFIXES = {PDF: ".pdf", PNG: ".png", JPEG: ".jpg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeFile:
    name: str
    media_type: str
    content: bytes


def safe_file(*, name: str, content: bytes) -> SafeFile:
    """What may be kept of an uploaded file, by what it is and not by what it is called. Raises ValidationError."""
    if len(content) > BYTES_LIMIT:
        raise ValidationError(
            _("%(name)s has %(size).1f MB; at most 8 MB fit. Save it smaller."),
            code="bytes",
            params={"name": _shown(name), "size": len(content) / 1_000_000},
        )
    if content.startswith(b"%PDF-"):
        media_type = PDF
        # What was cut off on its way opens nowhere.
        if b"%%EOF" not in content[-2048:]:
            raise _not_readable(name)
    else:
        media_type, content = _picture_made_anew(content, name)
    return SafeFile(name=f"{_stem(name)}{_SUFFIXES[media_type]}", media_type=media_type, content=content)


def _picture_made_anew(content: bytes, name: str) -> tuple[str, bytes]:
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
            kind = image.format or ""
            if image.width * image.height > PIXELS_LIMIT[kind]:
                raise ValidationError(
                    _("%(name)s is %(width)d by %(height)d pixels. Save it smaller."),
                    code="pixels",
                    params={"name": _shown(name), "width": image.width, "height": image.height},
                )
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image)
            pixels = upright.convert("RGB" if kind == "JPEG" else "RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _not_readable(name) from error
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    # convert() takes colour profile, comments and EXIF along; a new picture has none.
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    out = io.BytesIO()
    if kind == "JPEG":
        bare.save(out, "JPEG", quality=88)
        return JPEG, out.getvalue()
    bare.save(out, "PNG")
    return PNG, out.getvalue()


def _not_readable(name: str) -> ValidationError:
    return ValidationError(
        _("%(name)s is not a PDF, PNG or JPEG file, or it is damaged. Save it again and attach that."),
        code="kind",
        params={"name": _shown(name)},
    )


def _stem(name: str) -> str:
    """Without the folders that some browsers send, and without what would disturb a header or a page."""
    stem = PurePosixPath(PureWindowsPath(name).name).stem
    clean = "".join(c for c in stem if not has_control_characters(c) and c not in '"\\/').strip(" .")
    return clean[: NAME_LENGTH - 4] or _("file")


def _shown(name: str) -> str:
    return f"{_stem(name)}{PurePosixPath(name).suffix[:8]}"
