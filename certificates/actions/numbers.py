"""Certificate numbers: an organisation's own count, given in the transaction that issues."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from badgecert.core import clock
from badges.models import Issuance
from certificates.actions.keys import lock_keys_of
from certificates.models import CertificateNumber
from issuers.models import Issuer

# So that a list of them sorts as it counts.
_DIGITS = 5


@transaction.atomic
def number_certificates(issuance_ids: Sequence[uuid.UUID]) -> None:
    """The next numbers of each organisation that has numbers, for badges with a certificate, in the order of issue."""
    waiting = (
        Issuance.objects.filter(pk__any=issuance_ids)
        .exclude(issuer__certificate_numbers="")
        .exclude(current_version__badge_version__certificate_design="")
        .order_by("pk")
        .values_list("pk", "issuer_id")
    )
    by_issuer: dict[uuid.UUID, list[uuid.UUID]] = {}
    for pk, issuer_id in waiting:
        by_issuer.setdefault(issuer_id, []).append(pk)
    for issuer in Issuer.objects.filter(pk__in=by_issuer).order_by("pk"):
        _number(issuer, by_issuer[issuer.pk])


def _number(issuer: Issuer, issuance_ids: list[uuid.UUID]) -> None:
    lock_keys_of(issuer)
    last = CertificateNumber.objects.filter(issuer=issuer).aggregate(last=Max("number"))["last"] or 0
    year = clock.today(issuer.time_zone).year
    CertificateNumber.objects.bulk_create(
        CertificateNumber(
            issuer=issuer,
            issuance_id=pk,
            number=number,
            text=issuer.certificate_numbers.format(year=year, number=f"{number:0{_DIGITS}}"),
        )
        for number, pk in enumerate(issuance_ids, start=last + 1)
    )
