"""Facts that owe somebody a mail. The rows are written in the transaction of the fact."""

import uuid
from typing import Any

from django.dispatch import receiver

from badgecert.accounts.actions.alternate_addresses import AddressChange
from badgecert.accounts.models import User
from badgecert.accounts.signals import (
    account_locked,
    accounts_merged,
    address_added,
    address_changed,
    merge_proof_wanted,
    password_requested,
    person_erased,
    personal_data_wanted,
    second_factor_reset,
)
from badges.models import VersionKind
from badges.signals import (
    badges_issued,
    issuances_claimed,
    issuances_declined,
    issuances_erased,
    issuances_revoked,
    issuances_suspended,
    recipient_address_changed,
    versions_made,
)
from earners.signals import question_asked, request_answered, request_opened
from issuers.models import Issuer
from notifications.actions import accounts, changes, erasing, outbox, questions, requests
from notifications.actions.bounces import settle_bounces_from
from notifications.actions.outcomes import look_again_at_mails_about
from notifications.models import MessageKind
from notifications.personal_data import personal_data_of
from notifications.tasks import ring_on_commit


@receiver(badges_issued)
def congratulate_the_earners(issuance_ids: list[uuid.UUID], **kwargs: object) -> None:
    outbox.queue_issuance_mails(issuance_ids)
    ring_on_commit()


@receiver(versions_made)
def tell_the_earners_what_changed(
    issuance_ids: list[uuid.UUID], kind: VersionKind, *, notify: bool, **kwargs: object
) -> None:
    if notify:
        changes.queue_version_mails(issuance_ids, version_kind=kind)
        ring_on_commit()


@receiver([versions_made, issuances_claimed, issuances_declined, issuances_suspended, issuances_revoked])
def check_again_what_is_about_to_leave(issuance_ids: list[uuid.UUID], **kwargs: object) -> None:
    look_again_at_mails_about(issuance_ids)


@receiver(issuances_suspended)
def tell_the_earners_of_the_review(issuance_ids: list[uuid.UUID], *, notify: bool, **kwargs: object) -> None:
    if notify:
        changes.queue_change_mails(issuance_ids, kind=MessageKind.SUSPENDED)
        ring_on_commit()


@receiver(issuances_revoked)
def tell_the_earners_of_the_revocation(issuance_ids: list[uuid.UUID], *, notify: bool, **kwargs: object) -> None:
    if notify:
        changes.queue_change_mails(issuance_ids, kind=MessageKind.REVOKED)
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


@receiver(question_asked)
def pass_the_question_on(question_id: uuid.UUID, **kwargs: object) -> None:
    questions.queue_question_mail(question_id)
    ring_on_commit()


@receiver(recipient_address_changed)
def forget_what_bounced_there(issuer: Issuer, old_address: str, **kwargs: object) -> None:
    settle_bounces_from(issuer, address=old_address)


@receiver(recipient_address_changed)
def tell_both_addresses(
    issuer: Issuer,
    issuance_ids: list[uuid.UUID],
    old_address: str,
    new_address: str,
    earner: User,
    old_earner: User,
    **kwargs: object,
) -> None:
    accounts.queue_recipient_change_mails(
        issuer,
        issuance_ids=issuance_ids,
        old_address=old_address,
        new_address=new_address,
        earner=earner,
        old_earner=old_earner,
    )
    ring_on_commit()


@receiver(password_requested)
def send_a_new_password(user: User, address: str, **kwargs: object) -> None:
    outbox.queue_password_mail(user, address=address)
    ring_on_commit()


@receiver(account_locked)
def say_who_can_unlock(user: User, issuer_id: uuid.UUID | None = None, **kwargs: object) -> None:
    outbox.queue_locked_mail(user, locked_by=issuer_id)
    ring_on_commit()


@receiver(address_added)
def send_the_link_that_confirms(user: User, address: str, **kwargs: object) -> None:
    accounts.queue_proof_mail(user, address=address, kind=MessageKind.ADDRESS_ADDED)
    ring_on_commit()


@receiver(merge_proof_wanted)
def send_the_link_that_joins(user: User, address: str, **kwargs: object) -> None:
    accounts.queue_proof_mail(user, address=address, kind=MessageKind.MERGE_PROOF)
    ring_on_commit()


@receiver(address_changed)
def tell_the_account_of_its_addresses(
    user: User, change: AddressChange, address: str, told: list[str], by: User | None, **kwargs: object
) -> None:
    accounts.queue_address_change_mails(user, change=change, address=address, told=told, by=by)
    ring_on_commit()


@receiver(second_factor_reset)
def tell_that_the_second_factor_is_gone(user: User, **kwargs: object) -> None:
    accounts.queue_second_factor_mail(user)
    ring_on_commit()


@receiver(accounts_merged)
def join_what_was_written(kept: User, closed: User, **kwargs: object) -> None:
    accounts.join_mails(kept=kept, closed=closed)


@receiver(issuances_erased)
def forget_mails_about(issuance_ids: list[uuid.UUID], **kwargs: object) -> None:
    erasing.erase_mails_about(issuance_ids)


@receiver(person_erased)
def forget_mails_to(user: User, addresses: list[str], **kwargs: object) -> None:
    erasing.erase_mails_to(user, addresses=addresses)


@receiver(personal_data_wanted)
def tell_what_is_held(user: User, **kwargs: object) -> dict[str, Any]:
    return personal_data_of(user)
