from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from badgecert.accounts.actions.alternate_addresses import holds_address
from badgecert.accounts.exceptions import AddressTakenError
from badgecert.accounts.models import User
from badgecert.accounts.sessions import allow_choosing_password
from badgecert.core.exceptions import RefusedError
from badges.disclosure import can_see
from badges.models import Issuance
from earners.actions.claiming import claim_by_link
from earners.claim_links import NotAClaimLinkError, issuance_of_claim_link


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim_link(request: HttpRequest, token: str) -> HttpResponse:
    """Claim one badge without logging in: the link came by mail to its earner.

    It shows this badge and nothing else of the account. Opening it changes nothing: mail scanners open every link.
    An address that the issuer wrote down later speaks for an account only when its owner has agreed (decision 020).
    """
    try:
        issuance = issuance_of_claim_link(token)
    except NotAClaimLinkError:
        return render(request, "earners/claim_link_unknown.html", status=404)
    earner = cast(User, issuance.earner)
    stage = _stage(issuance)
    speaks_for_account = holds_address(earner, issuance.recipient_key)
    address = reverse("earners:issuance", args=[issuance.pk])
    if request.method == "POST" and speaks_for_account:
        if (
            stage == "claimed"
            and "choose_password" in request.POST
            and allow_choosing_password(request, earner, issuance.recipient_email)
        ):
            return redirect("choose_password")
        try:
            claim_by_link(issuance)
        except AddressTakenError as refused:
            messages.error(request, str(refused))
        except RefusedError:
            # What was withdrawn or declined is not claimed; the page says so.
            pass
        return redirect("earners:claim_link", token)

    return render(
        request,
        "earners/claim_link.html",
        {
            "seen": can_see(issuance.code, viewer=earner),
            "stage": stage,
            "address": address,
            "log_in_address": f"{reverse('account_login')}?{urlencode({'next': address})}",
            "is_own": request.user == earner,
            "speaks_for_account": speaks_for_account,
            "may_choose_password": speaks_for_account
            and not (earner.has_usable_password() or earner.is_locked or request.user.is_authenticated),
        },
    )


def _stage(issuance: Issuance) -> str:
    if issuance.revoked_at:
        return "revoked"
    if issuance.declined_at:
        return "declined"
    return "claimed" if issuance.claimed_at else "new"
