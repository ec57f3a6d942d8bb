from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import quote_etag
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_safe

from certificates.actions.documents import PAPERS
from certificates.exceptions import CertificateBusyError, CertificateImpossibleError
from earners.guides import GUIDES, Guide, find_guide
from earners.leaflets import guide_as_pdf


@login_not_required
@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    return render(request, "guides/index.html", {"guides": GUIDES})


# Compressed, which no page with something secret in it may be: this one knows nothing of who reads it.
@login_not_required
@require_safe
@gzip_page
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """One guide: numbered steps with a picture each."""
    return _page(request, _guide_or_404(slug))


@login_not_required
@require_safe
def guide_pdf(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The same for paper; `?paper=letter`."""
    found, paper = _guide_or_404(slug), request.GET.get("paper", "a4")
    if paper not in PAPERS:
        raise Http404
    try:
        pdf, content_hash = guide_as_pdf(found, paper=paper, request=request)
    except (CertificateBusyError, CertificateImpossibleError) as error:
        response = _page(request, found, trouble=str(error), status=503)
        response["Retry-After"] = "10"
        return response

    @condition(etag_func=lambda _request: quote_etag(content_hash))
    def answer(_request: HttpRequest) -> HttpResponse:
        response = HttpResponse(pdf, content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{slug}.pdf"'
        response["Cache-Control"] = "public, no-cache"
        return response

    return answer(request)


@login_not_required
@require_safe
def sharing(request: HttpRequest) -> HttpResponse:
    """The address that organisations print and that earners know by heart."""
    return redirect("earners:guide", "sharing", permanent=True)


def _guide_or_404(slug: str) -> Guide:
    found = find_guide(slug)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, found: Guide, *, trouble: str = "", status: int = 200) -> HttpResponse:
    context = {"guide": found, "layout": "layouts/guide.html", "trouble": trouble}
    return render(request, found.template, context, status=status)
