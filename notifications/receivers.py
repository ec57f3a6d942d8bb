"""Facts that owe somebody a mail. The rows are written in the transaction of the fact."""

import uuid

from django.dispatch import receiver

from badgecert.accounts.models import User
from badgecert.accounts.signals import account_locked, password_requested, person_erased
from badges.models import Issuance, IssuanceVersion, VersionKind
from badges.signals import (
    badges_issued,
    issuance_revoked,
    issuance_suspended,
    issuances_erased,
    recipient_address_changed,
    version_made,
)
from earners.signals import request_answered, request_opened
from issuers.models import Issuer
from notifications.actions import changes, erasing, outbox, requests
from notifications.actions.bounces import settle_bounces_from
from notifications.models import MessageKind
from notifications.tasks import ring_on_commit


@receiver(badges_issued)
def congratulate_the_earners(issuance_ids: list[uuid.UUID], **kwargs: object) -> None:
    outbox.queue_issuance_mails(issuance_ids)
    ring_on_commit()


@receiver(version_made)
def tell_the_earner_what_changed(
    issuance: Issuance, version: IssuanceVersion, *, notify: bool, **kwargs: object
) -> None:
    if notify:
        changes.queue_version_mail(issuance, version_kind=VersionKind(version.kind))
        ring_on_commit()


@receiver(issuance_suspended)
def tell_the_earner_of_the_review(issuance: Issuance, *, notify: bool, **kwargs: object) -> None:
    if notify:
        changes.queue_change_mail(issuance, kind=MessageKind.SUSPENDED)
        ring_on_commit()


@receiver(issuance_revoked)
def tell_the_earner_of_the_revocation(issuance: Issuance, *, notify: bool, **kwargs: object) -> None:
    if notify:
        changes.queue_change_mail(issuance, kind=MessageKind.REVOKED)
        ring_on_commit()


@receiver(request_opened)
def pass_the_request_on(request_id: uuid.UUID, **kwargs: object) -> None:
    requests.queue_desk_mail(request_id)
    requests.queue_request_mail(request_id)
    ring_on_commit()


@receiver(request_answered)
def tell_whose_turn_it_is(request_id: uuid.UUID, *, by_staff: bool, **kwargs: object) -> None:
    if by_staff:
        requests.queue_request_mail(request_id)
    else:
        requests.queue_desk_mail(request_id)
    ring_on_commit()


@receiver(recipient_address_changed)
def forget_what_bounced_there(issuer: Issuer, old_address: str, **kwargs: object) -> None:
    settle_bounces_from(issuer, address=old_address)


@receiver(password_requested)
def send_a_new_password(user: User, address: str, **kwargs: object) -> None:
    outbox.queue_password_mail(user, address=address)
    ring_on_commit()


@receiver(account_locked)
def say_who_can_unlock(user: User, **kwargs: object) -> None:
    outbox.queue_locked_mail(user)
    ring_on_commit()


@receiver(issuances_erased)
def forget_mails_about(issuance_ids: list[uuid.UUID], **kwargs: object) -> None:
    erasing.erase_mails_about(issuance_ids)


@receiver(person_erased)
def forget_mails_to(user: User, addresses: list[str], **kwargs: object) -> None:
    erasing.erase_mails_to(user, addresses=addresses)
