from allauth.account.models import EmailAddress
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from badgecert.core.exceptions import RefusedError
from badges.models import Issuance
from earners.actions.profile import save_profile, welcome_earner
from earners.forms import ProfileForm, WelcomeForm
from earners.portfolio import cards_of
from earners.views.access import PersonRequest, is_welcomed


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: PersonRequest) -> HttpResponse:
    """The first visit: confirm name and language, claim what waits. Then the portfolio."""
    cards = cards_of(request.user)
    if not cards or is_welcomed(request.user):
        return redirect("earners:portfolio")
    new = [card for card in cards if card.is_new]
    form = WelcomeForm(
        request.POST or None,
        new=new,
        initial={
            "display_name": cards[0].holder,
            "language": request.user.language or get_language(),
            "claimed": [str(card.id) for card in new],
        },
    )
    if form.is_valid():
        claimed = Issuance.objects.held_by(request.user).filter(pk__in=form.cleaned_data.pop("claimed"))
        try:
            welcome_earner(**form.cleaned_data, claimed=claimed, by=request.user)
        except RefusedError as refusal:
            messages.error(request, str(refusal))
            return redirect("earners:welcome")
        return redirect("earners:portfolio")
    return render(request, "earners/welcome.html", {"form": form, "new": new})


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: PersonRequest) -> HttpResponse:
    """What this person says about themselves, and the addresses they log in with."""
    mine = getattr(request.user, "profile", None)
    form = ProfileForm(
        request.POST or None,
        initial={
            "display_name": mine.display_name if mine else request.user.name,
            "language": request.user.language or get_language(),
        },
    )
    if form.is_valid():
        save_profile(**form.cleaned_data, by=request.user)
        messages.success(request, _("Your profile is saved."))
        return redirect("earners:profile")
    addresses = EmailAddress.objects.filter(user=request.user).order_by("-primary", "email")
    return render(request, "earners/profile.html", {"form": form, "addresses": addresses})
