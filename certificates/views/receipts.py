"""Receipts of checks, as PDF: of a badge's page, and of what somebody had checked a moment ago."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from badgecert.core import clock
from badges.disclosure import State, can_see
from certificates.exceptions import CertificateBusyError, CertificateImpossibleError
from certificates.presentation import verification_page_context
from certificates.receipts import receipt_for_ticket, receipt_of
from certificates.verdicts import http_status
from certificates.views.answers import in_a_moment, too_many_checks, too_many_misses


@login_not_required
@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponseBase:
    """What the page of this code says now. Made anew each time, for it is dated."""
    seen = can_see(code)
    if seen.state == State.NOT_FOUND:
        context = verification_page_context(seen)
        status = http_status(seen.state)
        return too_many_misses(request) or render(request, "certificates/verification.html", context, status=status)
    if refusal := too_many_checks(request):
        return refusal
    try:
        return _file(receipt_of(seen), code)
    except CertificateBusyError as error:
        return in_a_moment(request, seen, str(error))
    except CertificateImpossibleError as error:
        return _none(request, str(error), status=503)


# As verify(): it changes nothing, and only whoever had the check has its ticket.
@csrf_exempt
@login_not_required
@require_POST
def presented_receipt(request: HttpRequest) -> HttpResponseBase:
    if refusal := too_many_checks(request):
        return refusal
    ticket = request.POST.get("ticket", "")
    try:
        return _file(receipt_for_ticket(ticket), "")
    except CertificateBusyError as error:
        return _none(request, str(error), status=503, ticket=ticket)
    except CertificateImpossibleError as error:
        return _none(request, str(error), status=400)


def _file(pdf: bytes, code: str) -> HttpResponse:
    response = HttpResponse(pdf, content_type="application/pdf")
    name = slugify(f"check {code} {clock.now():%Y-%m-%d}")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return response


def _none(request: HttpRequest, reason: str, *, status: int, ticket: str = "") -> HttpResponse:
    context = {"reason": reason, "ticket": ticket}
    response = render(request, "certificates/no_receipt.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
