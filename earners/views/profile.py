from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badgecert.accounts.models import User
from badgecert.core.exceptions import RefusedError
from badges.models import Issuance
from earners.actions.profile import (
    delete_photo,
    display_name_of,
    save_language,
    save_photo,
    save_section,
    welcome_earner,
)
from earners.forms import WelcomeForm
from earners.models import Photo, Profile
from earners.portfolio import cards_of
from earners.profile_forms import AboutForm, LanguageForm, LinksForm, NameForm, PhotoForm, WorkForm
from earners.views.access import PersonRequest, is_welcomed
from earners.views.addresses import addresses_context

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# More would push the section itself out of sight; the portfolio leads to all.
_BADGES_NAMED = 3


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


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the profile that is edited by itself: the pencil opens its form in place, the disk saves it."""

    name: str
    title: "_StrPromise"
    form: type[forms.Form]
    save: Callable[..., object]
    # How it looks while nobody edits it.
    template: str


SECTIONS = {
    section.name: section
    for section in (
        Section("name", gettext_lazy("Name"), NameForm, save_section, "earners/profile/name.html"),
        Section("photo", gettext_lazy("Photo"), PhotoForm, save_photo, "earners/profile/photo.html"),
        Section("work", gettext_lazy("Work"), WorkForm, save_section, "earners/profile/work.html"),
        Section("about", gettext_lazy("About you"), AboutForm, save_section, "earners/profile/about.html"),
        Section("links", gettext_lazy("Links"), LinksForm, save_section, "earners/profile/links.html"),
        Section(
            "language", gettext_lazy("Language and time"), LanguageForm, save_language, "earners/profile/language.html"
        ),
    )
}


@require_safe
def profile(request: PersonRequest) -> HttpResponse:
    """What this person says about themselves, and the addresses they log in with. `?edit=` opens one section."""
    asked = request.GET.get("edit", "")
    form = None
    if asked in SECTIONS:
        form = SECTIONS[asked].form(initial=_what_it_says(request.user))
    return _profile_page(request, asked, form)


@require_POST
def save_profile_section(request: PersonRequest, name: str) -> HttpResponse:
    section = SECTIONS.get(name)
    if section is None:
        raise Http404
    form = section.form(request.POST, request.FILES)
    if not form.is_valid():
        return _profile_page(request, name, form)
    section.save(**form.cleaned_data, by=request.user)
    messages.success(request, _("Your profile is saved."))
    return redirect(f"{reverse('earners:profile')}#{name}")


@require_http_methods(["GET", "HEAD", "POST"])
def photo(request: PersonRequest) -> HttpResponse:
    """One's own photo, which nobody else is shown; a POST takes it away."""
    if request.method == "POST":
        delete_photo(by=request.user)
        messages.success(request, _("Your photo is gone."))
        return redirect(f"{reverse('earners:profile')}#photo")
    kept = get_object_or_404(Photo, profile__user=request.user)
    return HttpResponse(bytes(kept.webp), content_type="image/webp")


def _profile_page(request: PersonRequest, editing: str, form: forms.Form | None) -> HttpResponse:
    says = _what_it_says(request.user)
    held = list(Issuance.objects.held_by(request.user).with_what_they_say().order_by("-issued_at")[:_BADGES_NAMED])
    context = {
        "editing": editing if form else "",
        "form": form,
        "says": says,
        "time_zone": says["time_zone"] or "UTC",
        "language_name": dict(settings.LANGUAGES).get(says["language"], ""),
        "lines_of_links": says["links"].splitlines(),
        "photo": Photo.objects.filter(profile__user=request.user).defer("webp").first(),
        "sections": SECTIONS.values(),
        "correctable": [issuance for issuance in held if issuance.revoked_at is None],
        **addresses_context(request.user),
    }
    return render(request, "earners/profile.html", context, status=400 if form and form.is_bound else 200)


def _what_it_says(user: User) -> dict[str, str]:
    """Of every section, as its form shows it."""
    mine = Profile.objects.filter(user=user).first() or Profile(user=user, display_name=display_name_of(user))
    return {
        "display_name": mine.display_name,
        "employer": mine.employer,
        "job_title": mine.job_title,
        "place": mine.place,
        "about": mine.about,
        "links": "\n".join(mine.links),
        "language": user.language or get_language() or settings.LANGUAGE_CODE,
        "time_zone": user.time_zone,
    }
