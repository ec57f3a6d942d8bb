"""The mail before badges expire: one for each person, organisation and day."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.dates import day_in, long_date
from badges.disclosure import BadgeFacts, Disclosure, said_of
from badges.models import Issuance, Visibility
from issuers.models import Issuer, Topic
from notifications.calendar_files import MEDIA_TYPE, LastDay, calendar_file
from notifications.links import portfolio_url
from notifications.markdown import plain_text
from notifications.messages.base import Mail, Secrets, shortened
from notifications.messages.issuances import disclosed, issuer_context, logo_urls, picture_url
from notifications.mime import Attachment
from notifications.models import Bounce, Message, MessageKind, OptionalMail, Preference
from notifications.stop_links import stop_headers, stop_url

# So many come with their steps; of the others a mail says only when they expire.
WITH_STEPS = 5
STEPS_LENGTH = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringBadge:
    issuance: Issuance
    disclosure: Disclosure
    # As it was when the mail became due.
    expires_on: date

    @property
    def said(self) -> BadgeFacts:
        return disclosed(self.disclosure)[0]

    @property
    def still_expires(self) -> bool:
        """Somebody holds it, and nobody renewed it; its last day is not over."""
        issuance = self.issuance
        over = issuance.revoked_at or issuance.declined_at or issuance.suspended_at
        today = day_in(clock.now(), issuance.issuer.time_zone)
        return not over and self.disclosure.expires_on == self.expires_on and self.expires_on >= today

    @property
    def last_day(self) -> str:
        return long_date(self.expires_on)

    @property
    def url(self) -> str:
        """Who claimed it can log in; of a private one nothing is to be seen without."""
        if self.issuance.is_claimed or self.issuance.visibility == Visibility.PRIVATE:
            return portfolio_url(self.issuance.pk)
        return self.disclosure.url

    @property
    def contact(self) -> str:
        contacts: dict[str, str] = self.issuance.issuer.contacts
        return contacts.get(Topic.RENEWAL) or self.said.contact_email

    @property
    def steps(self) -> str:
        return Truncator(plain_text(self.said.renewal_instructions)).chars(STEPS_LENGTH)

    @property
    def calendar_entry(self) -> LastDay:
        return LastDay(
            uid=f"expiry-{self.issuance.pk}@{urlsplit(settings.BASE_URL).hostname}",
            title=_("%(badge)s expires") % {"badge": self.said.name},
            on=self.expires_on,
            notes="\n\n".join(filter(None, (self.steps, self.said.renewal_url))),
            url=self.url,
        )


class ExpiringMail(Mail):
    """`details["badges"]` names the issuances, each with the last day that this mail is about."""

    kind = MessageKind.EXPIRING
    # Soonest first. Those that still expire, or all when none does, so that staff can read the mail later.
    badges: list[ExpiringBadge]
    is_stopped: bool
    is_bounced: bool
    logo_url: str

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        # Constraints of the table.
        self.user, self.issuer = cast("User", message.user), cast("Issuer", message.issuer)
        self._days = {
            uuid.UUID(told["id"]): date.fromisoformat(told["expires_on"]) for told in message.details["badges"]
        }

    @classmethod
    def prepare(cls, mails: Sequence[Self]) -> None:
        ids = {issuance_id for mail in mails for issuance_id in mail._days}
        issuances = Issuance.objects.select_related("badge", "issuer").in_bulk(ids)
        said = said_of(issuances.values())
        logos = logo_urls({mail.issuer.pk for mail in mails})
        stopped = Preference.objects.without(OptionalMail.EXPIRY).pairs_of(mail.user.pk for mail in mails)
        bounced = Bounce.objects.stopping(mail.message for mail in mails)
        for mail in mails:
            badges = [
                ExpiringBadge(
                    issuance=issuances[issuance_id],
                    disclosure=said[issuance_id],
                    expires_on=expires_on,
                )
                for issuance_id, expires_on in mail._days.items()
                if issuances[issuance_id].erased_at is None
            ]
            badges.sort(key=lambda badge: (badge.expires_on, badge.said.name))
            mail.badges = [badge for badge in badges if badge.still_expires] or badges
            mail.logo_url = logos.get(mail.issuer.pk, "")
            mail.is_stopped = (mail.user.pk, mail.issuer.pk) in stopped
            mail.is_bounced = mail.message.pk in bounced

    @property
    def badge_ids(self) -> set[uuid.UUID]:
        return {badge.issuance.badge_id for badge in self.badges}

    @property
    def reason_to_cancel(self) -> str:
        if self.is_stopped:
            return _("The earner stopped these mails.")
        if self.is_bounced:
            return _("An earlier mail to this address came back.")
        if not any(badge.still_expires for badge in self.badges):
            return _("None of the badges expires then any more.")
        return ""

    @property
    def recipient_name(self) -> str:
        return self.badges[0].disclosure.holder if self.badges else ""

    @property
    def reply_to(self) -> str:
        return self.badges[0].contact if self.badges else self.issuer.email

    @property
    def headers(self) -> dict[str, str]:
        return stop_headers(self._stop_url)

    @property
    def _stop_url(self) -> str:
        return stop_url(next(iter(self._days)), mails=OptionalMail.EXPIRY)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        with translation.override(self.language):
            days = [badge.calendar_entry for badge in self.badges]
        content = calendar_file(days, written_at=self.message.created_at)
        return (Attachment(name="badges-expire.ics", media_type=MEDIA_TYPE, content=content),)

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        return {
            **expiring_context(
                self.badges,
                issuer=self.issuer,
                name=self.recipient_name,
                contact=self.reply_to,
                stop_url=self._stop_url,
            ),
            "logo_url": self.logo_url,
        }


def expiring_context(
    badges: Sequence[ExpiringBadge], *, issuer: Issuer, name: str, contact: str, stop_url: str
) -> dict[str, object]:
    only = badges[0] if len(badges) == 1 else None
    first_on = badges[0].last_day if badges else ""
    return {
        **issuer_context(issuer),
        "name": name,
        "contact": contact,
        "badges": badges[:WITH_STEPS],
        "others": badges[WITH_STEPS:],
        "count": len(badges),
        "only": only,
        "short_name": shortened(only.said.name, 30) if only else "",
        "picture_url": picture_url(only.said.picture) if only else "",
        "badge_name": only.said.name if only else "",
        "public_url": only.url if only else "",
        "first_on": first_on,
        # As an organisation's own words call it.
        "expires_on": first_on,
        "stop_url": stop_url,
    }
