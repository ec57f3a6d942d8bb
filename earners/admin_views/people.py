from datetime import datetime
from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from badgecert.accounts.actions import lock_account, unlock_account
from badgecert.accounts.mfa import has_second_factor
from badgecert.accounts.models import User
from badgecert.core.admin import audit_events, desk_page, refusals_as_messages
from badgecert.core.models import AuditEvent
from badges.admin_forms import ReasonForm
from badges.admin_views import staff, staff_state
from badges.models import Issuance
from issuers.models import Issuer
from issuers.permissions import issuers_owned_by, issuers_to_issue_for


@require_GET
def earner_page(request: HttpRequest, earner: User) -> HttpResponse:
    """What one's organisations know of a person: the badges they gave them, and whether they can log in."""
    issuances = (
        Issuance.objects.managed_by(request.user).filter(earner=earner).with_what_they_say().order_by("-issued_at")
    )
    return desk_page(
        request,
        "admin/earners/earner.html",
        title=issuances[0].current_version.recipient_name,
        earner=earner,
        issuances=[(issuance, *staff_state(issuance)) for issuance in issuances],
        may_change_address=earner.is_active
        and issuers_to_issue_for(request.user).filter(issuances__earner=earner).exists(),
        correctable=[
            issuer
            for issuer in issuers_to_issue_for(request.user)
            .filter(issuances__earner=earner)
            .distinct()
            .order_by("name")
            if any(issuance.issuer_id == issuer.pk and issuance.revoked_at is None for issuance in issuances)
        ],
        lock_history=_lock_history(request, earner),
        may_lock=earner.is_active and not earner.is_locked and unlocking_issuers(request, earner).exists(),
        may_unlock=earner.is_locked and unlocking_issuers(request, earner).exists(),
        may_reset=has_second_factor(earner) and unlocking_issuers(request, earner).exists(),
        may_erase=issuances.filter(issuer__in=issuers_owned_by(request.user)).exists(),
    )


@require_http_methods(["GET", "POST"])
def lock_earner(request: HttpRequest, earner_id: str) -> HttpResponse:
    """The person says that somebody else is in their account."""
    by = staff(request)
    earner, issuer = _earner_and_issuer(request, earner_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            lock_account(earner, reason=form.cleaned_data["reason"], by=by, issuer_id=issuer.pk)
            messages.success(request, _("Locked. Nobody is logged in to it any more, and a mail tells them."))
        return redirect("admin:accounts_user_change", earner.pk)
    return desk_page(
        request,
        "admin/earners/lock.html",
        title=_("Lock an account"),
        earner=earner,
        issuer=issuer,
        form=form,
    )


@require_http_methods(["GET", "POST"])
def unlock_earner(request: HttpRequest, earner_id: str) -> HttpResponse:
    by = staff(request)
    earner, issuer = _earner_and_issuer(request, earner_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            unlock_account(earner, reason=form.cleaned_data["reason"], by=by, issuer_id=issuer.pk)
            messages.success(request, _("Unlocked. They must request a new password now."))
        return redirect("admin:accounts_user_change", earner.pk)
    return desk_page(request, "admin/earners/unlock.html", title=_("Unlock an account"), earner=earner, form=form)


def _earner_and_issuer(request: HttpRequest, earner_id: str) -> tuple[User, Issuer]:
    """The person, and the organisation in whose name their account is locked or unlocked."""
    earner = get_object_or_404(
        User.objects.filter(issuances__issuer__in=Issuer.objects.managed_by(request.user)).distinct(), pk=earner_id
    )
    issuer = unlocking_issuers(request, earner).order_by("name").first()
    if issuer is None:
        raise PermissionDenied
    return earner, issuer


def unlocking_issuers(request: HttpRequest, earner: User) -> QuerySet[Issuer]:
    """In whose name this person may lock and unlock that one: staff by an owner elsewhere, earners by their issuers."""
    if earner.is_staff or earner.is_superuser:
        return Issuer.objects.none()
    return issuers_to_issue_for(request.user).filter(issuances__earner=earner).distinct()


class LockEvent(NamedTuple):
    """One line of an account's lock history, as one organisation may read it."""

    at: datetime
    what: str
    reason: str


def _what_happened(event: AuditEvent, *, is_own: bool) -> tuple[str, str]:
    """What it did and why; of another organisation nothing but that it did."""
    reason = event.reason if is_own else ""
    match event.verb:
        case "second factor reset":
            return _("Passkeys and codes taken away"), reason
        case "account locked":
            return _("Locked after too many wrong passwords"), ""
        case "account locked by hand" if is_own:
            return _("Locked by %(who)s") % {"who": event.by}, reason
        case "account locked by hand":
            return _("Locked by another organisation"), ""
    if is_own:
        return _("Unlocked by %(who)s") % {"who": event.by}, reason
    return (_("Unlocked by another organisation") if event.issuer_id else _("Unlocked by whoever runs this site")), ""


def _lock_history(request: HttpRequest, earner: User) -> list[LockEvent]:
    """Who locked and unlocked this account and why; of other organisations only that one of them did."""
    own = set(Issuer.objects.managed_by(request.user).values_list("pk", flat=True))
    lines = []
    shown = ("account locked", "account locked by hand", "account unlocked", "second factor reset")
    for event in audit_events(earner).filter(verb__in=shown):
        what, reason = _what_happened(event, is_own=event.issuer_id in own)
        lines.append(LockEvent(event.created_at, what, reason))
    return lines
