"""What was issued is signed, what no longer counts is marked, and both are logged, in the transaction of the fact."""

import uuid

from django.dispatch import receiver

from badgecert.accounts.models import User
from badgecert.accounts.signals import person_erased
from badges.models import Issuance
from badges.signals import badges_issued, issuances_erased, issuances_revoked, issuances_suspended, versions_made
from certificates.actions.credentials import set_status_bits, sign_versions
from certificates.actions.erasing import erase_credentials
from certificates.actions.log import log_versions
from certificates.actions.numbers import number_certificates
from certificates.models import LogKind, Rendition, StatusBit
from certificates.tasks import ring_for_sequencer_on_commit


@receiver(badges_issued)
def sign_what_was_issued(issuance_ids: list[uuid.UUID], **kwargs: object) -> None:
    version_ids = _current_versions(issuance_ids)
    sign_versions(version_ids)
    log_versions(version_ids)
    number_certificates(issuance_ids)
    ring_for_sequencer_on_commit()


@receiver(versions_made)
def sign_the_new_versions(
    issuance_ids: list[uuid.UUID], version_ids: list[uuid.UUID], old_version_ids: list[uuid.UUID], **kwargs: object
) -> None:
    set_status_bits(old_version_ids, why=StatusBit.Why.SUPERSEDED)
    sign_versions(version_ids)
    log_versions(version_ids)
    # What was corrected under review is under review still.
    under_review = Issuance.objects.filter(pk__in=issuance_ids, suspended_at__isnull=False).order_by()
    set_status_bits(under_review.values_list("current_version_id", flat=True), why=StatusBit.Why.SUSPENDED)
    ring_for_sequencer_on_commit()


@receiver(issuances_suspended)
def mark_as_suspended(issuance_ids: list[uuid.UUID], **kwargs: object) -> None:
    _mark(issuance_ids, why=StatusBit.Why.SUSPENDED, kind=LogKind.SUSPENDED)


@receiver(issuances_revoked)
def mark_as_revoked(issuance_ids: list[uuid.UUID], **kwargs: object) -> None:
    _mark(issuance_ids, why=StatusBit.Why.REVOKED, kind=LogKind.REVOKED)


@receiver(issuances_erased)
def forget_what_was_signed(issuance_ids: list[uuid.UUID], **kwargs: object) -> None:
    erase_credentials(issuance_ids)


def _mark(issuance_ids: list[uuid.UUID], *, why: StatusBit.Why, kind: LogKind) -> None:
    version_ids = _current_versions(issuance_ids)
    set_status_bits(version_ids, why=why)
    log_versions(version_ids, kind=kind)
    ring_for_sequencer_on_commit()


def _current_versions(issuance_ids: list[uuid.UUID]) -> list[uuid.UUID]:
    return list(Issuance.objects.filter(pk__any=issuance_ids).order_by().values_list("current_version_id", flat=True))


@receiver(person_erased)
def forget_what_was_drawn(user: User, **kwargs: object) -> None:
    Rendition.objects.filter(about=user.pk).delete()
