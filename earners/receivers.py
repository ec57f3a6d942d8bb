import uuid
from typing import Any

from django.dispatch import receiver

from badgecert.accounts.models import User
from badgecert.accounts.signals import accounts_merged, person_erased, personal_data_wanted
from badges.models import Proposal
from badges.signals import issuances_erased, proposal_settled
from earners.actions.collections import move_collections
from earners.actions.leaving import forget_profile, forget_requests
from earners.actions.profile import fill_profile, move_requests
from earners.actions.proposing import answer_what_led_to
from earners.actions.questions import forget_questions
from earners.models import CollectionItem, EarnerRequest, Export, UsedName
from earners.personal_data import personal_data_of


@receiver(issuances_erased)
def forget_requests_about(issuance_ids: list[uuid.UUID], **kwargs: object) -> None:
    CollectionItem.objects.filter(issuance__in=issuance_ids).delete()
    forget_requests(EarnerRequest.objects.filter(issuance__in=issuance_ids))


@receiver(person_erased)
def forget_what_they_said(user: User, addresses: list[str], **kwargs: object) -> None:
    Export.objects.filter(user=user).delete()
    forget_profile(user)
    forget_questions(addresses)
    forget_requests(EarnerRequest.objects.filter(earner=user))


@receiver(accounts_merged)
def join_what_they_said(kept: User, closed: User, **kwargs: object) -> None:
    # Of either it would be only half by now.
    Export.objects.filter(user__in=[kept, closed]).delete()
    fill_profile(kept=kept, closed=closed)
    move_requests(kept=kept, closed=closed)
    move_collections(kept=kept, closed=closed)
    UsedName.objects.filter(user=closed).update(user=kept)


@receiver(personal_data_wanted)
def tell_what_is_held(user: User, **kwargs: object) -> dict[str, Any]:
    return personal_data_of(user)


@receiver(proposal_settled)
def answer_the_request(proposal: Proposal, **kwargs: object) -> None:
    answer_what_led_to(proposal)
