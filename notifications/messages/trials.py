"""What a mail would look like about a badge that nobody has yet: for choosing its words, and for sending it to oneself.

Nothing happens for it: the facts are an example's, and its links lead to pages that everybody may open.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Self, cast
from uuid import UUID

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import ordinal
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.dates import long_date
from badges.actions.issuances import NewIssuance
from badges.disclosure import Disclosure, preview_disclosure
from badges.models import Badge, Issuance
from earners.models import RequestKind
from issuers.models import Issuer
from notifications.messages.base import MASKED, Mail, RenderedMail, Secrets, rendered
from notifications.messages.changes import Change
from notifications.messages.expiring import ExpiringBadge, expiring_context
from notifications.messages.issuances import badge_context, issuance_context
from notifications.models import REQUEST_TURNS, MessageKind, WordedMail
from notifications.wording import Words


def trial_mail(badge: Badge, *, mail: WordedMail, words: Words, to: User, language: str = "") -> RenderedMail:
    """The mail about this badge in these words, as if `to` had it."""
    with translation.override(language or to.language or badge.issuer.language):
        seen = _example(badge, to)
        return rendered(mail.kind, {**_context(mail, badge, seen, address=to.email), "words": words})


class TrialMail(Mail):
    """`details` has the mail, the badge and the words that somebody wants to see in their own mailbox."""

    kind = MessageKind.TRIAL
    badge: Badge

    @classmethod
    def prepare(cls, mails: Sequence[Self]) -> None:
        ids = {UUID(mail.message.details["badge"]) for mail in mails}
        badges = Badge.objects.select_related("issuer", "current_version__picture").in_bulk(ids)
        for mail in mails:
            mail.badge = badges[UUID(mail.message.details["badge"])]

    @property
    def reason_to_cancel(self) -> str:
        return ""

    @property
    def reply_to(self) -> str:
        return self.badge.contact_email

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        return _context(self._shown, self.badge, _example(self.badge, self._to), address=self._to.email)

    def render(self, secrets: Secrets | None) -> RenderedMail:
        details = self.message.details
        words = Words(details["subject"], details["opening"])
        with timezone.override(self.time_zone):
            return trial_mail(self.badge, mail=self._shown, words=words, to=self._to, language=self.language)

    def render_masked(self) -> RenderedMail:
        return self.render(None)

    @property
    def _shown(self) -> WordedMail:
        return WordedMail(self.message.details["mail"])

    @property
    def _to(self) -> User:
        # A constraint of the table.
        return cast("User", self.message.user)


def _example(badge: Badge, holder: User) -> Disclosure:
    issued_on = clock.today(badge.issuer.time_zone)
    new = NewIssuance(
        recipient_name=holder.name or _("Ana Example"),
        recipient_email=holder.email,
        issued_on=issued_on,
        expires_on=badge.expires_on_for(issued_on),
    )
    return preview_disclosure(badge.current_version, new)


def _context(mail: WordedMail, badge: Badge, seen: Disclosure, *, address: str) -> dict[str, object]:
    portfolio = f"{settings.BASE_URL}{reverse('earners:portfolio')}"
    if mail == WordedMail.ISSUANCE:
        secrets = MASKED if badge.invites_earners else None
        return issuance_context(seen, badge=badge, address=address, claim=portfolio, secrets=secrets)
    if mail == WordedMail.EXPIRING:
        return _expiring(badge, seen, link=portfolio)
    about = badge_context(seen, badge=badge, address=address)
    if mail == WordedMail.REMINDER:
        days = badge.issuer.reminder_days
        return {
            **about,
            "claim_url": portfolio,
            "badges": (),
            "badge_count": 1,
            "number": ordinal(1),
            "count": len(days) or 1,
            "is_last": len(days) < 2,
            "last_on": long_date(clock.today() + timedelta(days=max(days) - min(days))) if days else "",
            "stop_url": portfolio,
        }
    has_changes = mail in {WordedMail.CORRECTED, WordedMail.REQUEST_APPROVED}
    changes = [Change(label=_("Name"), before=f"{seen.holder}-Okafor", after=seen.holder)] if has_changes else []
    if mail in REQUEST_TURNS:
        return {**about, "changes": changes, **_request(mail, badge.issuer, link=portfolio)}
    return {**about, "changes": changes, "reason": _("An example"), "on": long_date(clock.today())}


def _request(mail: WordedMail, issuer: Issuer, *, link: str) -> dict[str, object]:
    return {
        "subject_of_request": RequestKind.NAME.label,
        "due_on": long_date(issuer.business_days_after(clock.today(issuer.time_zone), issuer.answer_days)),
        "entry": mail.value.removeprefix("request_"),
        "answer": _("What you write to the earner stands here."),
        "files": 0,
        "contact": issuer.contact_for(RequestKind.NAME.topic),
        "request_url": link,
    }


def _expiring(badge: Badge, seen: Disclosure, *, link: str) -> dict[str, object]:
    expires_on = seen.expires_on or clock.today() + timedelta(days=60)
    held = ExpiringBadge(
        issuance=Issuance(badge=badge, issuer=badge.issuer, visibility=seen.visibility),
        disclosure=seen,
        expires_on=expires_on,
    )
    return {
        **expiring_context([held], issuer=badge.issuer, name=seen.holder, contact=held.contact, stop_url=link),
        "logo_url": "",
    }
