"""Owing the mails by which earners show a badge to somebody."""

from collections.abc import Sequence
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badgecert.core.text import canonical_email
from badges.activity import record
from badges.models import ActivityKind, Issuance, Visibility
from badges.permissions import is_earner_of
from notifications.actions.outbox import new_message, owe
from notifications.exceptions import SharingRefusedError
from notifications.models import Message, MessageKind

SHARED_AT_ONCE = 5
SHARED_A_DAY = 20


@transaction.atomic
def share_by_mail(issuance: Issuance, *, addresses: Sequence[str], by: User) -> int:
    """Owe each of these addresses a mail with the badge's link and no words of the earner's; returns how many.

    What becomes of them is not told: nobody finds out here which addresses exist. Raises PermissionDenied,
    SharingRefusedError.
    """
    # Whoever sends from two windows at once waits for the first, which counts.
    User.objects.select_for_update().get(pk=by.pk)
    issuance = Issuance.objects.select_for_update(of=("self",), no_key=True).get(pk=issuance.pk)
    if not is_earner_of(by, issuance):
        raise PermissionDenied
    _refuse_what_nobody_can_see(issuance)
    wanted = {canonical_email(address): address for address in addresses}
    if len(wanted) > SHARED_AT_ONCE:
        raise SharingRefusedError(_("Send to at most %(limit)d addresses at once.") % {"limit": SHARED_AT_ONCE})
    recent = Message.objects.filter(
        kind=MessageKind.SHARED, user=by, created_at__gt=clock.now() - timedelta(days=1)
    ).values_list("issuance_id", "to_address")
    _refuse_too_many(len(wanted), left=SHARED_A_DAY - len(recent))
    for issuance_id, address in recent:
        if issuance_id == issuance.pk and canonical_email(address) in wanted:
            raise SharingRefusedError(
                _("You sent this badge to %(address)s today already. Leave that address out.") % {"address": address}
            )
    messages = [
        new_message(MessageKind.SHARED, to_address=address, issuance=issuance, user=by) for address in wanted.values()
    ]
    owe({f"shared:{message.pk}": message for message in messages})
    record(issuance, ActivityKind.SHARED, len(messages))
    audit.record("badge sent by mail", issuance, by=by, issuer_id=issuance.issuer_id, addresses=len(messages))
    return len(messages)


def _refuse_what_nobody_can_see(issuance: Issuance) -> None:
    if issuance.revoked_at:
        raise SharingRefusedError(_("The issuer revoked this badge, so there is nothing to show."))
    if issuance.declined_at:
        raise SharingRefusedError(_("You said that this badge is not yours. Take it back before you share it."))
    if issuance.visibility == Visibility.PRIVATE:
        raise SharingRefusedError(_("Only you can see this badge. Choose who may see it, then send it."))


def _refuse_too_many(number: int, *, left: int) -> None:
    if left <= 0:
        raise SharingRefusedError(
            _("You have sent to %(limit)d addresses today. Go on tomorrow, or copy the link.") % {"limit": SHARED_A_DAY}
        )
    if number > left:
        raise SharingRefusedError(
            ngettext("You can send to one more address today.", "You can send to %(left)d more addresses today.", left)
            % {"left": left}
        )
