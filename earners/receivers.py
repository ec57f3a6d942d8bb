import uuid

from django.dispatch import receiver

from badgecert.accounts.models import User
from badgecert.accounts.signals import person_erased
from badges.signals import issuances_erased
from earners.actions.leaving import forget_profile, forget_requests
from earners.models import EarnerRequest


@receiver(issuances_erased)
def forget_requests_about(issuance_ids: list[uuid.UUID], **kwargs: object) -> None:
    forget_requests(EarnerRequest.objects.filter(issuance__in=issuance_ids))


@receiver(person_erased)
def forget_what_they_said(user: User, **kwargs: object) -> None:
    forget_profile(user)
    forget_requests(EarnerRequest.objects.filter(earner=user))
