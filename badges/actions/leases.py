"""Work that a worker takes for a while: when it falls silent, another one goes on with it."""

from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from badgecert.core import clock
from badges.models import Batch, Proposal

T = TypeVar("T", Batch, Proposal)


@transaction.atomic
def taken(waiting: "QuerySet[T]") -> "T | None":
    """The oldest that nobody else has just now; ours until the lease ends."""
    one = waiting.select_for_update(of=("self",), skip_locked=True).order_by("created_at").first()
    if one is not None:
        one.taken_until = lease_end()
        one.save(update_fields=["taken_until", "updated_at"])
    return one


def lease_end() -> datetime:
    return clock.now() + timedelta(seconds=settings.BATCH_LEASE_SECONDS)
