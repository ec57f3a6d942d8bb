"""A badge under a link that its earner made for somebody: as much of it as they chose, whatever its visibility.

Nothing here is kept by anybody: the next request asks whether the link still holds.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badges.actions.showing import count_opening
from badges.activity import is_by_somebody_else
from badges.disclosure import Disclosure, LinkState, Opened, SharedPart, open_share_link
from certificates.actions.documents import certificate_content, certificate_pdf
from certificates.baked import baked_picture
from certificates.credentials import STATES_WITH_FILES, credential_of
from certificates.exceptions import CertificateBusyError, CertificateImpossibleError
from certificates.presentation import verification_page_context
from certificates.views.answers import problem, too_many_misses

_OVER = {LinkState.ENDED: 410, LinkState.WITHDRAWN: 410}


@login_not_required
@require_safe
def share_link(request: HttpRequest, token: str) -> HttpResponseBase:
    opened = open_share_link(token)
    if opened is None or opened.seen is None:
        return _over(request, opened)
    if is_by_somebody_else(request):
        count_opening(opened)
    context = {
        **verification_page_context(opened.seen, whole=opened.whole),
        "token": token,
        "withheld": _withheld(opened),
        "ends_on": opened.ends_on,
    }
    return _secret(render(request, "certificates/share_link.html", context))


@login_not_required
@require_safe
def share_link_json(request: HttpRequest, token: str) -> HttpResponseBase:
    """The signed credential, where the link shows all that it says."""
    seen = _with_files(token)
    credential = credential_of(seen) if seen else None
    if credential is None:
        return _no_file(request)
    return _secret(HttpResponse(credential.document, content_type="application/vc+ld+json"))


@login_not_required
@require_safe
def share_link_png(request: HttpRequest, token: str) -> HttpResponseBase:
    seen = _with_files(token)
    picture = baked_picture(seen, "png") if seen else None
    return _secret(HttpResponse(picture, content_type="image/png")) if picture else _no_file(request)


@login_not_required
@require_safe
def share_link_certificate(request: HttpRequest, token: str) -> HttpResponseBase:
    seen = _with_files(token)
    if seen is None:
        return _no_file(request)
    try:
        pdf = certificate_pdf(certificate_content(seen, paper=request.GET.get("paper", "a4")))
    except CertificateBusyError as error:
        response = render(request, "certificates/in_a_moment.html", {"seen": seen, "reason": str(error)}, status=202)
        response["Refresh"] = response["Retry-After"] = "1"
        return _secret(response)
    except CertificateImpossibleError as error:
        context = {"seen": seen, "reason": str(error)}
        return _secret(render(request, "certificates/no_certificate.html", context, status=404))
    return _secret(HttpResponse(pdf, content_type="application/pdf"))


def _with_files(token: str) -> Disclosure | None:
    opened = open_share_link(token)
    seen = opened.seen if opened else None
    return seen if seen and seen.code and seen.state in STATES_WITH_FILES else None


def _withheld(opened: Opened) -> list[str]:
    """What the badge says and this link does not."""
    seen, whole = opened.seen, opened.whole
    if seen is None or whole is None or not whole.holder:
        return []
    parts = {
        SharedPart.NAME: (_("the name"), True),
        SharedPart.DATES: (_("the dates"), True),
        SharedPart.NARRATIVE: (_("what was done for it"), bool(whole.narrative)),
        SharedPart.EVIDENCE: (_("the evidence"), bool(whole.evidence)),
        SharedPart.HISTORY: (_("its history"), len(whole.history) > 1),
        SharedPart.FILES: (_("code and files"), True),
    }
    return [words for part, (words, is_there) in parts.items() if is_there and part in seen.withheld]


def _over(request: HttpRequest, opened: Opened | None) -> HttpResponse:
    if opened is None and (refusal := too_many_misses(request)):
        return refusal
    context = {
        "state": opened.state.value if opened else "unknown",
        "ends_on": opened.ends_on if opened else None,
    }
    status = _OVER[opened.state] if opened else 404
    return _secret(render(request, "certificates/share_link_over.html", context, status=status))


def _no_file(request: HttpRequest) -> HttpResponse:
    return too_many_misses(request, as_json=True) or problem(404, _("There is no such file"))


def _secret(response: HttpResponse) -> HttpResponse:
    """The address is the key: it goes to no other site, into no cache and no search engine."""
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
