from collections.abc import Callable
from typing import Any

from django.contrib.auth import middleware as auth_middleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class PrivateByDefaultMiddleware:
    """No cache between us and a reader keeps a page, unless its view says that it may.

    Shared caches gave one person's page to another in one product after the other (reliability.md T26).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cache-Control", "private, no-store")
        return response


class LoginRequiredMiddleware(auth_middleware.LoginRequiredMiddleware):
    """Passes public pages over before it asks who is there: asking reads the session, and the page then varies by cookie."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class LanguageMiddleware(LocaleMiddleware):
    """`?lang=` in the address comes before what the browser asks for. It is not remembered: public pages set no cookie."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        asked = request.GET.get("lang")
        if not asked:
            return
        try:
            language = translation.get_supported_language_variant(asked)
        except (LookupError, ValueError):
            return
        translation.activate(language)
        request.LANGUAGE_CODE = language
