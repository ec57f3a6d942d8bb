"""Mails about what staff changed on a badge, when they chose to tell the earner."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.db.models import Q
from django.utils.translation import gettext as _

from badgecert.core.dates import day_in, long_date
from badges.models import IssuanceVersion, Visibility
from notifications.links import portfolio_url
from notifications.messages.base import Secrets
from notifications.messages.issuances import AboutIssuance, badge_context, reason_not_to_write_to
from notifications.models import Message, MessageKind, MessageState


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that the badge says differently now. Without `after`: it is too long for a mail."""

    label: str
    before: str = ""
    after: str = ""


class ChangeMail(AboutIssuance):
    """`details["version"]` is the version that the change made, or the one that it hit."""

    after: IssuanceVersion
    before: IssuanceVersion | None
    current: IssuanceVersion
    has_heard: bool

    @classmethod
    def prepare(cls, mails: Sequence[Self]) -> None:
        super().prepare(mails)
        ids = [mail.issuance.pk for mail in mails]
        versions = {
            (version.issuance_id, version.number): version
            for version in IssuanceVersion.objects.filter(issuance__in=ids).order_by("number")
        }
        unheard = _unheard(ids)
        for mail in mails:
            number = mail.message.details["version"]
            mail.after = versions[mail.issuance.pk, number]
            mail.before = versions.get((mail.issuance.pk, number - 1))
            mail.current = versions[mail.issuance.pk, mail.disclosure.version]
            mail.has_heard = mail.issuance.pk not in unheard

    @property
    def reason_to_cancel(self) -> str:
        if reason := super().reason_to_cancel or reason_not_to_write_to(self.message.to_address, self.issuance):
            return reason
        # That mail tells what the badge says when it leaves.
        return "" if self.has_heard else _("The mail about the badge itself has not left.")

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        # Of a private badge its public page shows nothing.
        is_private = self.issuance.visibility == Visibility.PRIVATE
        return {
            **badge_context(self.disclosure, badge=self.issuance.badge, address=self.message.to_address),
            "public_url": portfolio_url(self.issuance.pk) if is_private else self.disclosure.url,
            "changes": self._changes(),
            "reason": self.after.public_reason,
            "on": long_date(self.happened_on),
        }

    @property
    def happened_on(self) -> date:
        return day_in(self.after.created_at, self.issuance.issuer.time_zone)

    def _changes(self) -> list[Change]:
        return changes_between(self.before, self.after, current=self.current) if self.before else []


class CorrectedMail(ChangeMail):
    kind = MessageKind.CORRECTED


class RenewedMail(ChangeMail):
    kind = MessageKind.RENEWED


class SuspendedMail(ChangeMail):
    kind = MessageKind.SUSPENDED

    @property
    def reason_to_cancel(self) -> str:
        return super().reason_to_cancel or ("" if self.issuance.suspended_at else _("The review ended first."))

    @property
    def happened_on(self) -> date:
        return self.disclosure.suspended_on or super().happened_on


class RestoredMail(ChangeMail):
    """After a review or a revocation."""

    kind = MessageKind.RESTORED

    @property
    def reason_to_cancel(self) -> str:
        return super().reason_to_cancel or (_("The badge is under review again.") if self.issuance.suspended_at else "")


class RevokedMail(ChangeMail):
    kind = MessageKind.REVOKED

    @property
    def reason_to_cancel(self) -> str:
        if self.issuance.erased_at:
            return _("The earner's data was erased.")
        if self.issuance.declined_at:
            return _("The earner declined the badge.")
        if not self.issuance.revoked_at:
            return _("The badge was reinstated first.")
        return "" if self.has_heard else _("The mail about the badge itself has not left.")

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        return {**super().context(secrets), "reason": self.issuance.revocation_reason}

    @property
    def happened_on(self) -> date:
        return self.disclosure.revoked_on or super().happened_on


def changes_between(before: IssuanceVersion, after: IssuanceVersion, *, current: IssuanceVersion) -> list[Change]:
    """What a version says differently. A name that the earner asked not to show any more stays out."""

    def name(version: IssuanceVersion) -> str:
        is_hidden = current.hides_earlier_name and version.recipient_name != current.recipient_name
        return "" if is_hidden else version.recipient_name

    def change(field: str) -> Change:
        label = _labels()[field]
        if field == "recipient_name":
            return Change(label=label, before=name(before), after=name(after))
        if field in {"issued_on", "expires_on"}:
            return Change(label=label, before=_day(getattr(before, field)), after=_day(getattr(after, field)))
        return Change(label=label)

    return [change(field) for field in after.changed_fields if field in _labels()]


def _unheard(issuance_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Whose mail about the badge itself was not written yet, or never will be."""
    mails = Message.objects.filter(kind=MessageKind.ISSUANCE, issuance__in=issuance_ids).order_by()
    unwritten = Q(state=MessageState.CANCELLED) | Q(state=MessageState.QUEUED, sealed_body=None)
    return set(mails.filter(unwritten).values_list("issuance_id", flat=True)) - set(
        mails.exclude(unwritten).values_list("issuance_id", flat=True)
    )


def _labels() -> dict[str, str]:
    return {
        "recipient_name": _("Name"),
        "issued_on": _("Issued"),
        "expires_on": _("Valid until"),
        "narrative": _("What you did"),
        "evidence": _("Evidence"),
    }


def _day(day: date | None) -> str:
    return long_date(day) if day else _("no end")
