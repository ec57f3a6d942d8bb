"""What was issued, and what staff decide about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from badgecert.core import clock
from badgecert.core.admin import audit_events, desk_page, refusals_as_messages
from badges.actions.issuances import reinstate_issuance, restore_issuance, revoke_issuance, suspend_issuance
from badges.actions.proposals import propose_changes
from badges.admin_views.access import staff
from badges.deciding_forms import WhyForm
from badges.exceptions import SecondPersonNeededError
from badges.models import ChangeKind, Issuance
from issuers.permissions import can_issue

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


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

    kind: ChangeKind
    action: Callable[..., Issuance]
    title: "_StrPromise"
    explanation: "_StrPromise"
    button: "_StrPromise"
    done: "_StrPromise"


DECISIONS = {
    "suspend": Decision(
        kind=ChangeKind.SUSPEND,
        action=suspend_issuance,
        title=gettext_lazy("Put under review"),
        explanation=gettext_lazy("Its public page says that it is under review until you restore it."),
        button=gettext_lazy("Put under review"),
        done=gettext_lazy("It is under review now."),
    ),
    "restore": Decision(
        kind=ChangeKind.RESTORE,
        action=restore_issuance,
        title=gettext_lazy("Restore"),
        explanation=gettext_lazy("The review ends and the badge counts again, as a new version."),
        button=gettext_lazy("Restore"),
        done=gettext_lazy("Restored. It counts again."),
    ),
    "revoke": Decision(
        kind=ChangeKind.REVOKE,
        action=revoke_issuance,
        title=gettext_lazy("Revoke"),
        explanation=gettext_lazy(
            "Its public page stays, names nobody, and says that the badge was withdrawn, with the reason you give here."
        ),
        button=gettext_lazy("Revoke this badge"),
        done=gettext_lazy("Revoked. Its page says so now."),
    ),
    "reinstate": Decision(
        kind=ChangeKind.REINSTATE,
        action=reinstate_issuance,
        title=gettext_lazy("Reinstate"),
        explanation=gettext_lazy("It counts again, as a new version under the same link and code."),
        button=gettext_lazy("Reinstate this badge"),
        done=gettext_lazy("Reinstated. It counts again."),
    ),
}


def decisions_for(issuance: Issuance) -> list[str]:
    """What can be decided about it in its state."""
    if issuance.erased_at:
        return []
    if issuance.revoked_at:
        return ["reinstate"]
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
        may_correct=may_issue and not issuance.revoked_at and not issuance.erased_at,
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
    form = WhyForm(request.POST or None, kind=chosen.kind)
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            try:
                chosen.action(issuance, **form.cleaned_data, by=by)
                messages.success(request, str(chosen.done))
            except SecondPersonNeededError:
                proposal = propose_changes(chosen.kind, [(issuance, {})], by=by, **form.cleaned_data)
                messages.success(
                    request, _("Proposed. A second person of your organisation looks at it before it is made.")
                )
                return redirect("admin:badges_proposal_change", proposal.pk)
        return redirect("admin:badges_issuance_change", issuance.pk)
    return desk_page(
        request,
        "admin/badges/issuance/decide.html",
        title=str(chosen.title),
        issuance=issuance,
        decision=chosen,
        form=form,
    )
