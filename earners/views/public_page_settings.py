from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from badges.models import Issuance, VisibilityPreference
from earners.actions.profile import display_name_of
from earners.actions.public_page import save_public_page
from earners.exceptions import NameTakenError
from earners.models import Profile
from earners.public_names import suggested
from earners.public_page_forms import PublicPageForm
from earners.views.access import PersonRequest

_OF_PROFILE = ("public_name", "is_public", "shows_photo", "shows_work", "shows_about", "shows_links")


@require_http_methods(["GET", "HEAD", "POST"])
def public_page_settings(request: PersonRequest) -> HttpResponse:
    """Whether others find one's public badges in one place, under which name, with what; and what new badges are."""
    profile = Profile.objects.filter(user=request.user).first()
    preference = VisibilityPreference.objects.filter(user=request.user).first()
    form = PublicPageForm(
        request.POST or None,
        initial={
            **{name: getattr(profile, name) for name in _OF_PROFILE if profile},
            "public_name": (profile and profile.public_name) or suggested(display_name_of(request.user)),
            "allows_search_engines": preference is not None and preference.allows_search_engines,
            "new_badges": preference.new_badges if preference else "",
        },
    )
    if form.is_valid():
        try:
            saved = save_public_page(**form.cleaned_data, by=request.user)
        except NameTakenError as taken:
            form.add_error("public_name", str(taken))
        else:
            on, off = _("Saved. Your public page is on."), _("Saved. Your public page is off.")
            messages.success(request, on if saved.is_public else off)
            return redirect("earners:public_page_settings")
    return render(
        request,
        "earners/public_page_settings.html",
        {
            "form": form,
            "profile": profile,
            "shown_count": Issuance.objects.shown_publicly().filter(earner=request.user).count(),
        },
        status=400 if form.is_bound else 200,
    )
