"""The mail that the first person of a batch would get, for whoever prepares it."""

import uuid
from collections.abc import Sequence
from typing import ClassVar, Self

from django.utils.translation import gettext as _

from badges.actions.leaving import new_issuance
from badges.disclosure import preview_disclosure
from badges.models import BatchRow, BatchState
from notifications.messages.base import Mail, Secrets
from notifications.messages.issuances import context_before_issuing
from notifications.models import Message, MessageKind


class FirstCopyMail(Mail):
    """Its buttons lead to the first page of the site and its password is masked: nothing is issued yet."""

    kind: ClassVar[MessageKind] = MessageKind.FIRST_COPY
    row: BatchRow | None

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self._row_id = uuid.UUID(message.details["row"])

    @classmethod
    def prepare(cls, mails: Sequence[Self]) -> None:
        rows = BatchRow.objects.select_related("batch__badge_version__badge__issuer").ready()
        found = rows.filter(batch__state=BatchState.DRAFT).in_bulk([mail._row_id for mail in mails])
        for mail in mails:
            mail.row = found.get(mail._row_id)

    @property
    def reason_to_cancel(self) -> str:
        return "" if self.row else _("The file was sent, undone or changed meanwhile.")

    @property
    def language(self) -> str:
        """As its earner would read it."""
        return self.message.issuer.language if self.message.issuer else super().language

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        if self.row is None:
            msg = "There is nothing to show any more."
            raise ValueError(msg)
        new = new_issuance(self.row)
        disclosure = preview_disclosure(self.row.batch.badge_version, new)
        return context_before_issuing(disclosure, badge=self.row.batch.badge_version.badge, address=new.recipient_email)
