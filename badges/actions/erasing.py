"""Taking a person out of issuances. Their codes stay, and answer that something was removed."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from badgecert.accounts.actions.erasing import ErasureGround
from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badgecert.core.erasing import mark_erased
from badges.models import BatchRow, Issuance, IssuanceVersion, ProposedChange, RowState, ShareLink
from badges.signals import issuances_erased


@transaction.atomic
def erase_issuances(issuances: "QuerySet[Issuance]", *, ground: ErasureGround, by: User | None) -> int:
    """Blank whatever in these says whose they were, in all their versions; returns how many were erased.

    Who may is decided by the caller.
    """
    held = list(issuances.filter(erased_at=None).select_for_update(of=("self",)).order_by("pk"))
    ids, erased_at = [issuance.pk for issuance in held], clock.now()
    mark_erased(ids)
    IssuanceVersion.objects.filter(issuance__in=ids).update(
        recipient_name="", narrative="", evidence=[], public_reason=""
    )
    BatchRow.objects.filter(Q(issuance__in=ids) | Q(holding__in=ids)).update(**_blank_row())
    ShareLink.objects.filter(issuance__in=ids).delete()
    ProposedChange.objects.filter(issuance__in=ids, made_at=None).update(problem=_("This person was erased."))
    ProposedChange.objects.filter(issuance__in=ids).update(cells=[], stated={})
    Issuance.objects.filter(pk__in=ids).update(
        erased_at=erased_at,
        updated_at=erased_at,
        archived_at=None,
        earner=None,
        recipient_email="",
        recipient_key="",
        identity_salt="",
    )
    # What was revoked has a reason, which somebody wrote.
    Issuance.objects.filter(pk__in=ids).exclude(revoked_at=None).update(revocation_reason=_("Erased"))
    for issuer_id in {issuance.issuer_id for issuance in held}:
        own = [issuance for issuance in held if issuance.issuer_id == issuer_id]
        audit.record_many("badge erased", own, by=by, issuer_id=issuer_id, ground=ground.value)
    issuances_erased.send(sender=Issuance, issuance_ids=ids)
    return len(ids)


def erase_rows_for(addresses: Iterable[str], *, rows: "QuerySet[BatchRow]") -> None:
    """Lines of files that ask for a badge at one of these addresses: they lose what they say and are never issued."""
    for address in addresses:
        rows.filter(issuance=None, recipient_email__iexact=address).update(
            **_blank_row(), problem=_("This person was erased."), state=RowState.REFUSED
        )


def _blank_row() -> dict[str, object]:
    texts = ("recipient_name", "recipient_email", "recipient_key", "evidence_url", "narrative", "suggestion", "warning")
    return {"cells": [], **dict.fromkeys(texts, "")}
