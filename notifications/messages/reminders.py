import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from django.contrib.humanize.templatetags.humanize import ordinal
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from badgecert.core.dates import day_in, long_date
from badges.disclosure import BadgeFacts, Disclosure, said_of
from badges.models import Issuance
from earners.claim_links import claim_url
from notifications.messages.base import Secrets
from notifications.messages.issuances import (
    AboutIssuance,
    badge_context,
    disclosed,
    reason_not_to_write_to,
    reason_to_say_nothing,
)
from notifications.models import (
    Bounce,
    Message,
    MessageFact,
    MessageKind,
    MessageState,
    OptionalMail,
    Preference,
)
from notifications.stop_links import stop_headers, stop_url


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingBadge:
    issuance: Issuance
    disclosure: Disclosure
    address: str
    # The highest number of a reminder about this badge.
    newest: int

    @property
    def said(self) -> BadgeFacts:
        return disclosed(self.disclosure)[0]

    @property
    def claim_url(self) -> str:
        return claim_url(self.issuance.pk, address=self.address)

    def reason_to_leave_out(self, message: Message) -> str:
        issuance = self.issuance
        if reason := reason_to_say_nothing(issuance) or reason_not_to_write_to(self.address, issuance):
            return reason
        if issuance.claimed_at:
            return _("The earner claimed the badge.")
        if issuance.suspended_at:
            return _("The badge is under review.")
        if not issuance.badge.invites_earners:
            return _("Earners of this badge are not invited to log in.")
        if self.disclosure.days_left is not None and self.disclosure.days_left < 0:
            return _("The badge has expired.")
        if self.newest > message.sequence:
            return _("A later reminder was due before this one could leave.")
        return ""


class ReminderMail(AboutIssuance):
    """Badges of one person still wait to be claimed. `sequence` is the day that it counts: 30, 60, 90 or 120.

    The facts that it tells name the badges. Those that need no reminder any more are left out.
    """

    kind = MessageKind.REMINDER
    is_stopped: bool
    is_bounced: bool
    first_mail_left_at: datetime | None
    # The message's own badge first.
    badges: list[WaitingBadge]

    @classmethod
    def prepare(cls, mails: Sequence[Self]) -> None:
        super().prepare(mails)
        others = cls._other_badges(mails)
        issuances = Issuance.objects.select_related("badge", "issuer").in_bulk(set().union(*others.values()))
        said = said_of(issuances.values())
        all_ids = [*issuances, *(mail.issuance.pk for mail in mails)]
        newest = dict(
            MessageFact.objects.filter(issuance__in=all_ids, message__kind=MessageKind.REMINDER)
            .values("issuance_id")
            .annotate(newest=Max("message__sequence"))
            .values_list("issuance_id", "newest")
        )
        left_at = dict(
            Message.objects.filter(
                issuance__in=[mail.issuance.pk for mail in mails], kind=MessageKind.ISSUANCE, state=MessageState.SENT
            )
            .order_by()
            .values("issuance_id")
            .values_list("issuance_id", Min("sent_at"))
        )
        stopped = Preference.objects.without(OptionalMail.REMINDERS).pairs_of(mail.issuance.earner_id for mail in mails)
        bounced = Bounce.objects.stopping(mail.message for mail in mails)
        for mail in mails:
            own = mail.issuance
            mail.is_bounced = mail.message.pk in bounced
            mail.is_stopped = (own.earner_id, own.issuer_id) in stopped
            mail.first_mail_left_at = left_at.get(own.pk)
            mail.badges = [
                WaitingBadge(
                    issuance=issuance,
                    disclosure=disclosure,
                    address=mail.message.to_address,
                    newest=newest.get(issuance.pk, 0),
                )
                for issuance, disclosure in (
                    (own, mail.disclosure),
                    *((issuances[pk], said[pk]) for pk in others[mail.message.pk]),
                )
            ]

    @staticmethod
    def _other_badges(mails: Sequence["ReminderMail"]) -> dict[uuid.UUID, list[uuid.UUID]]:
        others: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
        own = {mail.message.pk: mail.issuance.pk for mail in mails}
        told = MessageFact.objects.filter(message__in=own, issuance__isnull=False, issuance__erased_at=None)
        for message_id, issuance_id in told.order_by("pk").values_list("message_id", "issuance_id"):
            if issuance_id != own[message_id]:
                others[message_id].append(issuance_id)
        return others

    @property
    def waiting(self) -> list[WaitingBadge]:
        return [badge for badge in self.badges if not badge.reason_to_leave_out(self.message)]

    @property
    def badge_ids(self) -> set[uuid.UUID]:
        return {badge.issuance.badge_id for badge in self.waiting or self.badges}

    @property
    def reason_to_cancel(self) -> str:
        if self.is_stopped:
            return _("The earner stopped reminders.")
        if self.is_bounced:
            return _("An earlier mail to this address came back.")
        return "" if self.waiting else self.badges[0].reason_to_leave_out(self.message)

    @property
    def headers(self) -> dict[str, str]:
        return stop_headers(self._stop_url)

    @property
    def _stop_url(self) -> str:
        return stop_url(self.issuance.pk, mails=OptionalMail.REMINDERS)

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        days: list[int] = self.issuance.issuer.reminder_days
        first_on = self._first_mail_left_on()
        last_on = first_on + timedelta(days=max(days)) if first_on and days else None
        # When none waits any more, staff read what it said.
        badges = self.waiting or self.badges
        return {
            **badge_context(badges[0].disclosure, badge=badges[0].issuance.badge, address=self.message.to_address),
            "claim_url": badges[0].claim_url,
            "badges": tuple(badges) if len(badges) > 1 else (),
            "badge_count": len(badges),
            "number": ordinal(sum(day <= self.message.sequence for day in days)),
            "count": len(days),
            "is_last": not any(day > self.message.sequence for day in days),
            "last_on": long_date(last_on) if last_on else "",
            "stop_url": self._stop_url,
        }

    def _first_mail_left_on(self) -> date | None:
        return self.first_mail_left_at and day_in(self.first_mail_left_at, self.issuance.issuer.time_zone)
