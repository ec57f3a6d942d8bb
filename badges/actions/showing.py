"""What earners decide about who sees their badges, besides the visibility of each one."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badges.disclosure import Opened
from badges.exceptions import WrongStateError
from badges.models import (
    PARTS_OF_FILES,
    Issuance,
    SharedPart,
    ShareLink,
    Visibility,
    VisibilityPreference,
)
from badges.permissions import is_earner_of

# Enough for every employer one writes to; a list that nobody reads keeps nobody out.
LINKS_OF_A_BADGE = 50


@transaction.atomic
def prefer_visibility(*, new_badges: Visibility | str, allows_search_engines: bool, by: User) -> VisibilityPreference:
    """What one's badges are from now on when they are new ("": as their issuer says), and whether they may be found."""
    preference, _created = VisibilityPreference.objects.update_or_create(
        user=by,
        defaults={"new_badges": new_badges, "allows_search_engines": allows_search_engines},
    )
    audit.record("visibility preferred", preference, by=by, new_badges=str(new_badges), found=allows_search_engines)
    return preference


@transaction.atomic
def archive_issuance(issuance: Issuance, *, by: User) -> Issuance:
    """Put it aside: out of sight in the portfolio and on the public page. Raises PermissionDenied."""
    return _set_aside(issuance, is_archived=True, by=by)


@transaction.atomic
def unarchive_issuance(issuance: Issuance, *, by: User) -> Issuance:
    """Back to where it was. Raises PermissionDenied."""
    return _set_aside(issuance, is_archived=False, by=by)


def _set_aside(issuance: Issuance, *, is_archived: bool, by: User) -> Issuance:
    issuance = _own(issuance, by=by)
    if (issuance.archived_at is not None) != is_archived:
        issuance.archived_at = clock.now() if is_archived else None
        issuance.save(update_fields=["archived_at", "updated_at"])
        verb = "badge archived" if is_archived else "badge taken out of the archive"
        audit.record(verb, issuance, by=by, issuer_id=issuance.issuer_id)
    return issuance


@transaction.atomic
def make_share_link(
    issuance: Issuance, *, name: str, parts: Iterable[str], ends_on: date | None = None, by: User
) -> ShareLink:
    """A link of its own under which this badge is seen as far as `parts` say. Raises PermissionDenied, WrongStateError."""
    issuance = _own(issuance, by=by)
    if issuance.declined_at:
        raise WrongStateError(_("You said that this badge is not yours. Take it back before you share it."))
    if issuance.revoked_at:
        raise WrongStateError(_("This badge was withdrawn by its issuer, so there is nothing to share."))
    if ShareLink.objects.of(by).filter(issuance=issuance, withdrawn_at=None).count() >= LINKS_OF_A_BADGE:
        raise WrongStateError(
            _("This badge has %(count)d share links. Withdraw one of them first.") % {"count": LINKS_OF_A_BADGE}
        )
    link = ShareLink.objects.create(issuance=issuance, earner=by, name=name, parts=completed(parts), ends_on=ends_on)
    audit.record("share link made", issuance, by=by, issuer_id=issuance.issuer_id, link=str(link.pk))
    return link


def completed(parts: Iterable[str]) -> list[str]:
    """With what the chosen parts say anyway, in the order of the form."""
    chosen = {SharedPart(part) for part in parts}
    if SharedPart.FILES in chosen:
        chosen |= PARTS_OF_FILES
    if SharedPart.HISTORY in chosen:
        chosen.add(SharedPart.DATES)
    return [part.value for part in SharedPart if part in chosen]


@transaction.atomic
def withdraw_share_link(link: ShareLink, *, by: User) -> ShareLink:
    """It shows nothing from the very next request on, and never again. Raises PermissionDenied."""
    issuance = _own(link.issuance, by=by)
    withdrawn = ShareLink.objects.of(by).filter(pk=link.pk, withdrawn_at=None).update(withdrawn_at=clock.now())
    if withdrawn:
        audit.record("share link withdrawn", issuance, by=by, issuer_id=issuance.issuer_id, link=str(link.pk))
    link.refresh_from_db()
    return link


def count_opening(opened: Opened) -> None:
    """Somebody followed the link and saw the badge. Openings are counted, not people."""
    ShareLink.objects.filter(pk=opened.link_id).update(opened_count=F("opened_count") + 1, last_opened_on=clock.today())


def move_choices(*, kept: User, closed: User) -> None:
    """Two accounts became one: links go on working, and what the kept one prefers holds."""
    ShareLink.objects.filter(earner=closed).update(earner=kept)
    other = VisibilityPreference.objects.filter(user=closed).first()
    if other is None:
        return
    if VisibilityPreference.objects.filter(user=kept).exists():
        other.delete()
        return
    other.user = kept
    # Nobody asked to be found under the other name.
    other.allows_search_engines = False
    other.save(update_fields=["user", "allows_search_engines", "updated_at"])


def _own(issuance: Issuance, *, by: User) -> Issuance:
    issuance = Issuance.objects.select_for_update(of=("self",)).get(pk=issuance.pk)
    if not is_earner_of(by, issuance):
        raise PermissionDenied
    return issuance
