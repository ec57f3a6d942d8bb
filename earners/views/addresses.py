"""The addresses of one's account: added, confirmed, made primary, removed; and two accounts joined."""

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from badgecert.accounts.actions import alternate_addresses
from badgecert.accounts.models import AddressProof, User
from badgecert.accounts.reauthentication import recently_proven
from badgecert.core.exceptions import RefusedError
from badges.actions.addresses import addresses_not_agreed
from badges.models import Issuance
from earners.actions.profile import display_name_of
from earners.address_links import NotAnAgreementLinkError, issuance_of_agreement
from earners.profile_forms import AddressForm
from earners.views.access import PersonRequest

# In this browser the owner of an account has agreed, by a link to a proven address, that another one becomes theirs.
_AGREED_KEY = "agreed_for_account"


def addresses_context(user: User) -> dict[str, object]:
    """What earners/profile_addresses.html needs."""
    return {
        "addresses": EmailAddress.objects.filter(user=user).order_by("-primary", "-verified", "email"),
        "not_agreed": addresses_not_agreed(user, held=alternate_addresses.held_addresses(user)),
        "address_form": AddressForm(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@recently_proven
def add_address(request: PersonRequest) -> HttpResponse:
    """The same answer for every address: known, unknown, or somebody else's."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            alternate_addresses.add_address(request.user, address=form.cleaned_data["address"])
        except RefusedError as refused:
            form.add_error("address", str(refused))
        else:
            said = _("We have sent a link to %(address)s. Open it in this browser within a day.")
            messages.success(request, said % {"address": form.cleaned_data["address"]})
            return redirect(_back())
    return render(request, "earners/add_address.html", {"form": form}, status=400 if form.is_bound else 200)


@require_POST
@recently_proven
def change_address(request: PersonRequest, address_id: int) -> HttpResponse:
    """One of one's own addresses: the pressed button says what to do with it."""
    entry = get_object_or_404(EmailAddress, pk=address_id, user=request.user)
    said = {
        "resend": _("We have sent another link to %(address)s."),
        "primary": _("%(address)s is your primary address now."),
        "remove": _("%(address)s is no address of this account any more."),
    }
    action = request.POST.get("action", "")
    try:
        if action == "resend":
            alternate_addresses.add_address(request.user, address=entry.email)
        elif action == "primary":
            alternate_addresses.make_primary(request.user, address=entry.email)
        elif action == "remove":
            alternate_addresses.remove_address(request.user, address=entry.email)
    except RefusedError as refused:
        messages.error(request, str(refused))
    else:
        if action in said:
            messages.success(request, said[action] % {"address": entry.email})
    return redirect(_back())


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail to an address that somebody added. Opening it changes nothing: mail scanners do.

    It works only where the account that asked is logged in, or has agreed just now: whoever opens a link that a stranger
    had sent to them gives nothing away.
    """
    proof = alternate_addresses.find_proof(token)
    if proof is None:
        return render(request, "earners/address_link_expired.html", status=404)
    if request.user != proof.user and request.session.get(_AGREED_KEY) != str(proof.user_id):
        if request.user.is_authenticated:
            return render(request, "earners/address_of_another.html", {"address": proof.address}, status=403)
        return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
    if request.method == "POST":
        try:
            alternate_addresses.confirm_proof(proof)
        except RefusedError as refused:
            messages.error(request, str(refused))
            return redirect(request.path)
        messages.success(request, _("%(address)s is confirmed. You can log in with it.") % {"address": proof.address})
        return redirect(_back() if request.user == proof.user else reverse("account_login"))
    return render(request, "earners/confirm_address.html", _confirmation_context(proof))


def _confirmation_context(proof: AddressProof) -> dict[str, object]:
    other = alternate_addresses.account_to_merge(proof)
    mine = set(Issuance.objects.held_by(proof.user).standing().values_list("badge_id", flat=True))
    theirs = Issuance.objects.held_by(other).with_what_they_say() if other else Issuance.objects.none()
    return {
        "address": proof.address,
        "name": display_name_of(proof.user),
        "joins": other is not None,
        "badge_count": len(theirs),
        "twice": [
            issuance.current_version.badge_version.name
            for issuance in theirs
            if issuance.badge_id in mine and issuance.revoked_at is None
        ],
    }


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def agree_to_address(request: HttpRequest, token: str) -> HttpResponse:
    """The link to an old, proven address after an issuer began to write to a new one: the account's owner agrees."""
    try:
        issuance = issuance_of_agreement(token)
    except NotAnAgreementLinkError:
        return render(request, "earners/address_link_expired.html", status=404)
    owner, address = issuance.earner, issuance.recipient_email
    if request.method == "POST" and owner is not None:
        try:
            alternate_addresses.add_address(owner, address=address)
        except RefusedError as refused:
            messages.error(request, str(refused))
            return redirect(request.path)
        request.session[_AGREED_KEY] = str(owner.pk)
        return render(request, "earners/address_agreed.html", {"address": address})
    return render(request, "earners/agree_to_address.html", {"address": address, "issuer": issuance.issuer})


def _back() -> str:
    return f"{reverse('earners:profile')}#addresses"
