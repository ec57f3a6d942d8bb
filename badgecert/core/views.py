from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from badgecert.core import clock
from badgecert.core.forms import StyleguideForm
from badgecert.core.models import Picture

# The address is the content, so it can be kept for ever. It shows a badge or a logo, never a person.
_FOR_EVER = "public, max-age=31536000, immutable"


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


@login_not_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component on one page, for whoever builds pages; only while debugging."""
    if not settings.DEBUG:
        raise Http404
    return render(
        request,
        "styleguide.html",
        {
            "form": StyleguideForm(),
            "wrong_form": StyleguideForm({"email": "ana at example.org"}),
            "page": Paginator(range(60), 20).page(2),
            "step_names": ["File", "Columns", "Preview", "Send"],
            "now": clock.now(),
            "today": clock.today(),
        },
    )


@login_not_required
@require_safe
def picture(request: HttpRequest, sha256: str, kind: str = "png") -> HttpResponse:
    """A badge's or an issuer's picture, by its content."""
    columns = {"png": "image/png", "webp": "image/webp", "svg": "image/svg+xml"}
    content = bytes(get_object_or_404(Picture.objects.values_list(kind, flat=True), sha256=sha256))
    if not content:
        raise Http404
    response = HttpResponse(content, content_type=columns[kind])
    response["Cache-Control"] = _FOR_EVER
    # Opened by itself an SVG is a document: it gets no rights.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
