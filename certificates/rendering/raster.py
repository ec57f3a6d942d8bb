"""What our pictures of points have in common."""

import io

import resvg_py
from PIL import Image, ImageOps

PLUM = "#5b1f55"
# As static/img/mark.svg, in the colours of paper.
_OVER = "".join(f'<path d="M17.61 6h5.07" transform="rotate({angle} 16 16)"/>' for angle in (0, 90, 180, 270))
MARK = (
    f'<g fill="none" stroke-width="2.1" stroke-linejoin="round" stroke="{PLUM}">'
    '<rect x="6" y="6" width="20" height="20" rx="1"/>'
    '<rect x="6" y="6" width="20" height="20" rx="1" stroke="#c8963e" transform="rotate(45 16 16)"/>'
    f'{_OVER}</g><path fill="{PLUM}" d="M16 11.8 20.2 16 16 20.2 11.8 16z"/>'
)


def mark_picture(side: int) -> Image.Image:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{MARK}</svg>'
    return opened(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side)), within=side)


def opened(png: bytes, *, within: int) -> Image.Image:
    """One of ours, made smaller if it is wider or higher."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        image = picture.convert("RGBA")
    image.thumbnail((within, within), Image.Resampling.LANCZOS)
    return image


def without_colour(picture: Image.Image) -> Image.Image:
    """Of a badge that does not count now."""
    grey = ImageOps.grayscale(picture.convert("RGB"))
    alpha = picture.getchannel("A").point(lambda value: value * 7 // 10)
    return Image.merge("RGBA", (grey, grey, grey, alpha))


def as_png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def as_jpeg(image: Image.Image) -> bytes:
    """On white: this format knows no transparency."""
    on_white = Image.new("RGB", image.size, "#ffffff")
    on_white.paste(image, mask=image.getchannel("A"))
    out = io.BytesIO()
    on_white.save(out, "JPEG", quality=90, optimize=True)
    return out.getvalue()
