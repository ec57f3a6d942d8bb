"""What this app holds about a person, in plain values, for their own file."""

import uuid
from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from badgecert.accounts.mfa import kind_of
from badgecert.accounts.models import KnownBrowser, User
from badgecert.core.models import AuditEvent


def personal_data_of(user: User) -> dict[str, Any]:
    return {
        "account": {
            "id": user.pk,
            "email": user.email,
            "name": user.name,
            "language": user.language,
            "opened_at": user.date_joined,
            "last_logged_in_at": user.last_login,
            "failed_logins": user.failed_logins,
            "locked_at": user.locked_at,
        },
        "addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "browsers": list(KnownBrowser.objects.filter(user=user).order_by("pk").values("name", "logged_in_at")),
        "second_factors": [
            {"kind": kind_of(one), "added_at": one.created_at, "last_used_at": one.last_used_at}
            for one in Authenticator.objects.filter(user=user).order_by("pk")
        ],
        "temporary_passwords": list(
            user.temporary_passwords.order_by("pk").values("sent_to", "created_at", "expires_at", "spent_at")
        ),
        "trail_of_account": trail_of([user.pk], user),
    }


def trail_of(things: Iterable[uuid.UUID], user: User) -> list[dict[str, Any]]:
    """What was done to these things. Who else did it is for them to tell."""
    events = AuditEvent.objects.filter(object_id__in=list(things)).order_by("pk")
    return [
        {
            "at": event.created_at,
            "what": event.verb,
            "by_you": event.by_id == user.pk,
            "reason": event.reason,
            "details": event.details,
        }
        for event in events
    ]
