"""What our mails say: one class for each kind of message, one folder each in templates/emails/.

A mail is written once, when a worker first takes its row: only then is a temporary password made.
"""

import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import ClassVar, cast
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import ordinal
from django.core import signing
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from badgecert.accounts.actions import issuance_password_lasts, make_temporary_password
from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.dates import day_in, long_date
from badges.disclosure import BadgeFacts, Disclosure, IssuerFacts, PictureFacts, can_see
from badges.models import Badge, Issuance
from earners.claim_links import claim_url
from earners.sharing import linkedin_profile_url
from issuers.models import Issuer
from notifications.markdown import plain_text
from notifications.models import Message, MessageKind, MessageState, Preference

BRASS = "#c8963e"
# The rest is on the public page.
CRITERIA_LENGTH = 600

# The styles stay in the head as well: dark mode and phones need them there.
_inliner = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedMail:
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What only the recipient may read. Staff see the mail with `MASKED` in its place."""

    password: str
    link: str = ""


MASKED = Secrets(password="•••••-•••••-•••••-•••••", link="#")  # noqa: S106  a mask
# Whoever opens one of these counts as its recipient; the first may even choose the password of a new account.
_RECIPIENTS_LINKS = ("claim_url", "stop_url")


class Mail(ABC):
    """One kind of message. `reason_to_cancel` is asked while its row and its issuance are locked."""

    kind: ClassVar[MessageKind]

    def __init__(self, message: Message) -> None:
        self.message = message

    @property
    @abstractmethod
    def reason_to_cancel(self) -> str:
        """Why nobody should get it any more; "" to send it."""

    def new_secrets(self) -> Secrets | None:
        """Makes them: to be called once for a message, in the transaction that seals it."""
        return None

    def masked_secrets(self) -> Secrets | None:
        return None

    @abstractmethod
    def context(self, secrets: Secrets | None) -> dict[str, object]:
        """What its templates get besides what the site says of itself."""

    @property
    def language(self) -> str:
        user, issuer = self.message.user, self.message.issuer
        return (user.language if user else "") or (issuer.language if issuer else "") or settings.LANGUAGE_CODE

    @property
    def sender_name(self) -> str:
        return self.message.issuer.name if self.message.issuer else settings.SITE_NAME

    @property
    def recipient_name(self) -> str:
        return self.message.user.name if self.message.user else ""

    @property
    def reply_to(self) -> str:
        return str(settings.OPERATOR_EMAIL)

    @property
    def headers(self) -> dict[str, str]:
        return {}

    def render(self, secrets: Secrets | None) -> RenderedMail:
        return self._rendered(self.context(secrets))

    def render_masked(self) -> RenderedMail:
        context = self.context(self.masked_secrets())
        links = {name: f"{settings.BASE_URL}/•••••" for name in _RECIPIENTS_LINKS if name in context}
        return self._rendered({**context, **links})

    def _rendered(self, context: dict[str, object]) -> RenderedMail:
        with translation.override(self.language):
            return _rendered(self.kind, {**_site_context(), **context})


class _AboutIssuance(Mail):
    def __init__(self, message: Message) -> None:
        super().__init__(message)
        # A constraint of the table.
        self.issuance = cast("Issuance", message.issuance)

    @property
    def reason_to_cancel(self) -> str:
        if self.issuance.erased_at:
            return _("The earner's data was erased.")
        if self.issuance.revoked_at:
            return _("The badge was revoked first.")
        if self.issuance.declined_at:
            return _("The earner declined the badge.")
        return ""

    @cached_property
    def disclosure(self) -> Disclosure:
        """What the earner may see, who reads this mail."""
        return can_see(self.issuance.code, viewer=self.issuance.earner)

    @property
    def recipient_name(self) -> str:
        return self.disclosure.holder

    @property
    def reply_to(self) -> str:
        return self.issuance.badge.contact_email


class IssuanceMail(_AboutIssuance):
    """The congratulations: once for each issuance."""

    kind = MessageKind.ISSUANCE

    @property
    def is_first_invitation(self) -> bool:
        earner = self.issuance.earner
        return self.issuance.badge.invites_earners and earner is not None and earner.last_login is None

    def new_secrets(self) -> Secrets | None:
        if not self.is_first_invitation or self.issuance.earner is None:
            return None
        password, _link = make_temporary_password(
            self.issuance.earner, lasts=issuance_password_lasts(), sent_to=self.issuance.recipient_email
        )
        return Secrets(password=password)

    def masked_secrets(self) -> Secrets | None:
        return MASKED if self.is_first_invitation else None

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        return _issuance_context(
            self.disclosure,
            badge=self.issuance.badge,
            address=self.message.to_address,
            claim=claim_url(self.issuance.pk),
            secrets=secrets,
        )


class ReminderMail(_AboutIssuance):
    """The badge still waits to be claimed. `sequence` is the day that it counts: 30, 60, 90 or 120."""

    kind = MessageKind.REMINDER

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
        if has_stopped_reminders(issuance.earner, issuance.issuer):
            return _("The earner stopped reminders.")
        if Message.objects.filter(
            issuance=issuance, kind=MessageKind.REMINDER, sequence__gt=self.message.sequence
        ).exists():
            return _("A later reminder was due before this one could leave.")
        return ""

    @property
    def headers(self) -> dict[str, str]:
        return {
            "List-Unsubscribe": f"<{stop_url(self.issuance.pk)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        days: list[int] = self.issuance.issuer.reminder_days
        first_on = self._first_mail_left_on()
        last_on = first_on + timedelta(days=max(days)) if first_on and days else None
        return {
            **_badge_context(self.disclosure, badge=self.issuance.badge, address=self.message.to_address),
            "claim_url": claim_url(self.issuance.pk),
            "number": ordinal(sum(day <= self.message.sequence for day in days)),
            "count": len(days),
            "is_last": not any(day > self.message.sequence for day in days),
            "last_on": long_date(last_on) if last_on else "",
            "stop_url": stop_url(self.issuance.pk),
        }

    def _first_mail_left_on(self) -> date | None:
        sent_at = (
            Message.objects.filter(issuance=self.issuance, kind=MessageKind.ISSUANCE, state=MessageState.SENT)
            .order_by("sent_at")
            .values_list("sent_at", flat=True)
            .first()
        )
        return day_in(sent_at, self.issuance.issuer.time_zone) if sent_at else None


class _AboutAccount(Mail):
    def __init__(self, message: Message) -> None:
        super().__init__(message)
        # A constraint of the table.
        self.user = cast("User", message.user)


class PasswordMail(_AboutAccount):
    """Somebody asked for a new password: a one-time link and a temporary password; either spends both."""

    kind = MessageKind.PASSWORD

    @property
    def reason_to_cancel(self) -> str:
        if not self.user.is_active:
            return _("The account is closed.")
        if self.user.is_locked:
            return _("The account is locked.")
        if clock.now() > self.message.created_at + _request_lasts():
            return _("It could not leave while the password in it was good.")
        return ""

    def new_secrets(self) -> Secrets:
        password, token = make_temporary_password(
            self.user, lasts=_request_lasts(), with_link=True, sent_to=self.message.to_address
        )
        return Secrets(password=password, link=f"{settings.BASE_URL}{reverse('password_link', args=[token])}")

    def masked_secrets(self) -> Secrets:
        return MASKED

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        return {
            "username": self.message.to_address,
            "secrets": secrets,
            "until": _instant(clock.now() + _request_lasts()),
        }


class LockedMail(_AboutAccount):
    """Ten wrong passwords locked the account: who can unlock it, and how to reach them."""

    kind = MessageKind.LOCKED

    @property
    def reason_to_cancel(self) -> str:
        return "" if self.user.is_locked else _("The account was unlocked first.")

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        # Whoever issued to an earner may unlock them; staff are unlocked by an owner of their organisation.
        unlockers = list(
            Issuer.objects.filter(issuances__earner=self.user, issuances__erased_at=None).distinct()
        ) or list(Issuer.objects.filter(staff_members__user=self.user))
        return {
            "username": self.message.to_address,
            "attempts": settings.FAILED_LOGINS_BEFORE_LOCK,
            "locked_at": _instant(self.user.locked_at or clock.now()),
            "unlockers": unlockers,
        }


_MAILS: dict[str, type[Mail]] = {mail.kind: mail for mail in (IssuanceMail, ReminderMail, PasswordMail, LockedMail)}


def mail_for(message: Message) -> Mail:
    """The message's mail, to be checked and written. Select its issuance, badge, issuer and people with it."""
    return _MAILS[message.kind](message)


