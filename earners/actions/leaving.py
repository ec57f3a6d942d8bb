"""Closing one's account, and being erased by those who hold one's data."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from badgecert.accounts.actions.erasing import ErasureGround, erase_person
from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.erasing import mark_erased
from badges.actions.erasing import erase_issuances, erase_rows_for
from badges.models import BatchRow, Issuance
from earners.models import Attachment, Collection, EarnerRequest, Profile, RequestEntry, RequestState, UsedName
from earners.models.request import DECIDED_STATES
from issuers.permissions import issuers_owned_by


def delete_account(user: User) -> User:
    """The person themselves wants it; their password was asked for again. Raises LastOwnerError."""
    return erase_person(user, ground=ErasureGround.OWN_WISH, by=user)


@transaction.atomic
def erase_for_organisation(user: User, *, ground: ErasureGround, by: User) -> bool:
    """An owner takes out what their organisations hold about a person; returns whether their account is gone, too.

    Badges of others are not theirs to erase, so the account stays for these. Raises PermissionDenied.
    """
    issuers = issuers_owned_by(by)
    held = Issuance.objects.filter(earner=user, issuer__in=issuers)
    addresses = set(held.values_list("recipient_key", flat=True))
    if not erase_issuances(held, ground=ground, by=by):
        raise PermissionDenied
    erase_rows_for(addresses, rows=BatchRow.objects.filter(batch__issuer__in=issuers))
    if user.is_staff or user.is_superuser or Issuance.objects.held_by(user).exists():
        return False
    erase_person(user, ground=ground, by=by)
    return True


@transaction.atomic
def forget_profile(user: User) -> None:
    mark_erased(Profile.objects.filter(user=user).values_list("pk", flat=True))
    Profile.objects.filter(user=user).delete()
    UsedName.objects.filter(user=user).update(user=None)
    collections = Collection.objects.of(user)
    mark_erased(collections.values_list("pk", flat=True))
    collections.delete()


@transaction.atomic
def forget_requests(requests: "QuerySet[EarnerRequest]") -> None:
    """The words and files go. That somebody asked, about what, and what was decided, stays."""
    ids, now = list(requests.values_list("pk", flat=True)), clock.now()
    mark_erased(ids)
    RequestEntry.objects.filter(request__in=ids).update(text=None)
    Attachment.objects.filter(entry__request__in=ids).update(name=None, content=None)
    asked = EarnerRequest.objects.filter(pk__in=ids)
    asked.exclude(state__in=DECIDED_STATES).update(state=RequestState.CLOSED, decided_at=now)
    asked.update(wanted_name="", wanted_on=None, employer="", postal_address="", proposed_answer="", updated_at=now)
