"""What earners ask, at the desk: read it, answer, ask back, decline, approve with the badge's next version; post paper."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.admin import audit_events, desk_page, refusals_as_messages
from badgecert.core.dates import day_in, long_date
from badgecert.core.exceptions import RefusedError
from badges.admin_views import for_issuing_staff, staff, staff_state
from badges.exceptions import SecondPersonNeededError
from badges.models import ChangeKind
from earners.actions.proposing import propose_for_request
from earners.actions.requests import (
    answer_request,
    approve_with_correction,
    approve_with_letter,
    approve_with_renewal,
    ask_back,
    decline_request,
    mark_posted,
    take_request,
)
from earners.admin_forms import ApprovalForm, LetterApprovalForm, PaperForm, RenewalApprovalForm
from earners.models import CORRECTING_KINDS, EarnerRequest, RequestKind
from earners.request_forms import EntryForm
from earners.request_words import asked_for, due_for_staff, thread_of
from issuers.permissions import can_issue, issuers_to_issue_for

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PAPER_ON_A_PAGE = 100
# Three in a row and seven rows on A4, 63.5 by 38.1 mm each: the commonest sheet there is.
LABELS_ON_A_PAGE = 21


def request_page(request: HttpRequest, asked: EarnerRequest) -> HttpResponse:
    """The person, the badge, what was said; what staff write here goes to the earner."""
    may_answer = can_issue(staff(request), asked.issuer)
    form = EntryForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if not may_answer:
            raise PermissionDenied
        if form.is_valid() and _said(request, asked, form):
            return redirect("admin:earners_earnerrequest_change", asked.pk)
    issuance = asked.issuance
    return desk_page(
        request,
        "admin/earners/requests/page.html",
        title=asked.get_kind_display(),
        asked=asked,
        issuance=issuance,
        badge_state=staff_state(issuance),
        due=due_for_staff(asked, today=clock.today(asked.issuer.time_zone)),
        asked_for=asked_for(asked),
        thread=thread_of(asked),
        events=audit_events(asked),
        may_answer=may_answer,
        approval=_APPROVALS.get(RequestKind(asked.kind)),
        is_paper=asked.kind == RequestKind.PAPER,
        form=form,
    )


_WAYS: dict[str, tuple[Callable[..., EarnerRequest], Any]] = {
    "answer": (answer_request, gettext_lazy("Answered. They get a mail.")),
    "ask": (ask_back, gettext_lazy("Asked. It waits for them, and is not overdue.")),
}


def _said(request: HttpRequest, asked: EarnerRequest, form: EntryForm) -> bool:
    by = staff(request)
    try:
        if "decline" in request.POST:
            decline_request(asked, reason=form.cleaned_data["text"], by=by)
            messages.success(request, _("Declined. They get a mail with your reason."))
        else:
            say, done = _WAYS["ask" if "ask" in request.POST else "answer"]
            say(asked, **form.said(), by=by)
            messages.success(request, str(done))
    except RefusedError as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@require_POST
def take(request: HttpRequest, request_id: UUID) -> HttpResponse:
    asked = _own_request(request, request_id)
    with refusals_as_messages(request):
        take_request(asked, by=staff(request))
    return redirect("admin:earners_earnerrequest_change", asked.pk)


# --- approving -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One step: what was asked is done, and the request with it."""
    asked = _own_request(request, request_id)
    if not can_issue(staff(request), asked.issuer):
        raise PermissionDenied
    way = _APPROVALS.get(RequestKind(asked.kind))
    if asked.awaits_second_person:
        messages.error(request, _("This was proposed already. A second person looks at it."))
        return redirect("admin:earners_earnerrequest_change", asked.pk)
    if way is None or asked.is_decided:
        messages.error(request, _("This request cannot be approved this way. See what was said last."))
        return redirect("admin:earners_earnerrequest_change", asked.pk)
    form = way.form(asked, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            way.do(asked, form, staff(request))
        except SecondPersonNeededError:
            return _proposed(request, asked, way, form)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, str(way.done))
            return redirect("admin:earners_earnerrequest_change", asked.pk)
    return desk_page(
        request,
        f"admin/earners/requests/{way.template}.html",
        title=str(way.title),
        issuance=asked.issuance,
        asked=asked,
        asked_for=asked_for(asked),
        thread=thread_of(asked),
        form=form,
        corrects=way is _CORRECTION,
    )


def _proposed(request: HttpRequest, asked: EarnerRequest, way: "_Approval", form: Any) -> HttpResponse:
    with refusals_as_messages(request):
        propose_for_request(asked, by=staff(request), answer=form.cleaned_data["answer"], **way.proposed(asked, form))
        messages.success(request, _("Proposed. The request is answered when a second person agrees."))
    return redirect("admin:earners_earnerrequest_change", asked.pk)


