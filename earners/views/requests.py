"""What an earner asks of an issuer: choose, ask, follow, answer, withdraw."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from badgecert.core.exceptions import RefusedError
from badges.disclosure import can_see
from earners.actions.requests import kinds_for, open_attachment, withdraw_request, write_to_request
from earners.actions.requests import open_request as open_a_request
from earners.models import Attachment, EarnerRequest, RequestKind, RequestState
from earners.portfolio import cards_of
from earners.request_forms import FORMS, EntryForm
from earners.request_words import asked_for, state_for_earner, thread_of
from earners.views.access import PersonRequest, own_issuance
from issuers.permissions import issuers_to_issue_for

REQUESTS_ON_A_PAGE = 20


@require_safe
def requests(request: PersonRequest) -> HttpResponse:
    """Everything this person asked, newest first, and the badges they can ask about."""
    found = EarnerRequest.objects.of(request.user).with_what_they_show().order_by("-created_at", "-id")
    page = Paginator(found, REQUESTS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "earners/requests.html",
        {
            "page": page,
            "rows": [(asked, state_for_earner(asked)) for asked in page],
            "cards": cards_of(request.user),
        },
    )


@require_safe
def choose_request(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    issuance = own_issuance(request, issuance_id)
    return render(
        request,
        "earners/choose_request.html",
        {
            "issuance": issuance,
            "seen": can_see(issuance.code, viewer=request.user),
            "choices": [(kind, FORMS[kind].intro) for kind in kinds_for(issuance)],
            "asked": [
                (asked, state_for_earner(asked))
                for asked in EarnerRequest.objects.of(request.user).live().filter(issuance=issuance)
            ],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def open_request(request: PersonRequest, issuance_id: uuid.UUID, kind: str) -> HttpResponse:
    issuance = own_issuance(request, issuance_id)
    if kind not in RequestKind.values or RequestKind(kind) not in kinds_for(issuance):
        raise Http404
    form = FORMS[RequestKind(kind)](request.POST or None, request.FILES or None, issuance=issuance)
    if request.method == "POST" and form.is_valid():
        try:
            asked = open_a_request(issuance, form.wish(), by=request.user)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            if asked.state == RequestState.APPROVED:
                messages.success(request, _("Corrected. Your badge says it from now on."))
            else:
                messages.success(request, _("Sent. You find the answer here, and a mail tells you when it comes."))
            return redirect(asked)
    return render(
        request,
        "earners/open_request.html",
        {
            "issuance": issuance,
            "seen": can_see(issuance.code, viewer=request.user),
            "kind": RequestKind(kind),
            "contact": issuance.issuer.contact_for(RequestKind(kind).topic),
            "form": form,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def request(request: PersonRequest, request_id: uuid.UUID) -> HttpResponse:
    """One request with its thread; what is typed here is added to it."""
    asked = _own_request(request, request_id)
    form = EntryForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            write_to_request(asked, **form.said(), by=request.user)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Sent."))
            return redirect(asked)
    return render(
        request,
        "earners/request.html",
        {
            "asked": asked,
            "state": state_for_earner(asked),
            "asked_for": asked_for(asked),
            "thread": thread_of(asked),
            "is_open": asked.state == RequestState.OPEN,
            "contact": asked.issuer.contact_for(RequestKind(asked.kind).topic),
            "form": form,
        },
    )


@require_POST
def withdraw(request: PersonRequest, request_id: uuid.UUID) -> HttpResponse:
    asked = _own_request(request, request_id)
    try:
        withdraw_request(asked, by=request.user)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Withdrawn. Nobody works on it any more."))
    return redirect(asked)


@require_GET
def attachment(request: PersonRequest, attachment_id: uuid.UUID) -> HttpResponse:
    """For the earner, and for the staff who may answer: people attach papers that prove who they are."""
    found = get_object_or_404(
        Attachment.objects.select_related("entry__request__earner").filter(
            Q(entry__request__in=EarnerRequest.objects.of(request.user))
            | Q(entry__request__issuer__in=issuers_to_issue_for(request.user)),
            content__isnull=False,
        ),
        pk=attachment_id,
    )
    response = HttpResponse(open_attachment(found, by=request.user), content_type=found.media_type)
    # Never shown in the page's own place: a PDF can hold script.
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=str(found))
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _own_request(request: PersonRequest, request_id: uuid.UUID) -> EarnerRequest:
    """Raises Http404 for what others asked too: nobody learns that it exists."""
    return get_object_or_404(EarnerRequest.objects.of(request.user).with_what_they_show(), pk=request_id)
