"""Forgetting to whom we wrote. That a mail was sent, about what kind of thing and when, stays."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core.erasing import mark_erased
from notifications.models import WAITING, Bounce, Message, MessageState, Preference


@transaction.atomic
def erase_mails_about(issuance_ids: Sequence[uuid.UUID]) -> None:
    _erase(Q(issuance__in=issuance_ids))


@transaction.atomic
def erase_mails_to(user: User, *, addresses: Sequence[str]) -> None:
    """Also what others sent to one of these addresses, such as a badge that somebody showed them."""
    to_them = Q()
    for address in addresses:
        to_them |= Q(to_address__iexact=address)
    _erase(Q(user=user) | to_them)
    Bounce.objects.filter(address_key__in=addresses).update(address_key="", detail="")
    Preference.objects.filter(user=user).delete()


def _erase(chosen: Q) -> None:
    ids = list(Message.objects.filter(chosen).values_list("pk", flat=True))
    messages, bounces = Message.objects.filter(pk__in=ids), Bounce.objects.filter(message__in=ids)
    # What staff gave as a reason for sending one again, or for setting a bounce aside.
    mark_erased([*ids, *bounces.values_list("pk", flat=True)])
    bounces.update(address_key="", detail="")
    # A worker that is sending one of these right now finds it cancelled, and leaves it so.
    messages.filter(state__in=WAITING).update(
        state=MessageState.CANCELLED, lease_until=None, last_error=_("The earner's data was erased.")
    )
    messages.exclude(state=MessageState.CANCELLED).update(last_error="")
    messages.update(to_address="", to_domain="", subject="", details={}, sealed_body=None, remind_at=None)
