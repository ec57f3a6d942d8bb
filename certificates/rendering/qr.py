"""QR codes that lead to the public page of a credential."""

import io
import re
from urllib.parse import urlsplit

import segno

INK = "#241628"
_PUBLIC_PAGE = re.compile(r"/v/[0-9A-Za-z]+")


def qr_svg(url: str) -> str:
    """For screens: the address as it is, with the quiet zone round it, on white."""
    return _svg(url, border=4, light="#fff")


def qr_png(url: str) -> bytes:
    """As qr_svg(), for programs that take no drawings."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="png", border=4, scale=16, dark=INK, light="#fff")
    return out.getvalue()


def print_qr_svg(url: str, colour: str = INK) -> str:
    """For paper: in capitals, without a ground; leave four squares of space round it."""
    return _svg(print_address(url), border=0, colour=colour)


def print_address(url: str) -> str:
    """The address in capitals, which a QR code stores in two thirds of the space.

    Only the address of a public page: elsewhere on the web capitals may lead to another page.
    """
    parts = urlsplit(url)
    if parts.query or parts.fragment or not _PUBLIC_PAGE.fullmatch(parts.path):
        return url
    return url.upper()


def _svg(text: str, *, border: int, colour: str = INK, light: str | None = None) -> str:
    code = segno.make(text, error="m", micro=False)
    return str(
        code.svg_inline(border=border, dark=colour, light=light, omitsize=True, svgclass=None, lineclass=None)
    ).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
