"""SVG files that people bring, drawn anew: only shapes and colours come through, and what comes out is pixels.

The file itself is never kept or served. An allow-list decides what is drawn, so nothing has to be recognised as bad;
limits hold before anything is drawn (reliability.md T10, T11).
"""

import re
from html import escape
from typing import NamedTuple, NoReturn
from xml.parsers import expat

import resvg_py
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
_DRAWN = _SHAPES | {
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "style",
}
# Left out with all that is in them; a drawing loses nothing by it that we would show.
_ELEMENTS_LIMIT, _DEPTH_LIMIT, _ATTRIBUTES_LIMIT, _COPIES_LIMIT = 5_000, 40, 60, 200
_PATH_LIMIT = 300_000
_LARGEST = 100_000
_NAMESPACE = "http://www.w3.org/2000/svg"
_XLINK_HREF = "http://www.w3.org/1999/xlink href"
_OWN_REFERENCE = re.compile(r"#[\w.:-]+")
_CSS_REACHES_OUT = re.compile(r"@|\\|<|url\((?!\s*['\"]?#)|expression|javascript", re.IGNORECASE)
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(?:px)?\s*", re.IGNORECASE)


class _Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float


def png_from_svg(content: bytes, *, side: int) -> bytes:
    """The drawing as a square PNG. Raises ValidationError with a way on."""
    reader = _Reader()
    try:
        reader.read(content)
    except expat.ExpatError as error:
        raise _broken() from error
    box = reader.box
    if box is None:
        raise _broken()
    if abs(box.width - box.height) > 0.02 * max(box.width, box.height):
        raise ValidationError(
            _("The drawing is %(width)g by %(height)g. Use a square one."),
            code="square",
            params={"width": box.width, "height": box.height},
        )
    svg = (
        f'<svg xmlns="{_NAMESPACE}" width="{side}" height="{side}" '
        f'viewBox="{box.x:g} {box.y:g} {box.width:g} {box.height:g}">{"".join(reader.out)}</svg>'
    )
    try:
        return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side))
    except (ValueError, RuntimeError) as error:
        raise _broken() from error


def looks_like_svg(content: bytes) -> bool:
    return content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


class _Reader:
    """Writes what may be drawn, element by element, while it reads."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.box: _Box | None = None
        self._depth = self._left_out = self._elements = self._copies = self._paths = 0
        self._open: list[str] = []
        self._css: list[str] | None = None
        self._in_shared = 0
        self._copied_copies = False

    def read(self, content: bytes) -> None:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValidationError(_("This SVG is not UTF-8. Save it again as plain SVG."), code="encoding") from error
        if re.search(r"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
            raise ValidationError(
                _("This SVG carries a DOCTYPE. Save it as “Plain SVG”, or as PNG, 600 by 600 or larger."),
                code="doctype",
            )
        if re.match(r"\s*<\?xml[^>]*encoding\s*=\s*['\"](?!utf-8['\"])", text, re.IGNORECASE):
            raise ValidationError(_("This SVG is not UTF-8. Save it again as plain SVG."), code="encoding")
        parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(text.encode(), True)  # noqa: FBT003  it takes no names

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > _DEPTH_LIMIT or self._elements > _ELEMENTS_LIMIT or len(attributes) > _ATTRIBUTES_LIMIT:
            _too_much()
        space, _separator, tag = name.rpartition(" ")
        if self._depth == 1:
            if (space, tag) != (_NAMESPACE, "svg"):
                raise _broken()
            self.box = _box(attributes)
            return
        if self._left_out or space != _NAMESPACE or tag not in _DRAWN:
            if tag in {"text", "textPath"} and not self._left_out:
                raise ValidationError(
                    _("Its words depend on fonts we do not have. Turn the text into paths, then save it again."),
                    code="text",
                )
            self._left_out += 1
            return
        if tag == "style":
            self._css = []
            return
        self._count_copies(tag)
        written = "".join(f' {key}="{escape(value)}"' for key, value in self._kept(tag, attributes))
        self._open.append(tag)
        self.out.append(f"<{tag}{written}>")

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._depth == 0:
            return
        if self._left_out:
            self._left_out -= 1
        elif self._css is not None:
            css = "".join(self._css)
            self._css = None
            if not _CSS_REACHES_OUT.search(css):
                self.out.append(f"<style>{escape(css, quote=False)}</style>")
        else:
            tag = self._open.pop()
            self.out.append(f"</{tag}>")

    def _text(self, text: str) -> None:
        if self._css is not None:
            self._css.append(text)

    def _count_copies(self, tag: str) -> None:
        """A copy of copies of copies is a bomb; real drawings copy shapes."""
        if tag != "use":
            return
        self._copies += 1
        if self._copies > _COPIES_LIMIT or any(outer in {"defs", "symbol", "g", "clipPath"} for outer in self._open):
            _too_much()

    def _kept(self, tag: str, attributes: dict[str, str]) -> list[tuple[str, str]]:
        kept = []
        for name, value in attributes.items():
            key = "href" if name == _XLINK_HREF else name
            if " " in key or key.lower().startswith("on"):
                continue
            if key == "href" and not _OWN_REFERENCE.fullmatch(value.strip()):
                continue
            if key in {"filter", "mask"} or (key != "href" and _CSS_REACHES_OUT.search(value)):
                continue
            if key == "style" and re.search(r"filter|mask", value, re.IGNORECASE):
                continue
            if key in {"d", "points"}:
                self._paths += len(value)
                if self._paths > _PATH_LIMIT:
                    _too_much()
            kept.append((key, value))
        return kept


def _box(attributes: dict[str, str]) -> _Box | None:
    said = attributes.get("viewBox", "").replace(",", " ").split()
    numbers = [_number(part) for part in said] if len(said) == 4 else []
    if not numbers:
        numbers = [0.0, 0.0, _number(attributes.get("width", "")), _number(attributes.get("height", ""))]
    if any(number is None or abs(number) > _LARGEST for number in numbers):
        return None
    x, y, width, height = (number or 0.0 for number in numbers)
    return _Box(x, y, width, height) if width > 0 and height > 0 else None


def _number(text: str) -> float | None:
    found = _NUMBER.fullmatch(text)
    return float(found[1]) if found else None


def _too_much() -> NoReturn:
    raise ValidationError(
        _("This drawing is too intricate for a badge. Simplify it, or save it as PNG, 600 by 600 or larger."),
        code="intricate",
    )


def _broken() -> ValidationError:
    return ValidationError(
        _("This is not an SVG drawing that we can read. Save it as plain SVG with a viewBox, or as PNG."), code="broken"
    )
