"""What every mail is made of, whatever it says."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import ClassVar, Self, cast
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from badgecert.core.dates import written_instant
from notifications.messages.merging import merged
from notifications.mime import Attachment
from notifications.models import Message, MessageKind
from notifications.models.wordings import SUBJECT_LENGTH, WordedMail
from notifications.wording import NO_WORDS, Words, filled

BRASS = "#c8963e"

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

    password: str = ""
    link: str = ""


MASKED = Secrets(password="•••••-•••••-•••••-•••••", link="#")  # noqa: S106  a mask
# Whoever opens one of these counts as its recipient; the first may even choose the password of a new account.
_RECIPIENTS_PAGES = (
    "earners:claim_link",
    "earners:agree_to_address",
    "earners:confirm_address",
    "notifications:stop_mails",
    "password_link",
)


class Mail(ABC):
    """One kind of message. `reason_to_cancel` is asked while its row and its issuance are locked."""

    kind: ClassVar[MessageKind]
    # What in its context is for one reader only; mails that differ in nothing else are set once.
    personal: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, message: Message) -> None:
        self.message = message
        self.words: Words = NO_WORDS

    @classmethod  # noqa: B027  most need nothing
    def prepare(cls, mails: Sequence[Self]) -> None:
        """Fetch what all of these need at once, in a constant number of queries."""

    @property
    @abstractmethod
    def reason_to_cancel(self) -> str:
        """Why nobody should get it any more; "" to send it."""

    def new_secrets(self) -> Secrets | None:
        """Makes them: to be called once for a message, in the transaction that seals it."""
        return None

    @classmethod
    def new_secrets_of(cls, mails: Sequence[Self]) -> list[Secrets | None]:
        return [mail.new_secrets() for mail in mails]

    def masked_secrets(self) -> Secrets | None:
        return None

    @abstractmethod
    def context(self, secrets: Secrets | None) -> dict[str, object]:
        """What its templates get besides what the site says of itself."""

    @property
    def badge_ids(self) -> set[UUID]:
        """The badges that it names."""
        return set()

    @property
    def worded_as(self) -> WordedMail | None:
        """Whose words an organisation may have chosen."""
        return WordedMail(self.kind.value) if self.kind.value in WordedMail else None

    @property
    def worded_by(self) -> UUID | None:
        """The organisation whose words they are."""
        return self.message.issuer_id

    @property
    def language(self) -> str:
        user, issuer = self.message.user, self.message.issuer
        return (user.language if user else "") or (issuer.language if issuer else "") or settings.LANGUAGE_CODE

    @property
    def time_zone(self) -> ZoneInfo | None:
        """Where the reader is, if they have said so."""
        name = self.message.user.time_zone if self.message.user else ""
        return ZoneInfo(name) if name else None

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

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """Never with a secret in them."""
        return ()

    def render(self, secrets: Secrets | None) -> RenderedMail:
        with translation.override(self.language), timezone.override(self.time_zone):
            return rendered(self.kind, self._in_words(secrets), personal=self.personal)

    def _in_words(self, secrets: Secrets | None) -> dict[str, object]:
        return {"words": self.words, **self.context(secrets)}

    def render_masked(self) -> RenderedMail:
        with translation.override(self.language), timezone.override(self.time_zone):
            mail = rendered(self.kind, self._in_words(self.masked_secrets()))
        return RenderedMail(subject=mail.subject, text=_without_links(mail.text), html=_without_links(mail.html))


def rendered(kind: MessageKind, context: dict[str, object], *, personal: frozenset[str] = frozenset()) -> RenderedMail:
    """In the language and the time zone that are active."""
    if not personal:
        return _set(kind, {**_site_context(), **context})
    return merged(
        {**_site_context(), **context},
        personal=personal,
        key=(kind, translation.get_language(), timezone.get_current_timezone_name()),
        set_mail=partial(_set, kind),
    )


def _set(kind: MessageKind, context: dict[str, object]) -> RenderedMail:
    words = cast("Words", context.get("words", NO_WORDS))
    context = {**context, "opening": filled(words.opening, context)}

    def part(name: str) -> str:
        return render_to_string(f"emails/{kind}/{name}", context)

    subject = " ".join((filled(words.subject, context) or part("subject.txt")).split())
    text = _without_gaps(part("body.txt"))
    return RenderedMail(
        subject=shortened(subject, SUBJECT_LENGTH) if words.subject else subject,
        text=text,
        html=_inliner.inline(render_to_string(f"emails/{kind}/body.html", {**context, "subject": subject})),
    )


def _without_links(text: str) -> str:
    """With the links masked that only the recipient may follow."""
    pages = "|".join(re.escape(reverse(name, args=["TOKEN"]).partition("TOKEN")[0]) for name in _RECIPIENTS_PAGES)
    return re.sub(rf"{re.escape(settings.BASE_URL)}(?:{pages})[^\s\"<]*", f"{settings.BASE_URL}/•••••", text)


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
        "login_url": f"{settings.BASE_URL}{_login_path()}",
        "operator_email": settings.OPERATOR_EMAIL,
        "operator_name": settings.OPERATOR_NAME or settings.SITE_NAME,
    }


@cache
def _login_path() -> str:
    return reverse("account_login")


def shortened(text: str, length: int) -> str:
    """For a subject, which has room for sixty letters. Counts every sign, other than Django's Truncator."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def instant(moment: datetime) -> str:
    """23 November 2026, 15:40 UTC; by the reader's clock, where it is known."""
    return written_instant(moment, "j F Y, H:i")