def _proposed_renewal(asked: EarnerRequest, form: Any) -> dict[str, Any]:
    changes = [(asked.issuance, {"expires_on": form.cleaned_data["expires_on"]})]
    return {"kind": ChangeKind.RENEW, "changes": changes, "reason": form.cleaned_data["reason"]}


@dataclass(frozen=True, kw_only=True)
class _Approval:
    """A page that is filled in with what was asked, and what its button does."""

    template: str
    title: "_StrPromise"
    done: "_StrPromise"
    form: Callable[[EarnerRequest, Any], Any]
    do: Callable[[EarnerRequest, Any, User], EarnerRequest]
    # What is proposed instead, where a second person has to agree.
    proposed: Callable[[EarnerRequest, Any], dict[str, Any]] = lambda asked, form: {}


_CORRECTION = _Approval(
    template="new_version",
    title=gettext_lazy("Correct a badge"),
    done=gettext_lazy("Corrected, and the request is done."),
    form=lambda asked, data: ApprovalForm(data, issuance=asked.issuance, initial=_filled_in(asked)),
    do=lambda asked, form, by: approve_with_correction(
        asked, answer=form.cleaned_data["answer"], by=by, **form.correction()
    ),
    proposed=lambda asked, form: {"kind": ChangeKind.CORRECT, "changes": form.corrections(), **form.how()},
)
_APPROVALS = {
    **dict.fromkeys(CORRECTING_KINDS, _CORRECTION),
    RequestKind.RENEWAL: _Approval(
        template="new_version",
        title=gettext_lazy("Renew a badge"),
        done=gettext_lazy("Renewed, and the request is done."),
        form=lambda asked, data: RenewalApprovalForm(data, issuance=asked.issuance, initial={"reason": _reason(asked)}),
        do=lambda asked, form, by: approve_with_renewal(asked, by=by, **form.cleaned_data),
        proposed=_proposed_renewal,
    ),
    RequestKind.LETTER: _Approval(
        template="letter",
        title=gettext_lazy("Write a letter of support"),
        done=gettext_lazy("Written and signed. They get a mail, and find the letter in the request."),
        form=lambda asked, data: LetterApprovalForm(data, initial={"addressee": asked.employer}),
        do=lambda asked, form, by: approve_with_letter(asked, by=by, **form.cleaned_data),
    ),
}


def _filled_in(asked: EarnerRequest) -> dict[str, Any]:
    wanted: dict[str, Any] = {"reason": _reason(asked)}
    if asked.kind == RequestKind.NAME:
        wanted |= {"recipient_name": asked.wanted_name, "public_reason": "name"}
    elif asked.kind == RequestKind.DATE:
        wanted |= {"issued_on": asked.wanted_on, "public_reason": "date"}
    else:
        wanted |= {"expires_on": asked.wanted_on, "public_reason": "date"}
    return wanted


def _reason(asked: EarnerRequest) -> str:
    day = day_in(asked.created_at, asked.issuer.time_zone)
    return _("asked for by the earner on %(day)s") % {"day": long_date(day)}


# --- paper ---------------------------------------------------------------------------------------


@for_issuing_staff
@require_http_methods(["GET", "POST"])
def paper(request: HttpRequest) -> HttpResponse:
    """Paper certificates that wait to be printed and posted: a sheet with labels first, then the day."""
    by = staff(request)
    waiting = (
        EarnerRequest.objects.filter(issuer__in=issuers_to_issue_for(by), kind=RequestKind.PAPER)
        .live()
        .with_what_they_show()
        .order_by("due_on", "id")
    )
    form = PaperForm(request.POST or None, open_paper=waiting, initial={"posted_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        chosen = list(form.cleaned_data["chosen"])
        if "sheet" in request.POST:
            return desk_page(
                request,
                "admin/earners/requests/sheet.html",
                title=_("Paper certificates"),
                chosen=chosen,
                label_pages=[chosen[at : at + LABELS_ON_A_PAGE] for at in range(0, len(chosen), LABELS_ON_A_PAGE)],
            )
        with refusals_as_messages(request):
            posted = mark_posted(chosen, posted_on=form.cleaned_data["posted_on"], by=by)
            messages.success(
                request,
                ngettext("%(count)d certificate is posted.", "%(count)d certificates are posted.", len(posted))
                % {"count": len(posted)},
            )
        return redirect("admin:paper_requests")
    today = clock.today()
    shown = list(waiting[:PAPER_ON_A_PAGE])
    return desk_page(
        request,
        "admin/earners/requests/paper.html",
        title=_("Paper certificates"),
        form=form,
        ticked=set(request.POST.getlist("chosen")),
        rows=[(asked, due_for_staff(asked, today=today)) for asked in shown],
        more=max(0, waiting.count() - len(shown)),
    )


def _own_request(request: HttpRequest, request_id: UUID) -> EarnerRequest:
    return get_object_or_404(
        EarnerRequest.objects.managed_by(request.user).with_what_they_show(),
        pk=request_id,
    )
