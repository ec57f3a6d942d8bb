"""Who opened a page of the desk, and whether they may issue."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from badgecert.accounts.models import User
from issuers.permissions import issuers_to_issue_for

StaffView = Callable[..., HttpResponseBase]


def staff(request: HttpRequest) -> User:
    """Whoever opened this page; the desk lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def for_issuing_staff(view: StaffView) -> StaffView:
    """Only for those who may issue for at least one organisation."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not issuers_to_issue_for(staff(request)).exists():
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked
