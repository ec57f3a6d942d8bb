from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from badgecert.accounts.brakes import braked
from badgecert.accounts.forms import CurrentPasswordForm
from badgecert.accounts.reauthentication import prove_again
from badgecert.core.exceptions import RefusedError


@sensitive_post_parameters("current_password")
@require_http_methods(["GET", "HEAD", "POST"])
@braked
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """The password once more, then on to the page that asked for it."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    next_page = asked if get_adapter().is_safe_url(asked) else reverse("earners:profile")
    form = CurrentPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            prove_again(request, password=form.cleaned_data["current_password"])
        except RefusedError as refused:
            form.add_error("current_password", str(refused))
        else:
            return redirect(next_page)
    context = {"form": form, "next": next_page}
    return render(request, "accounts/reauthenticate.html", context, status=400 if form.is_bound else 200)
