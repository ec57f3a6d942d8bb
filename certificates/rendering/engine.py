"""WeasyPrint, tamed: fonts set up once in a process, nothing fetched but what is handed over.

The only module that imports WeasyPrint, which needs 60 MB and a second to start; import it where a PDF is made.
"""

import contextlib
import functools
import logging
import threading
import warnings
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import ParseError

from PIL import ImageFile
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from certificates.rendering.attached import Attached
from certificates.rendering.drawings import Drawing, RememberedDrawings
from certificates.rendering.exceptions import BrokenAssetError
from certificates.rendering.metadata import completed_metadata
from certificates.rendering.typefaces import FONTS, Typeface

# WeasyPrint tells Pillow on import to make do with half a picture, for the whole process. An upload must be whole.
ImageFile.LOAD_TRUNCATED_IMAGES = False

_SCHEME = "asset:"
_RESOLUTION = 190
"""Dots per inch of pictures that are not drawings: a soft photograph of 36 mm then leaves the file under 150 kB."""
# Pango's font map, which all renderings of a process share, is not made for two threads at once.
_one_at_a_time = threading.Lock()
_drawings = RememberedDrawings()


class AssetFetcher(URLFetcher):  # type: ignore[misc]
    """Answers for the given assets and refuses every other address, so that no text can make it read or call."""

    def __init__(self, assets: Mapping[str, tuple[bytes, str]]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._assets = assets

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        try:
            content, kind = self._assets[url.removeprefix(_SCHEME)]
        except KeyError:
            msg = f"A certificate refers to {url!r}, which does not belong to it."
            raise ValueError(msg) from None
        return URLFetcherResponse(url, content, {"Content-Type": kind})


def write_pdf(
    *,
    html: str,
    style: str,
    faces: frozenset[Typeface],
    assets: Mapping[str, tuple[bytes, str]],
    identifier: bytes,
    attached: Attached | None = None,
    log_head: str = "",
) -> bytes:
    """Tagged PDF/A-3a and PDF/UA-1, the same bytes for the same arguments.

    Raises BrokenAssetError rather than leave a gap.
    """
    with _one_at_a_time, _drawn(assets) as images, _errors_raised(), warnings.catch_warnings():
        # WeasyPrint leaves the file of the colour profile for Python to close.
        warnings.simplefilter("ignore", ResourceWarning)
        stylesheets = [_font_face(weight, face) for face in sorted(faces, key=str) for weight in face.weights]
        document: Any = HTML(string=html, base_url=_SCHEME, url_fetcher=AssetFetcher(assets))
        pdf: bytes = document.write_pdf(
            stylesheets=[*stylesheets, _style(style)],
            font_config=_fonts(),
            pdf_variant="pdf/a-3a",
            finisher=completed_metadata(log_head),
            attachments=[_attachment(attached)] if attached else [],
            pdf_identifier=identifier,
            cache=images,
            optimize_images=True,
            dpi=_RESOLUTION,
        )
    return pdf


@contextlib.contextmanager
def _drawn(assets: Mapping[str, tuple[bytes, str]]) -> Iterator[dict[str, Drawing]]:
    """The drawings among the assets by their addresses, for WeasyPrint to add its other pictures to."""
    found: dict[bytes, Drawing] = {}
    images: dict[str, Drawing] = {}
    for name, (content, kind) in assets.items():
        if kind == "image/svg+xml":
            # WeasyPrint says what is wrong with one that cannot be read.
            with contextlib.suppress(ParseError):
                # A drawing has everything in it.
                found[content] = _drawings.drawing(content, _SCHEME + name, AssetFetcher({}))
                images[_SCHEME + name] = found[content]
    yield images
    for content, drawing in found.items():
        _drawings.remember(content, drawing)


def _attachment(attached: Attached) -> Attachment:
    # How a file relates to the page: it is the data that the page shows.
    return Attachment(
        string=attached.content,
        name=attached.name,
        description=attached.description,
        created=attached.made_at,
        modified=attached.made_at,
        relationship="Data",
    )


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextlib.contextmanager
def _errors_raised() -> Iterator[None]:
    """WeasyPrint logs a picture that it cannot draw and goes on without it; a certificate must not."""
    errors = _Errors()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(errors)
    try:
        yield
    except FatalURLFetchingError as error:
        raise BrokenAssetError(str(error)) from error
    finally:
        logger.removeHandler(errors)
    if errors.messages:
        raise BrokenAssetError(". ".join(errors.messages))


@functools.cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@functools.cache
def _style(style: str) -> CSS:
    return CSS(string=style, font_config=_fonts(), url_fetcher=AssetFetcher({}))


@functools.cache
def _font_face(weight: int, face: Typeface) -> CSS:
    """Loads one font into the process when the first text needs it: those of East Asia are megabytes."""
    font = face.font(weight)
    rule = (
        f'@font-face {{ font-family: "{face.family}"; font-weight: {weight}; '
        f'src: url({_SCHEME}{font}.woff2) format("woff2") }}'
    )
    fetcher = AssetFetcher({f"{font}.woff2": ((FONTS / f"{font}.woff2").read_bytes(), "font/woff2")})
    return CSS(string=rule, font_config=_fonts(), url_fetcher=fetcher)
