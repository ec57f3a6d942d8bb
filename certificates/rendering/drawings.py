"""Drawings that stand on page after page: an organisation's background, a badge. Their lines are worked out once.

Working them out again took three quarters of the time of a page. What is replayed is what WeasyPrint wrote the first
time, to the byte.
"""

from collections import OrderedDict
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import pydyf
from weasyprint.images import SVGImage
from weasyprint.urls import URLFetcher

# A drawing is some 100 kB.
_MOST_REMEMBERED = 32
_RESOURCES = ("ExtGState", "XObject", "Pattern", "Shading", "ColorSpace")


class _Written(NamedTuple):
    content: bytes
    states: dict[str, Any]


class Drawing(SVGImage):  # type: ignore[misc]
    """An SVG picture as WeasyPrint takes it, which remembers what it wrote at each size."""

    def __init__(self, svg: bytes, address: str, fetcher: URLFetcher) -> None:
        super().__init__(ET.fromstring(svg), address, fetcher, context=None)  # noqa: S314  # as WeasyPrint does itself
        # None: it must be drawn each time.
        self._written: dict[tuple[float, float], _Written | None] = {}

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        if (width, height) not in self._written:
            self._written[width, height] = self._write(stream, width, height, style)
        if written := self._written[width, height]:
            stream._resources["ExtGState"].update(written.states)  # it has no other way in
            with stream.stacked():
                stream.stream.append(written.content)
        else:
            super().draw(stream, width, height, style)

    def _write(self, stream: Any, width: float, height: float, style: Any) -> _Written | None:
        resources = {name: pydyf.Dictionary() for name in _RESOURCES}
        own = stream.clone(resources=pydyf.Dictionary(resources))
        super().draw(own, width, height, style)
        states = resources.pop("ExtGState")
        # Gradients and groups have names that count from the beginning of the page.
        is_plain = not any(resources.values()) and all(map(_is_named_by_its_value, states))
        if not is_plain:
            return None
        own.compress = False
        _head, _stream, content = own.data.partition(b"stream\n")
        return _Written(content.removesuffix(b"\nendstream"), states)


class RememberedDrawings:
    """The drawings of the last pages, by their content."""

    def __init__(self) -> None:
        self._drawings: OrderedDict[bytes, Drawing] = OrderedDict()

    def drawing(self, svg: bytes, address: str, fetcher: URLFetcher) -> Drawing:
        """Raises ET.ParseError."""
        return self._drawings.get(svg) or Drawing(svg, address, fetcher)

    def remember(self, svg: bytes, drawing: Drawing) -> None:
        """Once it stands on a page and nobody complained: one that is damaged must be complained of each time."""
        self._drawings[svg] = drawing
        self._drawings.move_to_end(svg)
        if len(self._drawings) > _MOST_REMEMBERED:
            self._drawings.popitem(last=False)


def _is_named_by_its_value(state: str) -> bool:
    """a0.5 and A1: so transparent are surfaces and lines."""
    return state[:1] in {"a", "A"}
