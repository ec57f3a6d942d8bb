"""What somebody should know about a picture before they use it: it is kept as it is, but it may not serve them well."""

import io

from django.utils.translation import gettext as _
from PIL import Image, ImageChops, ImageFilter, ImageStat

from badgecert.core.models import Picture

# Measured on drawn badges, which lose 11 to 17 and have no crowded block, and on photographs of text, which lose 38 and
# have many.
_BLURS_FROM = 22.0
_CROWDED_FROM = 0.02
# A block is crowded when so much of it changes between light and dark within one point.
_BLOCK, _STEP, _MUCH = 32, 25, 0.3 * 255
_NEARLY_WHITE = 245
_SMALL = 64


def advice_on(picture: Picture) -> list[str]:
    with Image.open(io.BytesIO(bytes(picture.png)), formats=("PNG",)) as opened:
        image = opened.convert("RGBA")
    advice = []
    if _has_white_box(image):
        advice.append(
            _("The picture stands in a white box, which shows on dark pages. Save it with a transparent background.")
        )
    grey = _on_grey(image).convert("L")
    if _loses(grey) > _BLURS_FROM:
        advice.append(_("At 64 pixels, as lists and mails show it, this picture blurs. Use fewer and larger shapes."))
    if _crowded(grey) > _CROWDED_FROM:
        advice.append(
            _(
                "It holds very fine lines or tiny text that nobody can read on a phone. Two or three large words serve better."
            )
        )
    return advice


def _has_white_box(image: Image.Image) -> bool:
    right, bottom = image.width - 1, image.height - 1
    corners = [image.getpixel(corner) for corner in ((0, 0), (right, 0), (0, bottom), (right, bottom))]
    return all(isinstance(pixel, tuple) and min(pixel) >= _NEARLY_WHITE for pixel in corners)


def _on_grey(image: Image.Image) -> Image.Image:
    ground = Image.new("RGBA", image.size, "#808080")
    return Image.alpha_composite(ground, image).convert("RGB").resize((512, 512), Image.Resampling.LANCZOS)


def _loses(grey: Image.Image) -> float:
    """How far, on the average, each point is from what is left of it at 64 pixels."""
    small = grey.resize((_SMALL, _SMALL), Image.Resampling.LANCZOS).resize(grey.size, Image.Resampling.BICUBIC)
    return ImageStat.Stat(ImageChops.difference(grey, small)).mean[0]


def _crowded(grey: Image.Image) -> float:
    """The part of its blocks in which light and dark change all the time: lines and letters of one point or two."""
    changes = ImageChops.difference(grey, grey.filter(ImageFilter.GaussianBlur(1)))
    marked = changes.point(lambda value: 255 if value > _STEP else 0)
    blocks = marked.resize((grey.width // _BLOCK, grey.height // _BLOCK), Image.Resampling.BOX)
    return sum(blocks.histogram()[int(_MUCH) :]) / (blocks.width * blocks.height)
