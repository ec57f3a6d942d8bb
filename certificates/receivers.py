"""What was issued is signed, what no longer counts is marked, and both are logged, in the transaction of the fact."""

import uuid

from django.dispatch import receiver

from badges.models import Issuance, IssuanceVersion
from badges.signals import badges_issued, issuance_revoked, issuance_suspended, issuances_erased, version_made
from certificates.actions.credentials import set_status_bit, sign_versions
from certificates.actions.erasing import erase_credentials
from certificates.actions.log import log_versions
from certificates.actions.numbers import number_certificates
from certificates.models import LogKind, StatusBit
from certificates.tasks import ring_for_sequencer_on_commit


@receiver(badges_issued)
def sign_what_was_issued(issuance_ids: list[uuid.UUID], **kwargs: object) -> None:
    version_ids = list(
        Issuance.objects.filter(pk__in=issuance_ids).order_by().values_list("current_version_id", flat=True)
    )
    sign_versions(version_ids)
    log_versions(version_ids)
    number_certificates(issuance_ids)
    ring_for_sequencer_on_commit()


@receiver(version_made)
def sign_the_new_version(version: IssuanceVersion, old_version: IssuanceVersion, **kwargs: object) -> None:
    set_status_bit(old_version.pk, why=StatusBit.Why.SUPERSEDED)
    sign_versions([version.pk])
    log_versions([version.pk])
    ring_for_sequencer_on_commit()


@receiver(issuance_suspended)
def mark_as_suspended(issuance: Issuance, **kwargs: object) -> None:
    set_status_bit(issuance.current_version_id, why=StatusBit.Why.SUSPENDED)
    log_versions([issuance.current_version_id], kind=LogKind.SUSPENDED)
    ring_for_sequencer_on_commit()


@receiver(issuance_revoked)
def mark_as_revoked(issuance: Issuance, **kwargs: object) -> None:
    set_status_bit(issuance.current_version_id, why=StatusBit.Why.REVOKED)
    log_versions([issuance.current_version_id], kind=LogKind.REVOKED)
    ring_for_sequencer_on_commit()


@receiver(issuances_erased)
def forget_what_was_signed(issuance_ids: list[uuid.UUID], **kwargs: object) -> None:
    erase_credentials(issuance_ids)
