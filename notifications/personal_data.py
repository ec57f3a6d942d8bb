"""What this app holds about a person, in plain values, for their own file."""

from typing import Any

from django.db.models import Q

from badgecert.accounts.models import User
from notifications.models import Message, Preference


def personal_data_of(user: User) -> dict[str, Any]:
    mails = Message.objects.filter(Q(user=user) | Q(issuance__earner=user)).order_by("pk")
    return {
        "mails": list(mails.values("kind", "to_address", "subject", "state", "created_at", "sent_at")),
        "mail_preferences": list(
            Preference.objects.filter(user=user)
            .order_by("pk")
            .values("issuer__name", "reminders_stopped_at", "expiry_stopped_at")
        ),
    }
