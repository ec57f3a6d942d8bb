"""A guide as PDF: printed from its own page in the process that prints, once for each content.

Nothing is printed beforehand: the words name this very site, its sender and its operator, and the pictures are in
the release. What was printed is kept by the hash of what it was printed from, so an old one is never handed out.
"""

import hashlib
import io
import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import get_language
from PIL import Image

from certificates.printing import printed
from certificates.rendering.jobs import PrintLeaflet
from certificates.rendering.leaflets import LeafletFacts
from earners.guides import Guide

# Somebody waits for it, once after each release.
_PATIENCE = 10
_JPEG_QUALITY = 80
_ICON = re.compile(r'<svg class="icon".*?</svg>', re.DOTALL)
_OTHER_SCHEME = re.compile(r"<source [^>]*>")
_SOURCE = re.compile(r'(<img [^>]*src=")([^"]+)(")')


def guide_as_pdf(guide: Guide, *, paper: str, request: HttpRequest) -> tuple[bytes, str]:
    """The PDF and what it was printed from, as a hash. Raises CertificateBusyError, CertificateImpossibleError."""
    page: str = render_to_string(guide.template, {"guide": guide, "layout": "layouts/leaflet.html"}, request)
    page = _OTHER_SCHEME.sub("", _ICON.sub("", page)).replace('href="/', f'href="{settings.BASE_URL}/')
    names = _names_by_address()
    used = {names[address] for _before, address, _after in _SOURCE.findall(page)}
    page = _SOURCE.sub(lambda found: f"{found[1]}asset:{names[found[2]]}{found[3]}", page)
    facts = LeafletFacts(
        page=page,
        pictures=tuple((name, *_for_paper(name)) for name in sorted(used)),
        language=get_language() or settings.LANGUAGE_CODE,
        paper=paper,
    )
    key = hashlib.sha256(repr(facts).encode()).hexdigest()
    pdf: bytes | None = cache.get(f"leaflet:{key}")
    if pdf is None:
        pdf = printed(PrintLeaflet(facts), patience=_PATIENCE)
        cache.set(f"leaflet:{key}", pdf, timeout=None)
    return pdf, key


def _names_by_address() -> dict[str, str]:
    """Addresses of static files carry a hash of their content."""
    folder = Path(_found("guides"))
    names = [str(path.relative_to(folder.parent)) for path in folder.rglob("*.*")]
    return {static(name): name for name in names}


def _for_paper(name: str) -> tuple[bytes, str]:
    content = Path(_found(name)).read_bytes()
    if name.endswith(".svg"):
        return content, "image/svg+xml"
    out = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        picture.convert("RGB").save(out, "JPEG", quality=_JPEG_QUALITY)
    return out.getvalue(), "image/jpeg"


def _found(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(name)
    return path
