"""Choosing the words of mails."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts import counters
from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badges.models import Badge
from issuers.models import Issuer
from issuers.permissions import can_design
from notifications.actions.outbox import new_message, owe
from notifications.exceptions import TrialRefusedError
from notifications.models import Message, MessageKind, WordedMail, Wording
from notifications.wording import Words

_A_DAY = 24 * 60 * 60


@transaction.atomic
def choose_words(issuer: Issuer, *, mail: WordedMail, badge: Badge | None, words: Words, by: User) -> None:
    """From now on such mails say it so; both empty: as the site does. Raises PermissionDenied."""
    if not can_design(by, issuer) or (badge is not None and badge.issuer_id != issuer.pk):
        raise PermissionDenied
    # Two who save at once: the second waits, and their words stand.
    Issuer.objects.select_for_update(no_key=True).get(pk=issuer.pk)
    chosen = Wording.objects.filter(issuer=issuer, badge=badge, kind=mail)
    before = chosen.values("subject", "opening").first()
    if words.subject or words.opening:
        Wording.objects.update_or_create(issuer=issuer, badge=badge, kind=mail, defaults=words._asdict())
    else:
        chosen.delete()
    audit.record(
        "mail words chosen",
        badge or issuer,
        by=by,
        issuer_id=issuer.pk,
        kind=mail.value,
        before=before or {},
        after=words._asdict(),
    )


@transaction.atomic
def send_trial(badge: Badge, *, mail: WordedMail, words: Words, by: User) -> Message:
    """Owe oneself the mail as it would be, to one's own address. Raises PermissionDenied and TrialRefusedError."""
    if not can_design(by, badge.issuer):
        raise PermissionDenied
    limit = settings.TRIAL_MAILS_PER_DAY
    if counters.count(f"trials:{clock.today()}:{by.pk}", remembered_for=_A_DAY) > limit:
        raise TrialRefusedError(
            _("No more mails to yourself today: the limit is %(limit)d a day. Look at the preview, or go on tomorrow.")
            % {"limit": limit}
        )
    message = new_message(
        MessageKind.TRIAL,
        to_address=by.email,
        issuer=badge.issuer,
        user=by,
        details={"mail": mail.value, "badge": str(badge.pk), **words._asdict()},
    )
    owe({f"trial:{message.pk}": message})
    return message
