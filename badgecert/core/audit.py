"""The audit trail is written by actions only: one call, in the transaction of what it records."""

import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import models

from badgecert.core.inserting import insert_alike
from badgecert.core.models import AuditEvent

if TYPE_CHECKING:
    from badgecert.accounts.models import User


def record(
    verb: str,
    thing: models.Model,
    *,
    by: "User | None",
    issuer_id: uuid.UUID | None = None,
    reason: str = "",
    **details: object,
) -> None:
    """Remember that `by` did this to the thing; None means the system itself."""
    record_many(verb, [thing], by=by, issuer_id=issuer_id, reason=reason, **details)


def record_many(
    verb: str,
    things: Iterable[models.Model],
    *,
    by: "User | None",
    issuer_id: uuid.UUID | None = None,
    reason: str = "",
    **details: object,
) -> None:
    """The same for many things of one kind, in one statement."""
    record_each(verb, ((thing, issuer_id, details) for thing in things), by=by, reason=reason)


def record_each(
    verb: str,
    things: Iterable[tuple[models.Model, uuid.UUID | None, Mapping[str, object]]],
    *,
    by: "User | None",
    reason: str = "",
) -> None:
    """The same for many, each with the organisation and the details of its own."""
    insert_alike(
        AuditEvent(verb=verb, by=by, reason=reason),
        (
            {
                "issuer_id": issuer_id,
                "content_type_id": ContentType.objects.get_for_model(thing).pk,
                "object_id": thing.pk,
                "details": details,
            }
            for thing, issuer_id, details in things
        ),
    )
