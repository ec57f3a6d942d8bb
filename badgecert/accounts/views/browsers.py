import uuid
from typing import cast

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from badgecert.accounts.actions.browsers import browsers_logged_in, log_out_browser, log_out_everywhere
from badgecert.accounts.known_browsers import this_browser
from badgecert.accounts.models import User


@require_safe
def browsers(request: HttpRequest) -> HttpResponse:
    """Where this person is logged in."""
    user = cast(User, request.user)
    here = this_browser(request)
    others = [browser for browser in browsers_logged_in(user) if browser != here]
    return render(request, "accounts/browsers.html", {"here": here, "others": others})


@require_POST
def log_out_other(request: HttpRequest, browser_id: uuid.UUID) -> HttpResponse:
    if not log_out_browser(cast(User, request.user), browser_id=browser_id):
        raise Http404
    messages.success(request, _("That browser is logged out."))
    return redirect("browsers")


@require_POST
def log_out_all(request: HttpRequest) -> HttpResponse:
    """Everywhere, here too: whoever asks for it may be sitting at a borrowed computer."""
    user = cast(User, request.user)
    log_out_everywhere(user, by=user)
    logout(request)
    messages.success(request, _("You are logged out everywhere. Log in again where you are."))
    return redirect("account_login")
