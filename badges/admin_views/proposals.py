"""Changing many badges: the preview, the button with the number in it, the second person, the progress, the result."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from badgecert.accounts.models import User
from badgecert.core.admin import audit_events, desk_page, refusals_as_messages
from badgecert.core.exceptions import RefusedError
from badgecert.core.safe_csv import csv_download
from badges.actions.proposals import (
    approve_proposal,
    decline_proposal,
    draft_proposal,
    set_last_day,
    submit_proposal,
    upload_corrections,
    withdraw_proposal,
)
from badges.admin_forms import ReasonForm
from badges.admin_views.access import for_issuing_staff, staff
from badges.admin_views.reading import reading_page
from badges.admin_views.trying import OPEN_STATES, WITH_CERTIFICATE, leaf
from badges.change_words import button_of, differences, explanation_of, title_of
from badges.correction_files import HEADINGS, template_rows
from badges.correction_forms import CorrectionFileForm, PersonForm
from badges.deciding_forms import LastDayForm, why_form
from badges.models import ChangeKind, Issuance, Proposal, ProposalState
from badges.permissions import may_decide, second_person_needed
from badges.tasks import ring_for_files_on_commit
from issuers.models import Issuer
from issuers.permissions import can_issue, issuers_to_issue_for

ROWS_PER_PAGE = 50
_PICTURE_BYTES = [f"seen_version__badge_version__picture__{kind}" for kind in ("png", "webp", "svg")]


@for_issuing_staff
@require_http_methods(["GET", "POST"])
def correct_file(request: HttpRequest) -> HttpResponse:
    """Many corrections at once, each line naming its badge by its code or by whose it is."""
    by = staff(request)
    form = CorrectionFileForm(request.POST or None, request.FILES or None, issuers=issuers_to_issue_for(by))
    if request.method == "POST" and form.is_valid():
        file, issuer = form.cleaned_data["file"], form.cleaned_data["issuer"]
        try:
            proposal, unread = upload_corrections(issuer, content=file.read(), file_name=file.name, by=by)
        except RefusedError as error:
            form.add_error("file", str(error))
        else:
            if unread:
                messages.warning(
                    request, _("These columns are not read: %(columns)s.") % {"columns": ", ".join(unread[:5])}
                )
            return drafted(proposal)
    return desk_page(
        request,
        "admin/badges/proposal/file.html",
        title=_("Correct from a file"),
        form=form,
        steps=_steps_of_a_file(),
    )


@for_issuing_staff
@require_GET
def correction_template(request: HttpRequest) -> HttpResponseBase:
    return csv_download(template_rows(), "corrections.csv")


@require_http_methods(["GET", "POST"])
def correct_person(request: HttpRequest, issuer_id: UUID, earner_id: UUID) -> HttpResponse:
    """One person's badges from one organisation: the name on all of them, the dates of those one chooses."""
    by = staff(request)
    issuer = get_object_or_404(Issuer.objects.managed_by(by), pk=issuer_id)
    held = list(
        Issuance.objects.standing()
        .filter(issuer=issuer, earner=earner_id)
        .with_what_they_say()
        .order_by("-current_version__issued_on", "pk")
    )
    earner = get_object_or_404(User.objects.filter(issuances__issuer=issuer).distinct(), pk=earner_id)
    if not can_issue(by, issuer):
        raise PermissionDenied
    form = PersonForm(request.POST or None, issuances=held)
    if request.method == "POST" and form.is_valid():
        proposal = draft_proposal(issuer, kind=ChangeKind.CORRECT, changes=form.changes(), by=by)
        return redirect("admin:badges_proposal_change", proposal.pk)
    return desk_page(
        request,
        "admin/badges/proposal/person.html",
        title=_("Correct all badges of one person"),
        form=form,
        earner=earner,
        name=held[0].current_version.recipient_name if held else earner.name,
    )


def drafted(proposal: Proposal) -> HttpResponse:
    """To its preview, or to the page that shows how far a worker is with it."""
    if proposal.state == ProposalState.READING:
        ring_for_files_on_commit()
    return redirect("admin:badges_proposal_change", proposal.pk)


