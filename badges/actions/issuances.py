"""The life of an issuance: issue, claim, decline, show, correct, renew, suspend, restore, revoke, reinstate."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from badgecert.accounts.actions import ensure_users
from badgecert.accounts.models import User
from badgecert.core import audit, clock, seal
from badgecert.core.dates import day_in, long_date
from badgecert.core.models import new_id
from badgecert.core.text import canonical_email, clean_email, clean_person_name
from badges.exceptions import AlreadyHoldsError, IssuingImpossibleError, TooLateError, WrongStateError
from badges.models import BadgeState, BadgeVersion, Batch, Issuance, IssuanceVersion, VersionKind, Visibility
from badges.permissions import is_earner_of
from badges.signals import badges_issued, issuance_revoked, issuance_suspended, version_made
from issuers.permissions import can_issue

DECLINE_UNDO_DAYS = 30

_STATED = ("recipient_name", "issued_on", "expires_on", "narrative", "evidence")


@dataclass(frozen=True, kw_only=True)
class NewIssuance:
    """One person to be given the badge. Raises ValidationError when the name or the address cannot be."""

    recipient_name: str
    recipient_email: str
    issued_on: date
    expires_on: date | None = None
    completed_on: date | None = None
    narrative: str = ""
    evidence: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        object.__setattr__(self, "recipient_name", clean_person_name(self.recipient_name))
        object.__setattr__(self, "recipient_email", clean_email(self.recipient_email))

    @property
    def recipient_key(self) -> str:
        return canonical_email(self.recipient_email)


@transaction.atomic
def issue_badges(
    rows: Sequence[NewIssuance], *, badge_version: BadgeVersion, by: User, batch: Batch | None = None
) -> list[Issuance]:
    """Give the badge to these people: the only function that issues. All of them or none.

    Costs a constant number of statements per call, whatever the number of rows; callers bring 500 to 5,000 at a time.
    Rows of a batch were allowed when it was confirmed; anything else needs the right now.

    Raises PermissionDenied; IssuingImpossibleError; AlreadyHoldsError with every address that holds the badge.
    """
    badge = badge_version.badge
    issuer = badge.issuer
    if batch is None and not can_issue(by, issuer):
        raise PermissionDenied
    _refuse_without_sealing_keys()
    if badge.state != BadgeState.PUBLISHED:
        raise IssuingImpossibleError(_("Publish the badge first; only a published badge can be issued."))
    holders = holders_of(badge_version, [row.recipient_key for row in rows])
    if holders:
        raise AlreadyHoldsError(sorted(holders))

    earners = ensure_users(row.recipient_key for row in rows)
    issued_at = clock.now()
    issuances, versions = [], []
    for row in rows:
        issuance = Issuance(
            id=new_id(),
            badge=badge,
            issuer=issuer,
            batch=batch,
            earner=earners[row.recipient_key],
            recipient_email=row.recipient_email,
            recipient_key=row.recipient_key,
            current_version_id=new_id(),
            visibility=badge.default_visibility,
            completed_on=row.completed_on,
            issued_at=issued_at,
            issued_by=by,
        )
        issuances.append(issuance)
        versions.append(
            IssuanceVersion(
                id=issuance.current_version_id,
                issuance=issuance,
                number=1,
                kind=VersionKind.ISSUED,
                recipient_name=row.recipient_name,
                issued_on=row.issued_on,
                expires_on=row.expires_on,
                narrative=row.narrative,
                evidence=row.evidence,
                issuer_name=issuer.name,
                issuer_logo_id=issuer.logo_id,
                badge_version=badge_version,
                made_by=by,
                created_at=issued_at,
            )
        )
    try:
        with transaction.atomic():
            Issuance.objects.bulk_create(issuances)
    except IntegrityError as error:
        # Somebody else gave it to one of them since the look above: the button was pressed twice.
        raise AlreadyHoldsError([row.recipient_key for row in rows]) from error
    IssuanceVersion.objects.bulk_create(versions)
    audit.record_many("badge issued", issuances, by=by, issuer_id=issuer.pk)
    badges_issued.send(sender=Issuance, issuance_ids=[issuance.pk for issuance in issuances])
    return issuances


def holders_of(badge_version: BadgeVersion, recipient_keys: Sequence[str]) -> set[str]:
    """Which of these canonical addresses hold the badge now."""
    return set(
        Issuance.objects.standing()
        .filter(badge_id=badge_version.badge_id, recipient_key__in=recipient_keys)
        .values_list("recipient_key", flat=True)
    )


@transaction.atomic
def claim_issuance(issuance: Issuance, *, by: User) -> Issuance:
    """The earner accepts it. Claiming twice changes nothing: people press twice. Raises PermissionDenied."""
    issuance = _locked(issuance)
    if not is_earner_of(by, issuance):
        raise PermissionDenied
    if issuance.claimed_at:
        return issuance
    if issuance.revoked_at:
        raise WrongStateError(_("This badge was withdrawn by its issuer, so it cannot be claimed."))
    if issuance.declined_at:
        raise WrongStateError(_("You said that this badge is not yours. Take it back first."))
    issuance.claimed_at = clock.now()
    issuance.save(update_fields=["claimed_at", "updated_at"])
    audit.record("badge claimed", issuance, by=by, issuer_id=issuance.issuer_id)
    return issuance


@transaction.atomic
def decline_issuance(issuance: Issuance, *, by: User) -> Issuance:
    """ "Not mine": it answers *private* and gets no more mail; the earner can take it back. Raises PermissionDenied."""
    issuance = _locked(issuance)
    if not is_earner_of(by, issuance):
        raise PermissionDenied
    if issuance.declined_at:
        return issuance
    issuance.declined_at, issuance.claimed_at = clock.now(), None
    issuance.save(update_fields=["declined_at", "claimed_at", "updated_at"])
    audit.record("badge declined", issuance, by=by, issuer_id=issuance.issuer_id)
    return issuance


@transaction.atomic
def take_back_issuance(issuance: Issuance, *, by: User) -> Issuance:
    """Undo *Not mine*, within 30 days. Raises PermissionDenied, TooLateError."""
    issuance = _locked(issuance)
    if not is_earner_of(by, issuance):
        raise PermissionDenied
    if issuance.declined_at is None:
        return issuance
    if clock.now() > issuance.declined_at + timedelta(days=DECLINE_UNDO_DAYS):
        raise TooLateError(_("You declined this badge more than 30 days ago. Ask its issuer."))
    issuance.declined_at = None
    issuance.save(update_fields=["declined_at", "updated_at"])
    audit.record("badge taken back", issuance, by=by, issuer_id=issuance.issuer_id)
    return issuance


@transaction.atomic
def set_visibility(issuance: Issuance, *, visibility: Visibility | str, by: User) -> Issuance:
    """Who can see it, from the very next request on. The earner alone decides. Raises PermissionDenied."""
    issuance = _locked(issuance)
    if not is_earner_of(by, issuance):
        raise PermissionDenied
    visibility = Visibility(visibility)
    if issuance.visibility != visibility:
        audit.record(
            "visibility changed",
            issuance,
            by=by,
            issuer_id=issuance.issuer_id,
            before=issuance.visibility,
            after=visibility.value,
        )
        issuance.visibility = visibility
        issuance.save(update_fields=["visibility", "updated_at"])
    return issuance


@transaction.atomic
def name_address(issuance: Issuance, *, names_address: bool, by: User) -> Issuance:
    """Write the earner's address itself into the credential, or its salted hash only. The earner alone decides.

    What is signed is not changed, so this makes a version. Raises PermissionDenied; WrongStateError when revoked.
    """
    issuance = _locked(issuance)
    if not is_earner_of(by, issuance):
        raise PermissionDenied
    if issuance.revoked_at:
        raise WrongStateError(_("This badge was revoked, so its file is not written anew."))
    if issuance.current_version.names_address == names_address:
        return issuance
    return _with_new_version(
        issuance,
        kind=VersionKind.CORRECTED,
        by=by,
        reason="",
        notify=False,
        changed_fields=["names_address"],
        names_address=names_address,
    )


@transaction.atomic
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
    """Change what an issuance says: name, dates, narrative or evidence. A new version; the old one stays for ever.

    The code and the link stay too. `notify` here and below: the earner gets a mail about it. `by` None is a rule of the
    organisation itself. `also`: other badges of the same person on which the name is corrected with this one, all or
    none. Raises PermissionDenied; WrongStateError when revoked or nothing differs.
    """
    issuance = _locked_for_staff(issuance, by=by)
    current = issuance.current_version
    for other in also:
        correct_issuance(
            other,
            by=by,
            reason=reason,
            public_reason=public_reason,
            hides_earlier_name=hides_earlier_name,
            notify=notify,
            recipient_name=stated["recipient_name"],
        )
    if "recipient_name" in stated:
        stated["recipient_name"] = clean_person_name(stated["recipient_name"])
    changed = [name for name in _STATED if name in stated and stated[name] != getattr(current, name)]
    if not changed:
        raise WrongStateError(_("Nothing differs from what the badge says now."))
    return _with_new_version(
        issuance,
        kind=VersionKind.CORRECTED,
        by=by,
        reason=reason,
        notify=notify,
        public_reason=public_reason,
        hides_earlier_name=hides_earlier_name or current.hides_earlier_name,
        changed_fields=changed,
        **{name: stated[name] for name in changed},
    )


@transaction.atomic
def renew_issuance(
    issuance: Issuance, *, expires_on: date, by: User, reason: str = "", notify: bool = False
) -> Issuance:
    """Extend it to a later day: a new version under the same code. Raises PermissionDenied, WrongStateError."""
    issuance = _locked_for_staff(issuance, by=by)
    old = issuance.current_version.expires_on
    if old is None or expires_on <= old:
        raise WrongStateError(_("Choose a day after the one on which the badge expires now."))
    return _with_new_version(
        issuance,
        kind=VersionKind.RENEWED,
        by=by,
        reason=reason,
        notify=notify,
        changed_fields=["expires_on"],
        expires_on=expires_on,
    )


@transaction.atomic
def suspend_issuance(issuance: Issuance, *, reason: str, by: User, notify: bool = False) -> Issuance:
    """Put it under review: its page says so until it is restored. Raises PermissionDenied, WrongStateError."""
    issuance = _locked_for_staff(issuance, by=by)
    if issuance.suspended_at:
        raise WrongStateError(_("This badge is under review already."))
    issuance.suspended_at = clock.now()
    issuance.save(update_fields=["suspended_at", "updated_at"])
    audit.record("badge suspended", issuance, by=by, issuer_id=issuance.issuer_id, reason=reason)
    issuance_suspended.send(sender=Issuance, issuance=issuance, notify=notify)
    return issuance


@transaction.atomic
def restore_issuance(issuance: Issuance, *, reason: str, by: User, notify: bool = False) -> Issuance:
    """End the review: a new version, because the suspended one stays marked. Raises PermissionDenied."""
    issuance = _locked_for_staff(issuance, by=by)
    if issuance.suspended_at is None:
        raise WrongStateError(_("This badge is not under review."))
    issuance.suspended_at = None
    issuance.save(update_fields=["suspended_at", "updated_at"])
    return _with_new_version(issuance, kind=VersionKind.RESTORED, by=by, reason=reason, notify=notify)


@transaction.atomic
def revoke_issuance(issuance: Issuance, *, reason: str, by: User, notify: bool = False) -> Issuance:
    """Withdraw it; its page keeps answering and says so, with the reason. Raises PermissionDenied.

    Revoking twice is refused, so that the second person meets the first one's reason.
    """
    if not reason.strip():
        raise WrongStateError(_("Give a reason; the public page shows it."))
    issuance = _locked_for_staff(issuance, by=by)
    issuance.revoked_at, issuance.revocation_reason = clock.now(), reason.strip()
    issuance.save(update_fields=["revoked_at", "revocation_reason", "updated_at"])
    audit.record("badge revoked", issuance, by=by, issuer_id=issuance.issuer_id, reason=reason)
    issuance_revoked.send(sender=Issuance, issuance=issuance, notify=notify)
    return issuance


@transaction.atomic
def reinstate_issuance(issuance: Issuance, *, reason: str, by: User, notify: bool = False) -> Issuance:
    """Take a revocation back: a new version. Raises PermissionDenied, WrongStateError, AlreadyHoldsError."""
    issuance = _locked(issuance)
    if not can_issue(by, issuance.issuer):
        raise PermissionDenied
    if issuance.revoked_at is None:
        raise WrongStateError(_("This badge is not revoked."))
    if holders_of(issuance.current_version.badge_version, [issuance.recipient_key]):
        raise AlreadyHoldsError([issuance.recipient_email])
    issuance.revoked_at, issuance.revocation_reason = None, ""
    issuance.save(update_fields=["revoked_at", "revocation_reason", "updated_at"])
    return _with_new_version(issuance, kind=VersionKind.REINSTATED, by=by, reason=reason, notify=notify)


def _locked(issuance: Issuance) -> Issuance:
    return (
        Issuance.objects.select_for_update(of=("self",))
        .select_related("current_version__badge_version", "issuer")
        .get(pk=issuance.pk)
    )


def _locked_for_staff(issuance: Issuance, *, by: User | None) -> Issuance:
    issuance = _locked(issuance)
    if by is not None and not can_issue(by, issuance.issuer):
        raise PermissionDenied
    if issuance.revoked_at:
        raise WrongStateError(
            _("This badge was revoked on %(day)s: %(reason)s. Reinstate it first.")
            % {
                "day": long_date(day_in(issuance.revoked_at, issuance.issuer.time_zone)),
                "reason": issuance.revocation_reason,
            }
        )
    if issuance.erased_at:
        raise WrongStateError(_("This badge was erased at its earner's request."))
    return issuance


def _refuse_without_sealing_keys() -> None:
    """What is issued is signed, and the keys to sign with are sealed."""
    if not seal.is_ready():
        raise IssuingImpossibleError(_("Nothing can be issued: the operator must set SEALING_KEYS first."))


def _with_new_version(
    issuance: Issuance,
    *,
    kind: VersionKind,
    by: User | None,
    reason: str,
    notify: bool,
    **fields: Any,
) -> Issuance:
    _refuse_without_sealing_keys()
    old = issuance.current_version
    stated: dict[str, Any] = {name: getattr(old, name) for name in (*_STATED, "hides_earlier_name", "names_address")}
    version = IssuanceVersion(
        **{
            **stated,
            "issuance": issuance,
            "number": old.number + 1,
            "kind": kind,
            "issuer_name": old.issuer_name,
            "issuer_logo_id": old.issuer_logo_id,
            "badge_version_id": old.badge_version_id,
            "made_by": by,
            **fields,
        }
    )
    version.save(force_insert=True)
    issuance.current_version = version
    issuance.save(update_fields=["current_version", "updated_at"])
    audit.record(
        f"badge {kind.value}",
        issuance,
        by=by,
        issuer_id=issuance.issuer_id,
        reason=reason,
        version=version.number,
        fields=version.changed_fields,
    )
    version_made.send(sender=Issuance, issuance=issuance, version=version, old_version=old, notify=notify)
    return issuance
