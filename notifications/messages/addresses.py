import uuid
from collections import defaultdict
from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.db.models import Q


def addresses_held_by(user_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, set[str]]:
    """The addresses whose mail reaches each of these accounts: verified there, or what it was opened with."""
    held: dict[uuid.UUID, set[str]] = defaultdict(set)
    rows = EmailAddress.objects.filter(Q(verified=True) | Q(primary=True), user__in=list(user_ids))
    for user_id, address in rows.values_list("user_id", "email"):
        held[user_id].add(address)
    return held
