"""What holds whichever of allauth's ways in is opened later."""

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from allauth.core import context
from django.contrib.auth import SESSION_KEY
from django.test import Client, RequestFactory

from badgecert.accounts.actions import count_failed_login
from badgecert.accounts.models import User


def test_no_way_in_is_open_to_a_locked_account(client: Client, earner: User) -> None:
    for _ in range(10):
        count_failed_login(earner)
    request = RequestFactory().post("/")
    request.session = client.session

    with context.request_context(request):
        response = perform_login(request, earner)

    assert response["Location"] == "/log-in/"
    assert SESSION_KEY not in request.session


def test_nobody_signs_up() -> None:
    assert not get_adapter().is_open_for_signup(RequestFactory().get("/"))
