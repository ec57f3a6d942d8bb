from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone, translation

from badgecert.accounts.sessions import choosing_password


class ChoosePasswordMiddleware:
    """Whoever came by a temporary password chooses an own one first: private pages lead there, the admin too.

    Public pages stay open, as they are to any stranger: the visitor is not logged in yet (badgecert.accounts.sessions).
    They are passed over before the session is read, so that they stay free of cookies.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not getattr(view, "login_required", True) or request.user.is_authenticated:
            return None
        return redirect("choose_password") if choosing_password(request) else None


class LanguageAndTimeZoneMiddleware:
    """Private pages speak the language and tell the time of whoever is logged in.

    Public ones are the same for everybody who asks in a language, and read no session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with timezone.override(None):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any) -> None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return
        if request.user.language:
            # LanguageMiddleware, which stands before this one, sets the language of the next request anew.
            translation.activate(request.user.language)
        if request.user.time_zone:
            timezone.activate(request.user.time_zone)