def masked_mail(message: Message) -> RenderedMail:
    """The mail as staff may read it, written anew from today's facts, its secrets masked."""
    return mail_for(message).render_masked()


def preview_issuance_mail(disclosure: Disclosure, address: str) -> RenderedMail:
    """What the person would get if the badge were issued to them as disclosed, its password masked.

    Shown before issuing, so its buttons lead nowhere yet.
    """
    said, _issuer, _issued_on = _disclosed(disclosure)
    badge = Badge.objects.select_related("issuer").get(slug=said.slug)
    known = User.objects.filter(emailaddress__email__iexact=address, last_login__isnull=False).exists()
    with translation.override(badge.issuer.language):
        context = _issuance_context(
            disclosure,
            badge=badge,
            address=address,
            claim="#",
            secrets=MASKED if badge.invites_earners and not known else None,
        )
        return _rendered(MessageKind.ISSUANCE, {**_site_context(), **context})


# --- stopping reminders --------------------------------------------------------------------------

_STOP_SALT = "notifications.stop"


class NotAStopLinkError(ValueError):
    """The token was not made here, or part of it got lost on the way."""


def stop_url(issuance_id: uuid.UUID) -> str:
    """The whole address at which the reminders of this issuance's organisation end. It never lapses."""
    token = signing.Signer(salt=_STOP_SALT, sep=".").sign(issuance_id.hex)
    return f"{settings.BASE_URL}{reverse('notifications:stop_reminders', args=[token])}"


