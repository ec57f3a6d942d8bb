"""The flows of the issuers' desk: make a badge, issue it to one person, issue it to the people in a file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.admin import audit_events, desk_page, refusals_as_messages
from badgecert.core.exceptions import RefusedError
from badgecert.core.text import canonical_email
from badges.actions.badges import make_badge, publish_badge, retire_badge, update_badge
from badges.actions.batches import confirm_batch, issue_to_one, undo_batch
from badges.actions.files import draft_batch_from_file
from badges.actions.issuances import restore_issuance, revoke_issuance, suspend_issuance
from badges.admin_forms import BadgeForm, FileForm, IssueForm, ReasonForm, opened, published_badges
from badges.disclosure import Disclosure, preview_disclosure
from badges.exceptions import AlreadyHoldsError
from badges.models import Badge, BadgeState, Batch, BatchRow, BatchState, Issuance
from badges.spreadsheets import held_rows_csv, template_csv
from issuers.permissions import can_design, can_issue, issuers_to_design_for, issuers_to_issue_for

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ROWS_PER_PAGE = 50

StaffView = Callable[..., HttpResponseBase]


def staff(request: HttpRequest) -> User:
    """Whoever opened this page; the desk lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def for_issuing_staff(view: StaffView) -> StaffView:
    """Only for those who may issue for at least one organisation."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not issuers_to_issue_for(staff(request)).exists():
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


# --- badges --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def badge_form(request: HttpRequest, badge: Badge | None = None) -> HttpResponse:
    """Make a badge, or change one: viewers see the same page and cannot send it."""
    by = staff(request)
    may_change = can_design(by, badge.issuer) if badge else issuers_to_design_for(by).exists()
    if not may_change and (badge is None or request.method == "POST"):
        raise PermissionDenied
    form = BadgeForm(request.POST or None, request.FILES or None, user=by, badge=badge)
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            if badge is None:
                badge = make_badge(form.cleaned_data["issuer"], content=form.content(), by=by, **form.live())
                messages.success(request, _("Saved as a draft. Publish it when it is ready."))
            else:
                update_badge(badge, content=form.content(), by=by, **form.live())
                messages.success(request, _("Saved. What was issued before stays as it was."))
            return redirect("admin:badges_badge_change", badge.pk)
    return desk_page(
        request,
        "admin/badges/badge/form.html",
        title=str(badge) if badge else _("New badge"),
        form=form,
        badge=badge,
        may_change=may_change,
        issued_count=badge.issuances.count() if badge else 0,
        is_draft=badge is not None and badge.state == BadgeState.DRAFT,
        is_published=badge is not None and badge.state == BadgeState.PUBLISHED,
        may_issue=badge is not None and can_issue(by, badge.issuer),
    )


def _own_badge(request: HttpRequest, badge_id: UUID) -> Badge:
    return get_object_or_404(
        Badge.objects.managed_by(request.user).select_related("issuer", "current_version"), pk=badge_id
    )


@require_POST
def publish(request: HttpRequest, badge_id: UUID) -> HttpResponse:
    badge = _own_badge(request, badge_id)
    with refusals_as_messages(request):
        publish_badge(badge, by=staff(request))
        messages.success(request, _("Published. It can be issued now."))
    return redirect("admin:badges_badge_change", badge.pk)


@require_POST
def retire(request: HttpRequest, badge_id: UUID) -> HttpResponse:
    badge = _own_badge(request, badge_id)
    with refusals_as_messages(request):
        retire_badge(badge, by=staff(request))
        messages.success(request, _("Retired. Nobody gets it any more; those who hold it keep it."))
    return redirect("admin:badges_badge_change", badge.pk)


# --- one person ----------------------------------------------------------------------------------


@for_issuing_staff
@require_http_methods(["GET", "POST"])
def issue_badge(request: HttpRequest) -> HttpResponse:
    """Step one, and the last step when the preview posts back what it was given."""
    by = staff(request)
    if request.method == "GET":
        return _issue_page(request, IssueForm(initial={"badge": request.GET.get("badge", "")}, user=by))
    form, token = _opened_form(request)
    if form is None:
        messages.error(request, _("This preview is more than a day old. Enter it again."))
        return redirect("admin:issue_badge")
    if "change" in request.POST:
        return _issue_page(request, IssueForm(initial=form.data, user=by))
    if not form.is_valid():
        return _issued_already(request, form) or _issue_page(request, form)
    try:
        made = issue_to_one(form.new_issuance(), badge=form.cleaned_data["badge"], once=token, by=by)
    except AlreadyHoldsError as error:
        return _issued_already(request, form) or _refused(request, form, error)
    except (RefusedError, ValidationError) as error:
        return _refused(request, form, error)
    if isinstance(made, Batch):
        return redirect("admin:badges_batch_change", made.pk)
    messages.success(request, _("Issued. The mail is on its way."))
    return redirect("admin:badges_issuance_change", made.pk)


@for_issuing_staff
@require_POST
def preview_issue(request: HttpRequest) -> HttpResponse:
    form = IssueForm(request.POST, user=staff(request))
    if not form.is_valid():
        return _issue_page(request, form)
    badge = form.cleaned_data["badge"]
    return desk_page(
        request,
        "admin/badges/issue_preview.html",
        title=_("Preview"),
        form=form,
        badge=badge,
        new=form.new_issuance(),
        token=form.signed(),
        minutes_to_undo=badge.issuer.single_delay_minutes,
    )


def previewed(request: HttpRequest) -> tuple[Disclosure, str]:
    """What the preview of a page, a mail or a certificate is made from, and the address. Raises ValidationError."""
    form, _token = _opened_form(request)
    if form is None:
        raise ValidationError(_("This preview is more than a day old. Enter it again."))
    if not form.is_valid():
        raise ValidationError([error for errors in form.errors.values() for error in errors])
    new = form.new_issuance()
    return preview_disclosure(form.cleaned_data["badge"].current_version, new), new.recipient_email


def preview_refused(request: HttpRequest, error: ValidationError) -> HttpResponse:
    for sentence in error.messages:
        messages.error(request, sentence)
    return redirect("admin:issue_badge")


def _opened_form(request: HttpRequest) -> tuple[IssueForm | None, str]:
    token = request.POST.get("token", "")
    try:
        return IssueForm(opened(token), user=staff(request)), token
    except signing.BadSignature:
        return None, token


def _issue_page(request: HttpRequest, form: IssueForm) -> HttpResponse:
    return desk_page(
        request,
        "admin/badges/issue.html",
        title=_("Issue a badge"),
        form=form,
        has_badges=published_badges(staff(request)).exists(),
    )


def _refused(request: HttpRequest, form: IssueForm, error: Exception) -> HttpResponse:
    form.add_error(None, error if isinstance(error, ValidationError) else str(error))
    return _issue_page(request, form)


def _issued_already(request: HttpRequest, form: IssueForm) -> HttpResponse | None:
    """The button was pressed twice: the second press lands where the first one did."""
    badge = form.cleaned_data.get("badge")
    email = form.data.get("recipient_email", "")
    if badge is None:
        return None
    issuance = (
        Issuance.objects.standing()
        .filter(
            badge=badge,
            recipient_key=canonical_email(email),
            issued_by=staff(request),
            issued_at__gte=datetime.fromisoformat(form.data["at"]),
        )
        .first()
    )
    return redirect("admin:badges_issuance_change", issuance.pk) if issuance else None


def batch_state(batch: Batch) -> tuple[str, str]:
    """The state of a batch as staff read it in a list, and its tone."""
    if is_leaving(batch):
        return _("Being issued"), "warn"
    tones = {BatchState.DRAFT: "warn", BatchState.CONFIRMED: "warn", BatchState.ISSUED: "valid"}
    return batch.get_state_display(), tones.get(BatchState(batch.state), "calm")


def is_leaving(batch: Batch) -> bool:
    """The time to undo is over and a worker has it, or will within seconds."""
    return batch.state == BatchState.CONFIRMED and batch.due_at is not None and batch.due_at <= clock.now()


# --- many people ---------------------------------------------------------------------------------


@for_issuing_staff
@require_http_methods(["GET", "POST"])
def issue_file(request: HttpRequest) -> HttpResponse:
    by = staff(request)
    form = FileForm(
        request.POST or None, request.FILES or None, initial={"badge": request.GET.get("badge", "")}, user=by
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch, notices = draft_batch_from_file(
                form.cleaned_data["badge"], content=file.read(), file_name=file.name, by=by
            )
        except RefusedError as error:
            form.add_error("file", str(error))
        else:
            for notice in notices:
                messages.warning(request, notice)
            return redirect("admin:badges_batch_change", batch.pk)
    return desk_page(
        request,
        "admin/badges/issue_file.html",
        title=_("Issue from a file"),
        form=form,
        steps=[_("File"), _("Preview"), _("Send")],
        has_badges=published_badges(by).exists(),
    )


@for_issuing_staff
@require_GET
def template_file(request: HttpRequest) -> HttpResponse:
    return _csv(template_csv(), "badges.csv")


@require_GET
def batch_page(request: HttpRequest, batch: Batch) -> HttpResponse:
    """A batch in every state: its preview, the minutes to undo it, its progress, what became of each row."""
    rows = batch.rows.select_related("issuance")
    ready, held = batch.rows.filter(problem="").count(), batch.rows.held().count()
    issued = batch.rows.filter(issuance__isnull=False).count()
    show = request.GET.get("show", "all")
    shown = {"ready": rows.filter(problem=""), "held": rows.held()}.get(show, rows)
    # Rows that need somebody come first.
    page = Paginator(shown.order_by(Case(When(problem="", then=1), default=0), "line"), ROWS_PER_PAGE)
    by = staff(request)
    first = batch.rows.filter(problem="").order_by("line").first() if batch.state == BatchState.DRAFT else None
    now, leaves_now = clock.now(), is_leaving(batch)
    response = desk_page(
        request,
        "admin/badges/batch/page.html",
        title=_("Issue from a file") if batch.state == BatchState.DRAFT else str(batch),
        batch=batch,
        first=first,
        token=_token_of(first, batch, by) if first else "",
        page=page.get_page(request.GET.get("page")),
        show=show,
        ready=ready,
        held=held,
        issued=issued,
        total=ready + held,
        steps=[_("File"), _("Preview"), _("Send")],
        may_issue=can_issue(by, batch.issuer),
        is_draft=batch.state == BatchState.DRAFT,
        is_waiting=batch.state == BatchState.CONFIRMED and not leaves_now,
        is_leaving=leaves_now,
        is_issued=batch.state == BatchState.ISSUED,
        is_undone=batch.state == BatchState.UNDONE,
        minutes_left=-(-(batch.due_at - now) // timedelta(minutes=1)) if batch.due_at and not leaves_now else 0,
        minutes_to_undo=batch.issuer.cooling_off_minutes,
        issue_button=ngettext("Issue %(count)d badge", "Issue %(count)d badges", ready) % {"count": ready},
    )
    if leaves_now:
        response["Refresh"] = "3"
    elif batch.state == BatchState.CONFIRMED and batch.due_at is not None:
        response["Refresh"] = str(max(1, min(60, int((batch.due_at - now).total_seconds()) + 1)))
    return response


def _token_of(row: BatchRow, batch: Batch, by: User) -> str:
    """So that the previews of one person serve for the first row of a file."""
    typed = {
        "badge": str(batch.badge_id),
        "recipient_name": row.recipient_name,
        "recipient_email": row.recipient_email,
        "issued_on": row.issued_on.isoformat() if row.issued_on else "",
        "expires_on": row.expires_on.isoformat() if row.expires_on else "",
        "evidence_url": row.evidence_url,
        "narrative": row.narrative,
    }
    return IssueForm(typed, user=by).signed()


def _own_batch(request: HttpRequest, batch_id: UUID) -> Batch:
    return get_object_or_404(Batch.objects.managed_by(request.user).select_related("issuer", "badge"), pk=batch_id)


@require_POST
def confirm(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    batch = _own_batch(request, batch_id)
    with refusals_as_messages(request):
        confirm_batch(batch, by=staff(request))
    return redirect("admin:badges_batch_change", batch.pk)


@require_POST
def undo(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    batch = _own_batch(request, batch_id)
    with refusals_as_messages(request):
        undo_batch(batch, by=staff(request))
        messages.success(request, _("Undone. Nobody was told, and nothing was issued."))
    return redirect("admin:badges_batch_change", batch.pk)


@require_GET
def held_rows(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    batch = _own_batch(request, batch_id)
    return _csv(held_rows_csv(batch.rows.held().order_by("line")), "held-rows.csv")


def _csv(content: bytes, file_name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


# --- what was issued -----------------------------------------------------------------------------


def staff_state(issuance: Issuance) -> tuple[str, str]:
    """The state of an issuance as staff read it in a list, and its tone. From its own fields: no query."""
    today = clock.today(issuance.issuer.time_zone)
    expires_on = issuance.current_version.expires_on
    if issuance.erased_at:
        return _("Erased"), "calm"
    if issuance.revoked_at:
        return _("Revoked"), "danger"
    if issuance.suspended_at:
        return _("Under review"), "warn"
    if issuance.declined_at:
        return _("Declined"), "calm"
    if expires_on and expires_on < today:
        return _("Expired"), "warn"
    return (_("Claimed"), "valid") if issuance.claimed_at else (_("Not claimed yet"), "calm")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Something staff decide about one issuance, with a reason, on a page that says what it does."""

    action: Callable[..., Issuance]
    title: "_StrPromise"
    explanation: "_StrPromise"
    button: "_StrPromise"
    done: "_StrPromise"


