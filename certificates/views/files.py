"""The files of a code: credential, picture, QR code, certificate."""

import re
import unicodedata
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badgecert.core import codes, seal
from badges.disclosure import Disclosure, State, can_see, glance
from certificates.actions.credentials import jwt_of
from certificates.actions.documents import PAPERS, certificate_content, certificate_pdf
from certificates.baked import baked_picture
from certificates.credentials import STATES_WITH_FILES, credential_of, revoked_document
from certificates.exceptions import CertificateBusyError, CertificateImpossibleError
from certificates.hosted import assertion_of, revoked_assertion_of
from certificates.openbadges.canonical import JsonObject
from certificates.presentation import verification_page_context
from certificates.rendering.qr import qr_png, qr_svg
from certificates.views.answers import (
    JSON_TYPES,
    OB2_TYPES,
    for_everybody,
    in_a_moment,
    kept_by_asking,
    no_file,
    not_modified,
    preferred,
    problem,
    too_many_misses,
    unchanged,
    unchanged_since,
    with_etag,
)

_JWT_TYPES = ("text/plain", "application/vc+jwt")
_PICTURE_TYPES = {"png": "image/png", "svg": "image/svg+xml"}
_CERTIFICATE_STATUS = {State.NOT_FOUND: 404, State.PRIVATE: 404, State.ERASED: 410, State.REVOKED: 410}


@login_not_required
@require_safe
def credential_json(request: HttpRequest, code: str, number: int | None = None) -> HttpResponseBase:
    """The signed credential of the current version, or of the version with this number."""
    try:
        json_type = preferred(request, JSON_TYPES)
        return answer_json(request, code, json_type, number=number)
    except (OperationalError, InterfaceError):
        return problem(503, _("We could not complete the check"), _("This says nothing about the badge."))


def answer_json(request: HttpRequest, code: str, json_type: str, *, number: int | None = None) -> HttpResponseBase:
    """The credential of a code, or a word why there is none; never whose it is when that may not be said."""
    if number is None:
        glimpse = glance(code, "current_version__credential__document")
        if glimpse.state in STATES_WITH_FILES and (document := glimpse.columns[0]):
            return unchanged_since(request, glimpse.tag, json_type) or with_etag(
                HttpResponse(document, content_type=json_type), glimpse.tag, json_type
            )
    representation = json_type if number is None else f"{json_type} of version {number}"
    if response := unchanged(request, code, representation):
        return response
    seen = can_see(code, version=number)
    if seen.state == State.REVOKED:
        return _gone(revoked_document(seen), seen, json_type)
    credential = credential_of(seen)
    if credential is None:
        return no_file(request, seen)
    return with_etag(HttpResponse(credential.document, content_type=json_type), seen.tag, representation)


@login_not_required
@require_safe
def credential_jwt(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same credential for those who read JWT."""
    jwt_type = preferred(request, _JWT_TYPES)
    if response := unchanged(request, code, jwt_type):
        return response
    seen = can_see(code)
    if seen.state == State.REVOKED:
        return _gone(revoked_document(seen), seen, jwt_type)
    credential = credential_of(seen)
    if credential is None:
        return no_file(request, seen)
    try:
        text = jwt_of(credential)
    except seal.SealError:
        return problem(503, _("We cannot sign this now"), _("This says nothing about the badge."))
    return with_etag(HttpResponse(text, content_type=jwt_type), seen.tag, jwt_type)


@login_not_required
@require_safe
def assertion_json(request: HttpRequest, code: str) -> HttpResponseBase:
    """Open Badges 2.0: the assertion, at the address that is its id."""
    json_type = preferred(request, OB2_TYPES)
    representation = f"{json_type} of Open Badges 2.0"
    if response := unchanged(request, code, representation):
        return response
    seen = can_see(code)
    if seen.state == State.REVOKED:
        return _gone(revoked_assertion_of(seen), seen, json_type)
    if seen.state not in STATES_WITH_FILES:
        return no_file(request, seen)
    return with_etag(JsonResponse(assertion_of(seen), content_type=json_type), seen.tag, representation)


@login_not_required
@require_safe
def badge_picture(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The badge's picture with the credential baked in, spliced for each request: it goes when the earner hides it."""
    if response := unchanged(request, code, kind):
        return response
    seen = can_see(code)
    baked = baked_picture(seen, kind)
    if baked is None:
        return no_file(request, seen)
    response = HttpResponse(baked, content_type=_PICTURE_TYPES[kind])
    # Opened by itself an SVG is a document: it gets no rights.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return with_etag(response, seen.tag, kind)


@login_not_required
@require_safe
def qr(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The page's address as a drawing. It says nothing that the asker did not bring, so nothing is looked up."""
    try:
        codes.normalise(code)
    except codes.NotACodeError as error:
        raise Http404 from error
    page = settings.BASE_URL + reverse("certificates:verification", args=[code])
    response = HttpResponse(qr_svg(page) if kind == "svg" else qr_png(page), content_type=_PICTURE_TYPES[kind])
    response["Cache-Control"] = "public, max-age=86400"
    for_everybody(response)
    return response


@login_not_required
@require_safe
def certificate(request: HttpRequest, code: str) -> HttpResponseBase:
    """The certificate to print: for whoever may see the badge, and always for its earner and the issuer's staff."""
    paper = request.GET.get("paper", PAPERS[0])
    seen = can_see(code)
    # Only here is it asked who is there: what strangers may have is given without reading the session.
    if seen.state in {State.PRIVATE, State.REVOKED} and request.user.is_authenticated:
        seen = can_see(code, viewer=request.user)
    is_refused = seen.state == State.REVOKED and not seen.for_insider
    if is_refused or seen.state in {State.NOT_FOUND, State.ERASED, State.PRIVATE}:
        return _refused(request, seen)
    try:
        content = certificate_content(seen, paper=paper)
        if response := not_modified(request, content.key):
            return _kept(response, seen)
        pdf = certificate_pdf(content)
    except CertificateBusyError as error:
        return in_a_moment(request, seen, str(error))
    except CertificateImpossibleError as error:
        context = {"seen": seen, "reason": str(error)}
        return render(request, "certificates/no_certificate.html", context, status=404)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = _inline(f"{seen.badge.name} - {seen.holder}" if seen.badge else seen.holder, code)
    response["ETag"] = f'"{content.key}"'
    return _kept(response, seen)


def _kept(response: HttpResponseBase, seen: Disclosure) -> HttpResponseBase:
    response["X-Robots-Tag"] = "noindex"
    if not seen.for_insider:
        kept_by_asking(response)
    return response


def _refused(request: HttpRequest, seen: Disclosure) -> HttpResponse:
    """The page that says why, without a name."""
    if seen.state == State.NOT_FOUND and (refusal := too_many_misses(request)):
        return refusal
    status = _CERTIFICATE_STATUS[seen.state]
    return render(request, "certificates/verification.html", verification_page_context(seen), status=status)


def _gone(document: JsonObject, seen: Disclosure, content_type: str) -> HttpResponse:
    """Revoked: the reason, and nobody's name."""
    json_type = content_type if content_type.endswith("json") else JSON_TYPES[0]
    return with_etag(JsonResponse(document, status=410, content_type=json_type), seen.tag, json_type)


def _inline(name: str, code: str) -> str:
    """Opens in the browser, and is saved under a name that says whose it is; ASCII for those who know no other."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-") or f"certificate-{code}"
    return f"inline; filename=\"{plain}.pdf\"; filename*=UTF-8''{quote(name)}.pdf"
