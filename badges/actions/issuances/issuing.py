import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from badgecert.accounts.actions import ensure_users
from badgecert.accounts.models import User
from badgecert.core import audit, clock, codes, seal
from badgecert.core.inserting import insert_alike, insert_many, like
from badgecert.core.models import new_id
from badgecert.core.text import canonical_email, clean_email, clean_person_name
from badges.exceptions import AlreadyHoldsError, IssuingImpossibleError
from badges.models import (
    BadgeState,
    BadgeVersion,
    Batch,
    Issuance,
    IssuanceVersion,
    VersionKind,
    VisibilityPreference,
)
from badges.models.issuance import new_salt
from badges.signals import badges_issued
from issuers.permissions import can_issue


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
    refuse_without_sealing_keys()
    if badge.state != BadgeState.PUBLISHED:
        raise IssuingImpossibleError(_("Publish the badge first; only a published badge can be issued."))

    keys = [row.recipient_key for row in rows]
    earners = ensure_users(keys)
    preferred = visibility_preferred_by(earners.values())
    issued_at = clock.now()
    given = Issuance(badge=badge, issuer=issuer, batch=batch, issued_at=issued_at, issued_by=by)
    said = IssuanceVersion(
        number=1,
        kind=VersionKind.ISSUED,
        issuer_name=issuer.name,
        issuer_logo_id=issuer.logo_id,
        badge_version=badge_version,
        made_by=by,
        created_at=issued_at,
    )
    issuances, versions = [], []
    for row, key in zip(rows, keys, strict=True):
        issuance = like(
            given,
            code=codes.new_code(),
            earner_id=earners[key].pk,
            recipient_email=row.recipient_email,
            recipient_key=key,
            identity_salt=new_salt(),
            current_version_id=new_id(),
            visibility=preferred.get(earners[key].pk, badge.default_visibility),
            completed_on=row.completed_on,
            expires_on=row.expires_on,
        )
        issuances.append(issuance)
        versions.append(
            {
                "id": issuance.current_version_id,
                "issuance_id": issuance.pk,
                "recipient_name": row.recipient_name,
                "issued_on": row.issued_on,
                "expires_on": row.expires_on,
                "narrative": row.narrative,
                "evidence": row.evidence,
            }
        )
    try:
        with transaction.atomic():
            insert_many(issuances)
    except IntegrityError as error:
        raise AlreadyHoldsError(sorted(holders_of(badge_version, keys) or keys)) from error
    insert_alike(said, versions)
    audit.record_many("badge issued", issuances, by=by, issuer_id=issuer.pk)
    badges_issued.send(sender=Issuance, issuance_ids=[issuance.pk for issuance in issuances])
    return issuances


def visibility_preferred_by(earners: Iterable[User]) -> dict[uuid.UUID, str]:
    """Of those who said how visible their new badges are to be."""
    ids = [earner.pk for earner in earners]
    preferences = VisibilityPreference.objects.filter(user__id__any=ids).exclude(new_badges="")
    return dict(preferences.values_list("user_id", "new_badges"))


def holders_of(badge_version: BadgeVersion, recipient_keys: Sequence[str]) -> set[str]:
    """Which of these canonical addresses hold the badge now."""
    return set(
        Issuance.objects.standing()
        .filter(badge_id=badge_version.badge_id, recipient_key__any=recipient_keys)
        .values_list("recipient_key", flat=True)
    )


def refuse_without_sealing_keys() -> None:
    """What is issued is signed, and the keys to sign with are sealed."""
    if not seal.is_ready():
        raise IssuingImpossibleError(_("Nothing can be issued: the operator must set SEALING_KEYS first."))
