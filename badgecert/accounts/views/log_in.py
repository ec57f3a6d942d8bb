from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from badgecert.accounts.actions import prove_identity
from badgecert.accounts.brakes import braked, network_of
from badgecert.accounts.exceptions import TemporaryPasswordExpiredError, TooManyTriesError, WrongPasswordError
from badgecert.accounts.forms import LogInForm
from badgecert.accounts.known_browsers import tokens_of
from badgecert.accounts.sessions import address_to_log_in_with, choosing_password, let_choose_password
from badgecert.accounts.views.passwords import answer_password_request

# How many tries are left when the page begins to count down.
_LAST_TRIES = 3


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@braked
def account_login(request: HttpRequest) -> HttpResponse:
    """One door for earners, staff and operators; the admin's own log-in page leads here."""
    if request.user.is_authenticated:
        return redirect(_next(request) or get_adapter().get_login_redirect_url(request))
    if choosing_password(request):
        return redirect("choose_password")
    if request.method != "POST":
        return _log_in_page(request, LogInForm(initial={"email": address_to_log_in_with(request)}))
    if "new_password" in request.POST:
        return answer_password_request(request)

    form = LogInForm(request.POST)
    if not form.is_valid():
        return _log_in_page(request, form)
    address = form.cleaned_data["email"]
    try:
        proof = prove_identity(
            address=address,
            password=form.cleaned_data["password"],
            tokens=tokens_of(request),
            network=network_of(request),
        )
    except TooManyTriesError as refused:
        return render(request, "accounts/too_many_tries.html", {"refused": refused}, status=429)
    except WrongPasswordError as refused:
        if refused.tries_left == 0:
            context = {"limit": settings.FAILED_LOGINS_BEFORE_LOCK}
            return render(request, "accounts/locked.html", context, status=400)
        return _log_in_page(request, form, refused=refused)
    except TemporaryPasswordExpiredError as refused:
        return _log_in_page(request, form, refused=refused)
    if proof.temporary_password:
        let_choose_password(request, proof.temporary_password, next=_next(request))
        return redirect("choose_password")
    # Then allauth goes on to `next`, if our adapter finds it safe.
    return perform_login(request, proof.user, email=address, redirect_url=_next(request) or None)  # type: ignore[no-any-return]


def _log_in_page(
    request: HttpRequest,
    form: LogInForm,
    *,
    refused: WrongPasswordError | TemporaryPasswordExpiredError | None = None,
) -> HttpResponse:
    tries_left = getattr(refused, "tries_left", None)
    spent = settings.FAILED_LOGINS_BEFORE_LOCK - tries_left if tries_left and tries_left <= _LAST_TRIES else 0
    context = {
        "form": form,
        "next": _next(request),
        "refused": refused,
        "tries_left": tries_left if spent else None,
        "tries": [number < spent for number in range(settings.FAILED_LOGINS_BEFORE_LOCK)],
    }
    return render(request, "accounts/log_in.html", context, status=400 if form.is_bound else 200)


def _next(request: HttpRequest) -> str:
    """The page of this site that the visitor was on the way to, or nothing."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    return asked if get_adapter().is_safe_url(asked) else ""


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_logout(request: HttpRequest) -> HttpResponse:
    """Also the way out for somebody who is choosing a password."""
    if request.method == "POST":
        logout(request)
        return redirect("home")
    return render(request, "accounts/log_out.html")
