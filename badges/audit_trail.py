"""The audit trail in words: what each event was about, and what it said before and after."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core.models import AuditEvent
from badges.change_words import shown
from badges.models import Issuance, IssuanceVersion

_FIELDS_OF_A_VERSION = ("recipient_name", "issued_on", "expires_on", "narrative", "evidence")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One event as staff read it."""

    event: AuditEvent
    kind: str
    about: str
    who: str
    # Empty: it has no page, or is gone.
    url: str
    before: str
    after: str


def lines_of(events: Sequence[AuditEvent]) -> list[Line]:
    """For as many queries as there are kinds of things among the events, and two more."""
    things = _things(events)
    said = _versions(events)
    people = User.objects.in_bulk({event.details["agreed_by"] for event in events if "agreed_by" in event.details})
    lines = []
    for event in events:
        thing = things.get((event.content_type_id, event.object_id))
        before, after = _before_and_after(event, said)
        agreed = people.get(uuid.UUID(event.details["agreed_by"])) if "agreed_by" in event.details else None
        lines.append(
            Line(
                event=event,
                kind=_kind(event.content_type_id),
                about=_name(thing),
                who=_who(event, thing),
                url=_page(thing),
                before=before,
                after=f"{after} ({_('agreed by')} {agreed})" if agreed else after,
            )
        )
    return lines


def _things(events: Sequence[AuditEvent]) -> dict[tuple[int, uuid.UUID], Model]:
    by_type: dict[int, set[uuid.UUID]] = defaultdict(set)
    for event in events:
        by_type[event.content_type_id].add(event.object_id)
    found = {}
    for type_id, ids in by_type.items():
        model = ContentType.objects.get_for_id(type_id).model_class()
        if model is None:
            continue
        rows = model._default_manager.filter(pk__in=ids)
        if model is Issuance:
            rows = rows.select_related("current_version")
        else:
            wanted = {"issuance", "user"} & {field.name for field in model._meta.concrete_fields}
            rows = rows.select_related(*wanted) if wanted else rows
        found.update({(type_id, row.pk): row for row in rows})
    return found


def _versions(events: Sequence[AuditEvent]) -> dict[tuple[uuid.UUID, int], IssuanceVersion]:
    ids = {event.object_id for event in events if "version" in event.details}
    versions = IssuanceVersion.objects.filter(issuance__in=ids)
    return {(version.issuance_id, version.number): version for version in versions}


def _before_and_after(event: AuditEvent, said: dict[tuple[uuid.UUID, int], IssuanceVersion]) -> tuple[str, str]:
    """References stand in the trail; what a version said stands in the version, until its person is erased."""
    details: dict[str, Any] = event.details
    if isinstance(number := details.get("version"), int):
        old, new = said.get((event.object_id, number - 1)), said.get((event.object_id, number))
        if old and new:
            fields = [name for name in details.get("fields", []) if name in _FIELDS_OF_A_VERSION]
            return "; ".join(shown(name, getattr(old, name)) for name in fields), "; ".join(
                shown(name, getattr(new, name)) for name in fields
            )
        return "", ""
    before, after = str(details.get("before", "")), str(details.get("after", ""))
    if not before and not after:
        after = ", ".join(
            f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
            for name, value in details.items()
            if name not in {"agreed_by", "person", "held_by", "held_before_by", "kept"}
        )
    return before, after


def _kind(type_id: int) -> str:
    model = ContentType.objects.get_for_id(type_id).model_class()
    return str(model._meta.verbose_name).capitalize() if model else ""


def _name(thing: Model | None) -> str:
    if thing is None:
        return ""
    if isinstance(thing, Issuance):
        return f"{thing.current_version.recipient_name} · {thing}".strip(" ·")
    if isinstance(thing, User) and not thing.is_staff:
        # What it is called is theirs; their page tells the names that the organisation used.
        return _("An earner’s account")  # noqa: RUF001  # typographic, as on every page
    return str(thing)


def _who(event: AuditEvent, thing: Model | None) -> str:
    """Their name; of an earner only that it was them: what their account is called is theirs."""
    if event.by is None:
        return _("The system")
    issuance = thing if isinstance(thing, Issuance) else getattr(thing, "issuance", None)
    if isinstance(issuance, Issuance) and issuance.earner_id == event.by_id:
        return _("The earner")
    return str(event.by)


def _page(thing: Model | None) -> str:
    if thing is None:
        return ""
    try:
        return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])
    except NoReverseMatch:
        return ""


def thing_of(text: str) -> uuid.UUID | None:
    """The key that an address names, if it is one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
