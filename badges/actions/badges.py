from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit
from badgecert.core.models import Picture, new_id
from badges.exceptions import WrongStateError
from badges.models import AchievementType, Badge, BadgeState, BadgeVersion
from issuers.models import Issuer
from issuers.permissions import can_design


@dataclass(frozen=True, kw_only=True)
class BadgeContent:
    """What a version of a badge says."""

    name: str
    description: str
    criteria_to_earn: str
    picture: Picture
    art: dict[str, Any] = field(default_factory=dict)
    achievement_type: str = AchievementType.BADGE
    criteria_to_maintain: str = ""
    skills: list[dict[str, str]] = field(default_factory=list)
    certificate_design: str = ""
    certificate_colour: str = ""
    certificate_wording: dict[str, str] = field(default_factory=dict)
    signatories: list[dict[str, str]] = field(default_factory=list)

    def as_fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@transaction.atomic
def make_badge(issuer: Issuer, *, content: BadgeContent, by: User, **live: Any) -> Badge:
    """A new badge as a draft, with its first version. `live` are fields of Badge (slug, expiry rule, …).

    Raises PermissionDenied.
    """
    if not can_design(by, issuer):
        raise PermissionDenied
    version_id = new_id()
    badge = Badge(issuer=issuer, current_version_id=version_id, **live)
    badge.full_clean(exclude=["current_version"])
    badge.save(force_insert=True)
    badge.current_version = BadgeVersion.objects.create(
        id=version_id, badge=badge, number=1, made_by=by, **content.as_fields()
    )
    audit.record("badge made", badge, by=by, issuer_id=issuer.pk)
    return badge


@transaction.atomic
def update_badge(badge: Badge, *, content: BadgeContent, by: User, **live: Any) -> Badge:
    """Change a badge. What was issued keeps the version it was given; a new version is written only if one is needed.

    Raises PermissionDenied.
    """
    badge = _locked(badge, by=by)
    for name, value in live.items():
        setattr(badge, name, value)
    current = badge.current_version
    changed = [name for name, value in content.as_fields().items() if getattr(current, name) != value]
    if changed:
        badge.current_version = BadgeVersion.objects.create(
            badge=badge, number=current.number + 1, made_by=by, **content.as_fields()
        )
    badge.full_clean()
    badge.save()
    audit.record("badge changed", badge, by=by, issuer_id=badge.issuer_id, fields=changed + sorted(live))
    return badge


@transaction.atomic
def publish_badge(badge: Badge, *, by: User) -> Badge:
    """From now on it can be issued, and strangers can read what it means. Raises PermissionDenied."""
    badge = _locked(badge, by=by)
    if badge.state == BadgeState.PUBLISHED:
        raise WrongStateError(_("This badge is published already."))
    return _moved(badge, to=BadgeState.PUBLISHED, by=by)


@transaction.atomic
def retire_badge(badge: Badge, *, by: User) -> Badge:
    """No more of these; the ones that people hold stay as they are. Raises PermissionDenied."""
    badge = _locked(badge, by=by)
    if badge.state != BadgeState.PUBLISHED:
        raise WrongStateError(_("Only a published badge can be retired."))
    return _moved(badge, to=BadgeState.RETIRED, by=by)


def expiry_for(badge: Badge, *, issued_on: date, chosen: date | None) -> date | None:
    """The date staff chose for one issuance, else what the badge's rule gives."""
    return chosen or badge.expires_on_for(issued_on)


def _locked(badge: Badge, *, by: User) -> Badge:
    badge = Badge.objects.select_for_update(of=("self",)).select_related("current_version", "issuer").get(pk=badge.pk)
    if not can_design(by, badge.issuer):
        raise PermissionDenied
    return badge


def _moved(badge: Badge, *, to: BadgeState, by: User) -> Badge:
    badge.state = to
    badge.save(update_fields=["state", "updated_at"])
    audit.record(f"badge {to.value}", badge, by=by, issuer_id=badge.issuer_id)
    return badge
