"""One's public page: its name, whether it is on, and what it says."""

from django.db import IntegrityError, transaction

from badgecert.accounts.models import User
from badgecert.accounts.secrets import keyed_hash
from badgecert.core import audit
from badges.actions.showing import prefer_visibility
from earners.actions.profile import save_section
from earners.exceptions import NameTakenError
from earners.models import Profile, UsedName


@transaction.atomic
def save_public_page(
    *,
    public_name: str | None,
    is_public: bool,
    new_badges: str,
    allows_search_engines: bool,
    by: User,
    **shows: bool,
) -> Profile:
    """Everything at once, as its form asks it. It holds on the very next request.

    A name that somebody gave up stays theirs: its link stands in their letters. Raises NameTakenError.
    """
    prefer_visibility(new_badges=new_badges, allows_search_engines=allows_search_engines, by=by)
    if public_name:
        _take_name(public_name, by=by)
    try:
        with transaction.atomic():
            profile = save_section(by=by, public_name=public_name or None, is_public=is_public, **shows)
    except IntegrityError as error:
        raise NameTakenError from error
    audit.record("public page on" if is_public else "public page off", profile, by=by)
    return profile


def _take_name(public_name: str, *, by: User) -> None:
    used, _created = UsedName.objects.get_or_create(name_hash=hash_of_name(public_name), defaults={"user": by})
    if used.user_id != by.pk:
        raise NameTakenError


def hash_of_name(public_name: str) -> str:
    return keyed_hash("public name", public_name)