@require_GET
def proposal_page(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """A change in every state: its preview, whom it waits for, its progress, what became of each badge."""
    if proposal.state in {ProposalState.READING, ProposalState.REFUSED}:
        return _reading_page(request, proposal)
    return _page(request, proposal, form=None)


def _reading_page(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    kind = ChangeKind(proposal.kind)
    is_file = kind == ChangeKind.CORRECT
    return reading_page(
        request,
        proposal,
        title=_("Correct from a file") if is_file else title_of(kind),
        about=proposal.file_name,
        steps=_steps_of_a_file() if is_file else [],
        step=2,
        again="correct_file",
    )


def _steps_of_a_file() -> list[str]:
    return [_("File"), _("Preview"), _("Correct")]


def _page(request: HttpRequest, proposal: Proposal, *, form: object) -> HttpResponse:
    by, kind, state = staff(request), ChangeKind(proposal.kind), ProposalState(proposal.state)
    may_issue = can_issue(by, proposal.issuer)
    rows = proposal.changes.select_related("issuance__current_version__badge_version", "seen_version")
    held = proposal.changes.held().count()
    total = proposal.changes.count()
    odd = proposal.changes.odd().count()
    ready, made = total - held, proposal.changes.filter(made_at__isnull=False).count()
    show = request.GET.get("show", "all")
    shown = {"ready": rows.filter(problem=""), "odd": rows.odd(), "held": rows.held()}.get(show, rows)
    # Rows that need somebody come first.
    page = Paginator(
        shown.order_by(Case(When(problem="", warning="", then=2), When(problem="", then=1), default=0), "line"),
        ROWS_PER_PAGE,
    )
    found = page.get_page(request.GET.get("page"))
    is_draft = state == ProposalState.DRAFT
    changeable = proposal.changes.ready().select_related("seen_version__badge_version__picture")
    sample = leaf(changeable.defer(*_PICTURE_BYTES), request.GET.get("row", "")) if state in OPEN_STATES else None
    proposes = second_person_needed(proposal.issuer, kind, count=ready)
    response = desk_page(
        request,
        "admin/badges/proposal/page.html",
        title=title_of(kind),
        proposal=proposal,
        page=found,
        rows=[(row, list(differences(row))) for row in found],
        compares=kind in {ChangeKind.CORRECT, ChangeKind.RENEW},
        show=show,
        total=total,
        ready=ready,
        held=held,
        odd=odd,
        sure=ready - odd,
        made=made,
        form=(form or why_form(kind)) if is_draft and may_issue and ready else None,
        day_form=LastDayForm() if is_draft and may_issue and kind == ChangeKind.RENEW else None,
        asks_public=kind == ChangeKind.CORRECT,
        sample=sample,
        sample_has_certificate=kind in WITH_CERTIFICATE
        and sample is not None
        and sample.row.seen_version is not None
        and sample.row.seen_version.badge_version.has_certificate,
        explanation=explanation_of(kind),
        button=button_of(kind, ready, proposes=proposes),
        approve_button=button_of(kind, ready, proposes=False),
        proposes=proposes,
        is_draft=is_draft,
        is_waiting=state == ProposalState.WAITING,
        is_being_made=state == ProposalState.APPROVED,
        is_made=state == ProposalState.APPLIED,
        is_declined=state == ProposalState.DECLINED,
        is_withdrawn=state == ProposalState.WITHDRAWN,
        may_decide=state == ProposalState.WAITING and may_decide(by, proposal.proposed_by_id, proposal.issuer),
        may_withdraw=state == ProposalState.WAITING and proposal.proposed_by_id == by.pk and may_issue,
        decline_form=ReasonForm(),
        events=audit_events(proposal),
    )
    if state == ProposalState.APPROVED:
        response["Refresh"] = "3"
    return response


@require_POST
def submit(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    proposal = _own_proposal(request, proposal_id)
    form = why_form(ChangeKind(proposal.kind), request.POST)
    if proposal.state == ProposalState.DRAFT and not form.is_valid():
        return _page(request, proposal, form=form)
    if proposal.state == ProposalState.DRAFT:
        with refusals_as_messages(request):
            submit_proposal(proposal, by=staff(request), **form.cleaned_data)
    return redirect("admin:badges_proposal_change", proposal.pk)


@require_POST
def last_day(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    proposal = _own_proposal(request, proposal_id)
    form = LastDayForm(request.POST)
    if form.is_valid():
        with refusals_as_messages(request):
            set_last_day(proposal, expires_on=form.cleaned_data["expires_on"], by=staff(request))
    else:
        messages.error(request, _("Choose the last valid day, like 2028-03-13."))
    return redirect("admin:badges_proposal_change", proposal.pk)


@require_POST
def approve(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    proposal = _own_proposal(request, proposal_id)
    with refusals_as_messages(request):
        approve_proposal(proposal, by=staff(request))
    return redirect("admin:badges_proposal_change", proposal.pk)


@require_POST
def decline(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    proposal = _own_proposal(request, proposal_id)
    with refusals_as_messages(request):
        decline_proposal(proposal, reason=request.POST.get("reason", "")[:200], by=staff(request))
        messages.success(request, _("Declined. Nothing was changed; whoever proposed it reads why."))
    return redirect("admin:badges_proposal_change", proposal.pk)


@require_POST
def withdraw(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    proposal = _own_proposal(request, proposal_id)
    with refusals_as_messages(request):
        withdraw_proposal(proposal, by=staff(request))
        messages.success(request, _("Taken back. Nothing was changed."))
    return redirect("admin:badges_proposal_change", proposal.pk)


@require_GET
def held_changes(request: HttpRequest, proposal_id: UUID) -> HttpResponseBase:
    """The lines that were left out, each with its reason: correct and upload them again."""
    proposal = _own_proposal(request, proposal_id)
    return csv_download(_held_rows(proposal), "held-changes.csv")


def _held_rows(proposal: Proposal) -> Iterator[list[str]]:
    held = proposal.changes.held().order_by("line")
    first = held.first()
    header = [heading for heading, _cell in first.cells if heading != "reason"] if first else list(HEADINGS)
    yield [*header, "reason"]
    for change in held.iterator():
        cells = dict(change.cells)
        yield [*(cells.get(heading, "") for heading in header), change.problem]


def _own_proposal(request: HttpRequest, proposal_id: UUID) -> Proposal:
    return get_object_or_404(
        Proposal.objects.managed_by(request.user).select_related("issuer", "proposed_by", "decided_by"), pk=proposal_id
    )
