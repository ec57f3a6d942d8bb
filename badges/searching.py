"""Finding issuances by what people say of them: a name, an address, a code; in time that does not follow the table.

Words are looked for inside names and addresses. PostgreSQL has indexes for it (migration 0003).
"""

from typing import Any

from django.db.models import Q, QuerySet

from badgecert.core import codes
from badgecert.core.growing_lists import FOUND, reached_in_any
from badges.models import Issuance, IssuanceVersion
from badges.models.issuance import IssuanceQuerySet


def keys_of_issuances(own: IssuanceQuerySet, text: str, *, in_any_version: bool = False) -> "QuerySet[Issuance, Any]":
    """The keys of those that have all these words in their name or in their address, or are known by this code.

    Of names and addresses as common as more than FOUND, so many are looked through.
    """
    own = own.order_by()
    try:
        return own.filter(code=codes.normalise(text)).values("pk")
    except codes.NotACodeError:
        pass
    words = text.split()
    addressed = own.filter(_all("recipient_email", words))
    # Where somebody types a part of an address beside a name, the address decides.
    if addresses := [word for word in words if "@" in word]:
        all_words = Q(
            *(Q(recipient_email__icontains=word) | Q(current_version__recipient_name__icontains=word) for word in words)
        )
        return own.filter(_all("recipient_email", addresses)).filter(all_words).values("pk")
    if in_any_version:
        versions = IssuanceVersion.objects.filter(_all("recipient_name", words), issuance__in=own).order_by()
        named = own.filter(pk__in=versions.values("issuance")[: FOUND + 1])
    else:
        named = own.filter(_all("current_version__recipient_name", words))
    return reached_in_any([addressed, named])


def _all(field: str, words: list[str]) -> Q:
    return Q(*(Q(**{f"{field}__icontains": word}) for word in words))
