from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Self

from django.contrib.humanize.templatetags.humanize import ordinal
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from badgecert.core.dates import day_in, long_date
from earners.claim_links import claim_url
from notifications.messages.base import Secrets
from notifications.messages.issuances import AboutIssuance, badge_context
from notifications.models import Bounce, Message, MessageKind, MessageState, OptionalMail, Preference
from notifications.stop_links import stop_headers, stop_url


class ReminderMail(AboutIssuance):
    """The badge still waits to be claimed. `sequence` is the day that it counts: 30, 60, 90 or 120."""

    kind = MessageKind.REMINDER
    is_stopped: bool
    is_bounced: bool
    # The highest number of a reminder about this badge.
    newest: int
    first_mail_left_at: datetime | None

    @classmethod
    def prepare(cls, mails: Sequence[Self]) -> None:
        super().prepare(mails)
        issuance_ids = [mail.issuance.pk for mail in mails]
        stopped = Preference.objects.without(OptionalMail.REMINDERS).pairs_of(mail.issuance.earner_id for mail in mails)
        told = Message.objects.filter(issuance__in=issuance_ids).order_by().values("issuance_id")
        newest = dict(told.filter(kind=MessageKind.REMINDER).values_list("issuance_id", Max("sequence")))
        left_at = dict(
            told.filter(kind=MessageKind.ISSUANCE, state=MessageState.SENT).values_list("issuance_id", Min("sent_at"))
        )
        bounced = Bounce.objects.stopping(mail.message for mail in mails)
        for mail in mails:
            issuance = mail.issuance
            mail.is_bounced = mail.message.pk in bounced
            mail.is_stopped = (issuance.earner_id, issuance.issuer_id) in stopped
            mail.newest = newest.get(issuance.pk, 0)
            mail.first_mail_left_at = left_at.get(issuance.pk)

    @property
    def reason_to_cancel(self) -> str:
        if reason := super().reason_to_cancel:
            return reason
        issuance = self.issuance
        if issuance.claimed_at:
            return _("The earner claimed the badge.")
        if issuance.suspended_at:
            return _("The badge is under review.")
        if not issuance.badge.invites_earners:
            return _("Earners of this badge are not invited to log in.")
        if self.disclosure.days_left is not None and self.disclosure.days_left < 0:
            return _("The badge has expired.")
        if self.is_stopped:
            return _("The earner stopped reminders.")
        if self.is_bounced:
            return _("An earlier mail to this address came back.")
        if self.newest > self.message.sequence:
            return _("A later reminder was due before this one could leave.")
        return ""

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
        return {
            **badge_context(self.disclosure, badge=self.issuance.badge, address=self.message.to_address),
            "claim_url": claim_url(self.issuance.pk, address=self.message.to_address),
            "number": ordinal(sum(day <= self.message.sequence for day in days)),
            "count": len(days),
            "is_last": not any(day > self.message.sequence for day in days),
            "last_on": long_date(last_on) if last_on else "",
            "stop_url": self._stop_url,
        }

    def _first_mail_left_on(self) -> date | None:
        return self.first_mail_left_at and day_in(self.first_mail_left_at, self.issuance.issuer.time_zone)
