from collections.abc import Iterable

from django.db import transaction

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badges.actions.issuances import claim_issuance
from badges.models import Issuance
from earners.models import EarnerRequest, Photo, Profile

_OF_PUBLIC_PAGE = ("public_name", "is_public", "shows_photo", "shows_work", "shows_about", "shows_links")


@transaction.atomic
def save_section(*, by: User, **fields: object) -> Profile:
    """Keep what this person says about themselves in one section of their profile. No badge changes."""
    profile, _created = Profile.objects.update_or_create(
        user=by, defaults=fields, create_defaults={"display_name": display_name_of(by), **fields}
    )
    audit.record("profile saved", profile, by=by, fields=sorted(fields))
    return profile


@transaction.atomic
def save_language(*, language: str, time_zone: str, by: User) -> User:
    """In which language and by which clock pages and mails speak to this person."""
    by.language, by.time_zone = language, time_zone
    by.save(update_fields=["language", "time_zone"])
    audit.record("language and time zone saved", by, by=by)
    return by


@transaction.atomic
def save_photo(*, photo: bytes, by: User) -> Photo:
    profile = save_section(by=by)
    # A new row, so that its address is new and no browser shows the old one.
    Photo.objects.filter(profile=profile).delete()
    return Photo.objects.create(profile=profile, webp=photo)


@transaction.atomic
def delete_photo(*, by: User) -> None:
    removed, _rows = Photo.objects.filter(profile__user=by).delete()
    if removed:
        audit.record("photo removed", by, by=by)


def display_name_of(user: User) -> str:
    """How this site calls somebody: by the name they chose, else by the one on their newest badge."""
    profile = Profile.objects.filter(user=user).first()
    if profile is not None:
        return profile.display_name
    newest = Issuance.objects.held_by(user).select_related("current_version").order_by("-issued_at").first()
    return user.name or (newest.current_version.recipient_name if newest else "") or user.email


@transaction.atomic
def fill_profile(*, kept: User, closed: User) -> None:
    """Two accounts became one: what the kept profile does not say, the other one may."""
    other = Profile.objects.filter(user=closed).first()
    if other is None:
        return
    mine = Profile.objects.filter(user=kept).first()
    if mine is None:
        other.user = kept
        other.save(update_fields=["user", "updated_at"])
        return
    for name in ("employer", "job_title", "place", "about", "links", "welcomed_at"):
        if not getattr(mine, name):
            setattr(mine, name, getattr(other, name))
    if not mine.public_name:
        for name in _OF_PUBLIC_PAGE:
            setattr(mine, name, getattr(other, name))
    if not Photo.objects.filter(profile=mine).exists():
        Photo.objects.filter(profile=other).update(profile=mine)
    other.delete()
    mine.save()


@transaction.atomic
def move_requests(*, kept: User, closed: User) -> None:
    """What the closed account asked its badges' issuers, the other one goes on asking."""
    EarnerRequest.objects.filter(earner=closed).update(earner=kept)


@transaction.atomic
def welcome_earner(*, display_name: str, language: str, claimed: Iterable[Issuance], by: User) -> Profile:
    """The first visit is done: their name and language are confirmed, and these badges claimed.

    Raises PermissionDenied and WrongStateError like claim_issuance.
    """
    profile = save_section(display_name=display_name, by=by)
    save_language(language=language, time_zone=by.time_zone, by=by)
    profile.welcomed_at = profile.welcomed_at or clock.now()
    profile.save(update_fields=["welcomed_at", "updated_at"])
    for issuance in claimed:
        claim_issuance(issuance, by=by)
    return profile
