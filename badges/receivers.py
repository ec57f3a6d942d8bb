from typing import Any

from django.dispatch import receiver

from badgecert.accounts.actions.erasing import ErasureGround
from badgecert.accounts.models import User
from badgecert.accounts.signals import accounts_merged, person_erased, personal_data_wanted
from badges.actions.addresses import move_issuances
from badges.actions.erasing import erase_issuances, erase_rows_for
from badges.actions.showing import move_choices
from badges.models import BatchRow, Issuance, ShareLink, VisibilityPreference
from badges.personal_data import personal_data_of


@receiver(person_erased)
def erase_what_they_hold(
    user: User, addresses: list[str], ground: ErasureGround, by: User | None, **kwargs: object
) -> None:
    erase_issuances(Issuance.objects.filter(earner=user), ground=ground, by=by)
    erase_rows_for(addresses, rows=BatchRow.objects.all())
    # Also of badges that turned out to be somebody else's.
    ShareLink.objects.filter(earner=user).delete()
    VisibilityPreference.objects.filter(user=user).delete()


@receiver(accounts_merged)
def move_what_they_hold(kept: User, closed: User, by: User, **kwargs: object) -> None:
    move_issuances(kept=kept, closed=closed, by=by)
    move_choices(kept=kept, closed=closed)


@receiver(personal_data_wanted)
def tell_what_is_held(user: User, **kwargs: object) -> dict[str, Any]:
    return personal_data_of(user)