DECISIONS = {
    "suspend": Decision(
        action=suspend_issuance,
        title=gettext_lazy("Put under review"),
        explanation=gettext_lazy("Its public page says that it is under review until you restore it."),
        button=gettext_lazy("Put under review"),
        done=gettext_lazy("It is under review now."),
    ),
    "restore": Decision(
        action=restore_issuance,
        title=gettext_lazy("Restore"),
        explanation=gettext_lazy("The review ends and the badge counts again, as a new version."),
        button=gettext_lazy("Restore"),
        done=gettext_lazy("Restored. It counts again."),
    ),
    "revoke": Decision(
        action=revoke_issuance,
        title=gettext_lazy("Revoke"),
        explanation=gettext_lazy(
            "Its public page stays, names nobody, and says that the badge was withdrawn, with the reason you give here."
        ),
        button=gettext_lazy("Revoke this badge"),
        done=gettext_lazy("Revoked. Its page says so now."),
    ),
}


def decisions_for(issuance: Issuance) -> list[str]:
    """What can be decided about it in its state."""
    if issuance.revoked_at or issuance.erased_at:
        return []
    return ["restore", "revoke"] if issuance.suspended_at else ["suspend", "revoke"]


@require_GET
def issuance_page(request: HttpRequest, issuance: Issuance) -> HttpResponse:
    """Everything staff may know about one issuance; what it says to the world is on its public page."""
    may_issue = can_issue(staff(request), issuance.issuer)
    state = staff_state(issuance)
    return desk_page(
        request,
        "admin/badges/issuance/page.html",
        title=issuance.current_version.recipient_name,
        issuance=issuance,
        state_word=state[0],
        state_tone=state[1],
        versions=issuance.versions.select_related("made_by").order_by("-number"),
        events=audit_events(issuance),
        decisions=[(name, DECISIONS[name]) for name in decisions_for(issuance)] if may_issue else [],
    )


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, issuance_id: UUID, decision: str) -> HttpResponse:
    by = staff(request)
    issuance = get_object_or_404(
        Issuance.objects.managed_by(by).select_related("issuer", "current_version__badge_version"), pk=issuance_id
    )
    if not can_issue(by, issuance.issuer):
        raise PermissionDenied
    chosen = DECISIONS[decision]
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            chosen.action(issuance, reason=form.cleaned_data["reason"], by=by)
            messages.success(request, str(chosen.done))
        return redirect("admin:badges_issuance_change", issuance.pk)
    return desk_page(
        request,
        "admin/badges/issuance/decide.html",
        title=str(chosen.title),
        issuance=issuance,
        decision=chosen,
        form=form,
    )
