from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from badgecert.accounts import known_browsers
from badgecert.accounts.actions.logging_in import may_enter
from badgecert.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Where allauth's way of doing things ends and ours begins."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Being issued a badge opens an account; nobody opens one for themselves."""
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Every way in begins here, so a locked or closed account has none."""
        if not may_enter(user, known_browsers.tokens_of(request)):
            return redirect("account_login")
        return super().pre_login(request, user, **kwargs)  # type: ignore[no-any-return]

    def login(self, request: HttpRequest, user: User) -> None:
        """Every way in ends here. The account may have locked since pre_login, while a second factor was asked for."""
        if not may_enter(user, known_browsers.tokens_of(request)):
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        known_browsers.remember(request, response, user)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user = request.user
        if user.is_authenticated and user.is_staff:
            return reverse("admin:index")
        return super().get_login_redirect_url(request)  # type: ignore[no-any-return]

    def is_safe_url(self, url: str | None) -> bool:
        """Whether to go there after logging in: only to a path of this very site."""
        return bool(
            url
            and url.startswith("/")
            and url.isprintable()
            and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
        )

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say what happened themselves."""
