"""Version n + 1 of what was issued, under the same code. One transaction and a constant number of statements for many."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badgecert.core.inserting import insert_many
from badgecert.core.text import clean_person_name
from badges.actions.issuances.issuing import refuse_without_sealing_keys
from badges.actions.issuances.locking import agreed, locked_for_staff, problem_with_changing
from badges.exceptions import WrongStateError
from badges.models import ChangeKind, Issuance, IssuanceVersion, VersionKind
from badges.signals import versions_made

STATED = ("recipient_name", "issued_on", "expires_on", "narrative", "evidence")


class Correction(NamedTuple):
    """What one issuance is to say: any of STATED."""

    issuance: Issuance
    stated: Mapping[str, Any]


class Renewal(NamedTuple):
    issuance: Issuance
    expires_on: date


def correct_issuance(
    issuance: Issuance,
    *,
    by: User | None,
    reason: str,
    public_reason: str = "",
    hides_earlier_name: bool = False,
    notify: bool = False,
    also: Sequence[Issuance] = (),
    **stated: Any,
) -> Issuance:
    """Correct one, and with it the name on `also`: other badges of the same person. As correct_issuances()."""
    others = [Correction(other, {"recipient_name": stated["recipient_name"]}) for other in also]
    return correct_issuances(
        [Correction(issuance, stated), *others],
        by=by,
        reason=reason,
        public_reason=public_reason,
        hides_earlier_name=hides_earlier_name,
        notify=notify,
    )[0]


@transaction.atomic
def correct_issuances(
    corrections: Sequence[Correction],
    *,
    by: User | None,
    second: User | None = None,
    reason: str,
    public_reason: str = "",
    hides_earlier_name: bool = False,
    notify: bool = False,
) -> list[Issuance]:
    """Change what issuances say: name, dates, narrative or evidence. New versions; the old ones stay for ever.

    Codes and links stay too. `notify` here and below: the earners get a mail about it. `by` None is a rule of the
    organisation itself, `second` the person who agreed where it asks for one.

    All or none: raises PermissionDenied; SecondPersonNeededError; WrongStateError when one is revoked or does not differ.
    """
    issuances = locked_for_staff(
        [correction.issuance for correction in corrections], by=by, to=ChangeKind.CORRECT, second=second
    )
    made = []
    for issuance, (_seen, stated) in zip(issuances, corrections, strict=True):
        if problem := problem_with_changing(issuance):
            raise WrongStateError(problem)
        changed = differing(issuance, stated)
        if not changed:
            raise WrongStateError(_("Nothing differs from what the badge says now."))
        hides = hides_earlier_name or issuance.current_version.hides_earlier_name
        fields = {"public_reason": public_reason, "hides_earlier_name": hides, "changed_fields": list(changed)}
        made.append((issuance, {**fields, **changed}))
    return make_versions(made, kind=VersionKind.CORRECTED, by=by, second=second, reason=reason, notify=notify)


def differing(issuance: Issuance, stated: Mapping[str, Any]) -> dict[str, Any]:
    """What of this the issuance does not say now."""
    if "recipient_name" in stated:
        stated = {**stated, "recipient_name": clean_person_name(stated["recipient_name"])}
    says = issuance.current_version
    return {name: stated[name] for name in STATED if name in stated and stated[name] != getattr(says, name)}


def renew_issuance(
    issuance: Issuance, *, expires_on: date, by: User, reason: str = "", notify: bool = False
) -> Issuance:
    return renew_issuances([Renewal(issuance, expires_on)], by=by, reason=reason, notify=notify)[0]


@transaction.atomic
def renew_issuances(
    renewals: Sequence[Renewal], *, by: User | None, second: User | None = None, reason: str = "", notify: bool = False
) -> list[Issuance]:
    """Extend each to a later day. All or none: raises PermissionDenied, WrongStateError."""
    issuances = locked_for_staff([renewal.issuance for renewal in renewals], by=by, to=ChangeKind.RENEW, second=second)
    made = []
    for issuance, (_seen, expires_on) in zip(issuances, renewals, strict=True):
        if problem := problem_with_renewing(issuance, expires_on):
            raise WrongStateError(problem)
        made.append((issuance, {"changed_fields": ["expires_on"], "expires_on": expires_on}))
    return make_versions(made, kind=VersionKind.RENEWED, by=by, second=second, reason=reason, notify=notify)


def problem_with_renewing(issuance: Issuance, expires_on: date | None) -> str:
    """Why it cannot be valid until this day instead, or nothing."""
    if problem := problem_with_changing(issuance):
        return problem
    old = issuance.current_version.expires_on
    if old is None:
        return _("This badge never expires, so there is nothing to renew.")
    if expires_on is None or expires_on <= old:
        return _("Choose a day after the one on which the badge expires now.")
    return ""


@transaction.atomic
def make_versions(
    made: Sequence[tuple[Issuance, Mapping[str, Any]]],
    *,
    kind: VersionKind,
    by: User | None,
    second: User | None = None,
    reason: str,
    notify: bool,
) -> list[Issuance]:
    """Write the next version of each of these locked issuances: what the current one says but for the given fields."""
    refuse_without_sealing_keys()
    made_at = clock.now()
    issuances, old_version_ids, versions = [], [], []
    for issuance, fields in made:
        old = issuance.current_version
        kept = {name: getattr(old, name) for name in (*STATED, "hides_earlier_name", "names_address")}
        version = IssuanceVersion(
            **{
                **kept,
                "issuance": issuance,
                "number": old.number + 1,
                "kind": kind,
                "issuer_name": old.issuer_name,
                "issuer_logo_id": old.issuer_logo_id,
                "badge_version_id": old.badge_version_id,
                "made_by": by,
                "created_at": made_at,
                **fields,
            }
        )
        old_version_ids.append(old.pk)
        versions.append(version)
        issuance.current_version, issuance.expires_on = version, version.expires_on
        issuances.append(issuance)
    insert_many(versions)
    newest = IssuanceVersion.objects.filter(issuance=OuterRef("pk")).order_by("-number")
    Issuance.objects.filter(pk__in=[issuance.pk for issuance in issuances]).update(
        current_version=Subquery(newest.values("pk")[:1]),
        expires_on=Subquery(newest.values("expires_on")[:1]),
        updated_at=made_at,
    )
    audit.record_each(
        f"badge {kind.value}",
        [
            (
                issuance,
                issuance.issuer_id,
                {"version": version.number, "fields": version.changed_fields, **agreed(second)},
            )
            for issuance, version in zip(issuances, versions, strict=True)
        ],
        by=by,
        reason=reason,
    )
    versions_made.send(
        sender=Issuance,
        issuance_ids=[issuance.pk for issuance in issuances],
        version_ids=[version.pk for version in versions],
        old_version_ids=old_version_ids,
        kind=kind,
        notify=notify,
    )
    return issuances
