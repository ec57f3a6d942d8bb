from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from badgecert.accounts.actions import ensure_users, unlock_account
from badgecert.accounts.actions.second_factor import reset_second_factor
from badgecert.accounts.models import User
from badgecert.core.admin import audit_events, desk_page, refusals_as_messages
from badgecert.core.text import canonical_email
from issuers.actions import add_staff, change_role, remove_staff, update_issuer
from issuers.admin_forms import IssuerForm, RemovalForm, RoleForm, StaffForm, UnlockForm
from issuers.models import Issuer, StaffMember
from issuers.permissions import can_own, issuers_owned_by, may_reset_second_factor, may_unlock


@require_http_methods(["GET", "POST"])
def organisation(request: HttpRequest, issuer: Issuer) -> HttpResponse:
    """The organisation's own facts; its owners can change them, its staff can read them."""
    may_change = can_own(request.user, issuer)
    if request.method == "POST" and not (may_change and isinstance(request.user, User)):
        raise PermissionDenied
    form = IssuerForm(request.POST or None, request.FILES or None, instance=issuer)
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            update_issuer(form.changed(), by=request.user, changed=form.changed_data)  # type: ignore[arg-type]  # checked above
            messages.success(request, _("Saved. What was issued keeps the name and logo it had."))
        return redirect("admin:issuers_issuer_change", issuer.pk)
    return desk_page(
        request,
        "admin/issuers/organisation.html",
        title=Issuer.objects.values_list("name", flat=True).get(pk=issuer.pk),
        issuer=issuer,
        form=form,
        may_change=may_change,
    )


@require_http_methods(["GET", "POST"])
def add_staff_member(request: HttpRequest) -> HttpResponse:
    issuers = issuers_owned_by(request.user)
    if not issuers.exists() or not isinstance(request.user, User):
        raise PermissionDenied
    form = StaffForm(request.POST or None, issuers=issuers)
    if request.method == "POST" and form.is_valid():
        address, issuer = form.cleaned_data["email"], form.cleaned_data["issuer"]
        with refusals_as_messages(request):
            user = ensure_users([address])[canonical_email(address)]
            add_staff(issuer, user=user, role=form.cleaned_data["role"], by=request.user)
            messages.success(
                request, _("%(address)s can work for %(issuer)s now.") % {"address": address, "issuer": issuer}
            )
        return redirect("admin:issuers_staffmember_changelist")
    return desk_page(request, "admin/issuers/add_staff.html", title=_("Add somebody to the staff"), form=form)


@require_http_methods(["GET", "POST"])
def staff_member(request: HttpRequest, member: StaffMember) -> HttpResponse:
    """What somebody may do here, and what was done about it before. Owners change it, everybody reads it."""
    may_change = can_own(request.user, member.issuer)
    if request.method == "POST" and not (may_change and isinstance(request.user, User)):
        raise PermissionDenied
    form = RoleForm(request.POST or None, initial={"role": member.role})
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            change_role(member, role=form.cleaned_data["role"], by=request.user)  # type: ignore[arg-type]  # checked above
            messages.success(request, _("Saved. It counts from the next page they open."))
        return redirect("admin:issuers_staffmember_change", member.pk)
    return desk_page(
        request,
        "admin/issuers/staff_member.html",
        title=str(member.user),
        member=member,
        form=form,
        may_change=may_change,
        events=audit_events(member),
    )


@require_http_methods(["GET", "POST"])
def remove_staff_member(request: HttpRequest, member: StaffMember) -> HttpResponse:
    if not can_own(request.user, member.issuer) or not isinstance(request.user, User):
        raise PermissionDenied
    form = RemovalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            remove_staff(member, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, _("Removed. Their own badges and their account stay."))
        is_own = member.user_id == request.user.pk
        return redirect("home" if is_own else "admin:issuers_staffmember_changelist")
    return desk_page(
        request, "admin/issuers/remove_staff.html", title=_("Remove from the staff"), member=member, form=form
    )


@require_http_methods(["GET", "POST"])
def unlock_staff_member(request: HttpRequest, member: StaffMember) -> HttpResponse:
    if not may_unlock(request.user, member) or not isinstance(request.user, User):
        raise PermissionDenied
    form = UnlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            unlock_account(member.user, reason=form.cleaned_data["reason"], by=request.user, issuer_id=member.issuer_id)
            messages.success(request, _("Unlocked. They must request a new password now."))
        return redirect("admin:issuers_staffmember_changelist")
    return desk_page(request, "admin/issuers/unlock.html", title=_("Unlock an account"), member=member, form=form)


@require_http_methods(["GET", "POST"])
def reset_staff_second_factor(request: HttpRequest, member: StaffMember) -> HttpResponse:
    if not may_reset_second_factor(request.user, member) or not isinstance(request.user, User):
        raise PermissionDenied
    form = UnlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            reset_second_factor(
                member.user, reason=form.cleaned_data["reason"], by=request.user, issuer_id=member.issuer_id
            )
            messages.success(request, _("Taken away. They must request a new password now."))
        return redirect("admin:issuers_staffmember_changelist")
    return desk_page(
        request,
        "admin/issuers/reset_second_factor.html",
        title=_("Take away passkeys and codes"),
        member=member,
        form=form,
    )