def issuance_id_from_stop_link(token: str) -> uuid.UUID:
    """Raises NotAStopLinkError."""
    try:
        return uuid.UUID(signing.Signer(salt=_STOP_SALT, sep=".").unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise NotAStopLinkError from error


def has_stopped_reminders(user: User | None, issuer: Issuer) -> bool:
    return Preference.objects.filter(user=user, issuer=issuer, reminders_stopped_at__isnull=False).exists()


# --- what the templates get ----------------------------------------------------------------------


def _rendered(kind: MessageKind, context: dict[str, object]) -> RenderedMail:
    def part(name: str) -> str:
        return render_to_string(f"emails/{kind}/{name}", context)

    subject = " ".join(part("subject.txt").split())
    text = _without_gaps(part("body.txt"))
    return RenderedMail(
        subject=subject,
        text=text,
        html=_inliner.inline(render_to_string(f"emails/{kind}/body.html", {**context, "subject": subject})),
    )


def _without_gaps(text: str) -> str:
    """Parts that a mail does not have leave lines behind: at most one empty line between two paragraphs."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        if line.strip() or lines[-1]:
            # The space after two hyphens makes the signature: mail programs fold it away.
            lines.append(line if line == "-- " else line.rstrip())
    return "\n".join(lines) + "\n"


def _site_context() -> dict[str, object]:
    return {
        "site_name": settings.SITE_NAME,
        "line_colour": BRASS,
        "base_url": settings.BASE_URL,
        "host": urlsplit(settings.BASE_URL).netloc,
        "sender_address": settings.MAIL_FROM_ADDRESS,
        "login_url": f"{settings.BASE_URL}{reverse('account_login')}",
        "operator_email": settings.OPERATOR_EMAIL,
        "operator_name": settings.OPERATOR_NAME or settings.SITE_NAME,
    }


def _issuance_context(
    disclosure: Disclosure, *, badge: Badge, address: str, claim: str, secrets: Secrets | None
) -> dict[str, object]:
    until = day_in(clock.now() + issuance_password_lasts(), badge.issuer.time_zone)
    return {
        **_badge_context(disclosure, badge=badge, address=address),
        "claim_url": claim,
        "linkedin_url": linkedin_profile_url(disclosure) if badge.has_linkedin_button else "",
        "secrets": secrets,
        "until": long_date(until),
    }


def _badge_context(disclosure: Disclosure, *, badge: Badge, address: str) -> dict[str, object]:
    said, issuer, issued_on = _disclosed(disclosure)
    return {
        "name": disclosure.holder,
        "username": address,
        "badge_name": said.name,
        "issuer_name": issuer.name,
        "issuer_address": issuer.postal_address,
        "line_colour": badge.issuer.brand_colour,
        "picture_url": _picture_url(said.picture),
        "logo_url": _picture_url(issuer.logo) if issuer.logo else "",
        "criteria": Truncator(plain_text(said.criteria_to_earn)).chars(CRITERIA_LENGTH),
        "issued_on": long_date(issued_on),
        "expires_on": long_date(disclosure.expires_on) if disclosure.expires_on else "",
        "public_url": disclosure.url,
        "shown_url": disclosure.url.partition("://")[2],
        "code": disclosure.grouped_code,
        "contact": said.contact_email,
    }


def _disclosed(disclosure: Disclosure) -> tuple[BadgeFacts, IssuerFacts, date]:
    if disclosure.badge is None or disclosure.issuer is None or disclosure.issued_on is None:
        msg = f"Nothing of {disclosure.code} may be told: it is {disclosure.state}."
        raise ValueError(msg)
    return disclosure.badge, disclosure.issuer, disclosure.issued_on


def _picture_url(picture: PictureFacts) -> str:
    # Mail programs show no SVG and few show WebP.
    return f"{settings.BASE_URL}{reverse('picture', args=[picture.sha256])}"


def _request_lasts() -> timedelta:
    return timedelta(hours=settings.TEMPORARY_PASSWORD_REQUEST_HOURS)


def _instant(moment: datetime) -> str:
    """23 November 2026, 15:40 UTC: the reader's own zone is not known."""
    return f"{long_date(moment.date())}, {moment:%H:%M} UTC"
