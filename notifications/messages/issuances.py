"""Mails about one badge of one person, and the words they share."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Self, cast

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from badgecert.accounts.actions import issuance_password_lasts, make_temporary_passwords
from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.dates import day_in, long_date
from badgecert.core.text import canonical_email
from badges.disclosure import BadgeFacts, Disclosure, IssuerFacts, PictureFacts, said_of
from badges.models import Badge, Issuance
from earners.claim_links import claim_url
from earners.sharing import linkedin_profile_url
from issuers.models import Issuer
from notifications.markdown import plain_text
from notifications.messages.addresses import addresses_held_by
from notifications.messages.base import MASKED, Mail, RenderedMail, Secrets, rendered, shortened
from notifications.models import Message, MessageKind, WordedMail
from notifications.wording import Wordings

# The rest is on the public page.
CRITERIA_LENGTH = 600


class AboutIssuance(Mail):
    personal = frozenset(
        {"name", "username", "claim_url", "linkedin_url", "public_url", "shown_url", "code", "secrets", "stop_url"}
    )
    # What the earner may see, who reads this mail.
    disclosure: Disclosure

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        # A constraint of the table.
        self.issuance = cast("Issuance", message.issuance)

    @classmethod
    def prepare(cls, mails: Sequence[Self]) -> None:
        said = said_of(mail.issuance for mail in mails)
        for mail in mails:
            mail.disclosure = said[mail.issuance.pk]

    @property
    def badge_ids(self) -> set[uuid.UUID]:
        return {self.issuance.badge_id}

    @property
    def reason_to_cancel(self) -> str:
        return reason_to_say_nothing(self.issuance)

    @property
    def recipient_name(self) -> str:
        return self.disclosure.holder

    @property
    def reply_to(self) -> str:
        return self.issuance.badge.contact_email


def reason_to_say_nothing(issuance: Issuance) -> str:
    if issuance.erased_at:
        return _("The earner's data was erased.")
    if issuance.revoked_at:
        return _("The badge was revoked first.")
    if issuance.declined_at:
        return _("The earner declined the badge.")
    return ""


def reason_not_to_write_to(address: str, issuance: Issuance) -> str:
    if canonical_email(address) != issuance.recipient_key:
        return _("The organisation writes to another address since.")
    return ""


class IssuanceMail(AboutIssuance):
    """The congratulations: once for each issuance."""

    kind = MessageKind.ISSUANCE
    # The earner has agreed that this address is theirs, or their account was opened with it.
    opens_account: bool

    @classmethod
    def prepare(cls, mails: Sequence[Self]) -> None:
        super().prepare(mails)
        held = addresses_held_by(mail.issuance.earner_id for mail in mails)
        for mail in mails:
            earner_id = mail.issuance.earner_id
            mail.opens_account = earner_id is not None and canonical_email(mail.message.to_address) in held[earner_id]

    @property
    def reason_to_cancel(self) -> str:
        return super().reason_to_cancel or reason_not_to_write_to(self.message.to_address, self.issuance)

    @property
    def is_first_invitation(self) -> bool:
        earner = self.issuance.earner
        if earner is None or earner.last_login is not None:
            return False
        # An issuer must not open somebody's account by writing to another address (decision 020).
        return self.issuance.badge.invites_earners and self.opens_account

    def new_secrets(self) -> Secrets | None:
        return self.new_secrets_of([self])[0]

    @classmethod
    def new_secrets_of(cls, mails: Sequence[Self]) -> list[Secrets | None]:
        invited = [mail.issuance for mail in mails if mail.is_first_invitation]
        passwords = make_temporary_passwords(
            [(cast("User", issuance.earner), issuance.recipient_email) for issuance in invited],
            lasts=issuance_password_lasts(),
        )
        secrets = {
            issuance.pk: Secrets(password=password) for issuance, password in zip(invited, passwords, strict=True)
        }
        return [secrets.get(mail.issuance.pk) for mail in mails]

    def masked_secrets(self) -> Secrets | None:
        return MASKED if self.is_first_invitation else None

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        return issuance_context(
            self.disclosure,
            badge=self.issuance.badge,
            address=self.message.to_address,
            claim=claim_url(self.issuance.pk, address=self.message.to_address),
            secrets=secrets,
        )


def preview_issuance_mail(disclosure: Disclosure, address: str) -> RenderedMail:
    """What the person would get if the badge were issued to them as disclosed, its password masked.

    Shown before issuing, so its buttons lead nowhere yet.
    """
    said, _issuer, _issued_on = disclosed(disclosure)
    badge = Badge.objects.select_related("issuer").get(slug=said.slug)
    with translation.override(badge.issuer.language):
        return rendered(MessageKind.ISSUANCE, context_before_issuing(disclosure, badge=badge, address=address))


def context_before_issuing(disclosure: Disclosure, *, badge: Badge, address: str) -> dict[str, object]:
    """What its templates get when nothing is issued yet."""
    known = User.objects.filter(emailaddress__email__iexact=address, last_login__isnull=False).exists()
    secrets = MASKED if badge.invites_earners and not known else None
    words = Wordings([badge.issuer_id]).of(WordedMail.ISSUANCE, issuer_id=badge.issuer_id, badge_ids=[badge.pk])
    return {
        **issuance_context(disclosure, badge=badge, address=address, claim=settings.BASE_URL, secrets=secrets),
        "words": words,
    }


def issuance_context(
    disclosure: Disclosure, *, badge: Badge, address: str, claim: str, secrets: Secrets | None
) -> dict[str, object]:
    until = day_in(clock.now() + issuance_password_lasts(), badge.issuer.time_zone)
    return {
        **badge_context(disclosure, badge=badge, address=address),
        "claim_url": claim,
        "linkedin_url": linkedin_profile_url(disclosure) if badge.has_linkedin_button else "",
        "secrets": secrets,
        "until": long_date(until),
    }


def badge_context(disclosure: Disclosure, *, badge: Badge, address: str) -> dict[str, object]:
    said, issuer, issued_on = disclosed(disclosure)
    return {
        "name": disclosure.holder,
        "username": address,
        "badge_name": said.name,
        "short_badge_name": shortened(said.name, 45),
        **issuer_context(badge.issuer),
        # As they were at issue.
        "issuer_name": issuer.name,
        "logo_url": picture_url(issuer.logo) if issuer.logo else "",
        "picture_url": picture_url(said.picture),
        "criteria": _beginning_of(said.criteria_to_earn),
        "issued_on": long_date(issued_on),
        "expires_on": long_date(disclosure.expires_on) if disclosure.expires_on else "",
        "public_url": disclosure.url,
        "shown_url": disclosure.url.partition("://")[2],
        "code": disclosure.grouped_code,
        "contact": said.contact_email,
    }


@lru_cache(maxsize=100)
def _beginning_of(criteria: str) -> str:
    return Truncator(plain_text(criteria)).chars(CRITERIA_LENGTH)


def issuer_context(issuer: Issuer) -> dict[str, object]:
    """How the organisation shows itself now, but for its logo."""
    return {
        "issuer_name": issuer.name,
        "issuer_address": issuer.postal_address,
        "line_colour": issuer.brand_colour,
    }


def logo_urls(issuer_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The logo that each of these organisations has now."""
    logos = Issuer.objects.filter(pk__in=list(issuer_ids), logo__isnull=False).values_list("pk", "logo__sha256")
    return {issuer_id: _address_of_picture(sha256) for issuer_id, sha256 in logos}


def disclosed(disclosure: Disclosure) -> tuple[BadgeFacts, IssuerFacts, date]:
    if disclosure.badge is None or disclosure.issuer is None or disclosure.issued_on is None:
        msg = f"Nothing of {disclosure.code} may be told: it is {disclosure.state}."
        raise ValueError(msg)
    return disclosure.badge, disclosure.issuer, disclosure.issued_on


def picture_url(picture: PictureFacts) -> str:
    return _address_of_picture(picture.sha256)


def _address_of_picture(sha256: str) -> str:
    return f"{settings.BASE_URL}{_path_of_picture(sha256)}"


@lru_cache(maxsize=100)
def _path_of_picture(sha256: str) -> str:
    # Mail programs show no SVG and few show WebP.
    return reverse("picture", args=[sha256])
