from collections.abc import Iterable

from django.db import transaction

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badges.actions.issuances import claim_issuance
from badges.models import Issuance
from earners.models import Profile


@transaction.atomic
def save_profile(*, display_name: str, language: str, by: User) -> Profile:
    """Keep how this person is called and in which language. Their badges keep the names that their issuers gave."""
    profile, _created = Profile.objects.update_or_create(user=by, defaults={"display_name": display_name})
    by.language = language
    by.save(update_fields=["language"])
    audit.record("profile saved", profile, by=by)
    return profile


@transaction.atomic
def welcome_earner(*, display_name: str, language: str, claimed: Iterable[Issuance], by: User) -> Profile:
    """The first visit is done: their name and language are confirmed, and these badges claimed.

    Raises PermissionDenied and WrongStateError like claim_issuance.
    """
    profile = save_profile(display_name=display_name, language=language, by=by)
    profile.welcomed_at = profile.welcomed_at or clock.now()
    profile.save(update_fields=["welcomed_at", "updated_at"])
    for issuance in claimed:
        claim_issuance(issuance, by=by)
    return profile
