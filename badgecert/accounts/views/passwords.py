from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from badgecert.accounts import actions
from badgecert.accounts.brakes import braked, network_of
from badgecert.accounts.forms import ChangePasswordForm, NewPasswordForm, RequestPasswordForm, minimum_password_length
from badgecert.accounts.known_browsers import follow_session, this_browser
from badgecert.accounts.models import User
from badgecert.accounts.sessions import choosing_password, let_choose_password, stop_choosing_password
from badgecert.accounts.tasks import ring_on_commit
from badgecert.core.exceptions import RefusedError


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@braked
def request_password(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return answer_password_request(request)
    return render(request, "accounts/request_password.html", {"form": RequestPasswordForm()})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@braked
def first_time(request: HttpRequest) -> HttpResponse:
    """The way in for somebody who was given a badge and has no password yet: the same door, in other words."""
    if request.user.is_authenticated:
        return redirect("account_login")
    if request.method == "POST":
        return answer_password_request(request, asked_on="accounts/first_time.html")
    return render(request, "accounts/first_time.html", {"form": RequestPasswordForm()})


def answer_password_request(request: HttpRequest, *, asked_on: str = "accounts/request_password.html") -> HttpResponse:
    """The same answer for every address: known, unknown, locked, or asked for too often."""
    form = RequestPasswordForm(request.POST)
    if not form.is_valid():
        return render(request, asked_on, {"form": form}, status=400)
    address = form.cleaned_data["email"]
    actions.request_password(address, network=network_of(request))
    ring_on_commit()
    return render(
        request, "accounts/password_requested.html", {"address": address, "sender": settings.MAIL_FROM_ADDRESS}
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@braked
def password_link(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link of a password mail. Mail scanners open every link, so opening it changes nothing."""
    given = actions.find_password_link(token)
    if given is None:
        return render(request, "accounts/password_link_expired.html", status=404)
    if request.method == "POST":
        let_choose_password(request, given)
        return redirect("choose_password")
    return render(request, "accounts/password_link.html")


@login_not_required
@sensitive_post_parameters("new_password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest) -> HttpResponse:
    """The only page that a temporary password opens. Afterwards the log-in page appears, with the address filled in."""
    choosing = choosing_password(request)
    if choosing is None:
        return redirect("account_login")
    form = NewPasswordForm(_typed(request), user=choosing.user)
    try:
        if form.is_valid():
            actions.choose_password(
                choosing.user,
                password=form.cleaned_data["new_password"],
                address=choosing.address,
                temporary_password_id=choosing.temporary_password_id,
            )
            messages.success(request, _("Your password is set. Log in with it."))
            return redirect(stop_choosing_password(request, choosing))
        actions.check_right_to_choose_password(choosing.user, temporary_password_id=choosing.temporary_password_id)
    except RefusedError as refused:
        messages.error(request, str(refused))
        return redirect(stop_choosing_password(request, choosing))
    context = {"form": form, "address": choosing.address, "minimum": minimum_password_length()}
    return render(request, "accounts/choose_password.html", context, status=400 if form.is_bound else 200)


@sensitive_post_parameters("current_password", "new_password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@braked
def change_password(request: HttpRequest) -> HttpResponse:
    # The page is private, as all are by default, so this is somebody.
    user = cast(User, request.user)
    form = ChangePasswordForm(_typed(request), user=user)
    if form.is_valid():
        try:
            user = actions.change_password(
                user,
                current=form.cleaned_data["current_password"],
                new=form.cleaned_data["new_password"],
                browser=this_browser(request),
            )
        except RefusedError as refused:
            form.add_error("current_password", str(refused))
        else:
            # This browser stays, under a new session; every other one of the account has ended.
            update_session_auth_hash(request, user)
            follow_session(request)
            messages.success(request, _("Your password is changed. Other browsers have to log in again."))
            return redirect("change_password")
    context = {"form": form, "minimum": minimum_password_length()}
    return render(request, "accounts/change_password.html", context, status=400 if form.is_bound else 200)


def _typed(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
