"""Mails about what an earner asked of an organisation: one to them and one to its staff for each turn of the talk."""

import uuid
from collections.abc import Sequence
from typing import ClassVar, Self

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from badgecert.core.dates import long_date
from badges.models import IssuanceVersion
from earners.models import EarnerRequest, EntryKind, RequestEntry, RequestKind, RequestState
from notifications.messages.base import Secrets
from notifications.messages.changes import Change, changes_between
from notifications.messages.issuances import AboutIssuance, badge_context
from notifications.models import Message, MessageKind, WordedMail


class _AboutRequest(AboutIssuance):
    """`details` has the request and the entry of its thread that this mail tells."""

    request: EarnerRequest
    entry: RequestEntry
    changes: list[Change]
    # The name of the address at which its reader finds the request.
    page: ClassVar[str]

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self._request_id = uuid.UUID(message.details["request"])
        self._entry_id = uuid.UUID(message.details["entry"])

    @classmethod
    def prepare(cls, mails: Sequence[Self]) -> None:
        super().prepare(mails)
        requests = EarnerRequest.objects.select_related("issuer", "made_version", "issuance__current_version").in_bulk(
            [mail._request_id for mail in mails]
        )
        entries = RequestEntry.objects.prefetch_related("attachments").in_bulk([mail._entry_id for mail in mails])
        for mail in mails:
            mail.request, mail.entry = requests[mail._request_id], entries[mail._entry_id]
        changes = _changes([mail.request for mail in mails])
        for mail in mails:
            mail.changes = changes.get(mail.request.pk, [])

    @property
    def reason_to_cancel(self) -> str:
        # A badge that was revoked or declined may still be asked about.
        return _("The earner's data was erased.") if self.issuance.erased_at else ""

    @property
    def sender_name(self) -> str:
        return self.request.issuer.name

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        return {
            **badge_context(self.disclosure, badge=self.issuance.badge, address=self.message.to_address),
            "subject_of_request": self.request.get_kind_display(),
            "due_on": long_date(self.request.due_on),
            "entry": self.entry.kind,
            "answer": self.entry.text or "",
            "files": len(self.entry.attachments.all()),
            "changes": self.changes if self.entry.kind == EntryKind.APPROVED else [],
            "contact": self.reply_to,
            "request_url": settings.BASE_URL + reverse(self.page, args=[self.request.pk]),
        }


class RequestMail(_AboutRequest):
    """To the earner: it was passed on, or answered."""

    kind: ClassVar[MessageKind] = MessageKind.REQUEST
    page: ClassVar[str] = "earners:request"

    @property
    def reason_to_cancel(self) -> str:
        if reason := super().reason_to_cancel:
            return reason
        if self.entry.kind == EntryKind.ASKED and self.request.is_decided:
            return _("The request was decided first.")
        return ""

    @property
    def worded_as(self) -> WordedMail | None:
        return WordedMail(f"request_{self.entry.kind}")

    @property
    def worded_by(self) -> uuid.UUID | None:
        # The message itself may be the site's: the organisation does not know the address.
        return self.request.issuer_id

    @property
    def reply_to(self) -> str:
        return self.request.issuer.contact_for(RequestKind(self.request.kind).topic)


class RequestDeskMail(_AboutRequest):
    """To the organisation's contact for it: somebody has to look. What the earner wrote is read at the desk only."""

    kind: ClassVar[MessageKind] = MessageKind.REQUEST_DESK
    page: ClassVar[str] = "admin:earners_earnerrequest_change"

    @property
    def reason_to_cancel(self) -> str:
        if reason := super().reason_to_cancel:
            return reason
        return "" if self.request.state == RequestState.OPEN else _("Somebody answered first.")

    @property
    def recipient_name(self) -> str:
        return self.request.issuer.name

    @property
    def language(self) -> str:
        return self.request.issuer.language

    @property
    def reply_to(self) -> str:
        # The address of the earner that the organisation knows.
        return self.issuance.recipient_email


def _changes(requests: Sequence[EarnerRequest]) -> dict[uuid.UUID, list[Change]]:
    """What each request that led to a new version changed."""
    made = {request.pk: request.made_version for request in requests if request.made_version}
    versions = {
        (version.issuance_id, version.number): version
        for version in IssuanceVersion.objects.filter(issuance__in={after.issuance_id for after in made.values()})
    }
    current = {request.pk: request.issuance.current_version for request in requests}
    return {
        request_id: changes_between(versions[after.issuance_id, after.number - 1], after, current=current[request_id])
        for request_id, after in made.items()
    }
