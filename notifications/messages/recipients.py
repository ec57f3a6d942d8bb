from collections.abc import Sequence
from typing import Self

from badgecert.core.text import canonical_email
from badges.models import Visibility
from earners.address_links import agreement_url
from notifications.links import portfolio_url
from notifications.messages.addresses import addresses_held_by
from notifications.messages.base import Secrets
from notifications.messages.issuances import AboutIssuance, badge_context
from notifications.models import MessageKind


class RecipientChangedMail(AboutIssuance):
    """An organisation writes about somebody's badges to another address: told to both (decision 020).

    The old one is not told the new one: it may never have been this person's.
    """

    kind = MessageKind.RECIPIENT_CHANGED
    personal = AboutIssuance.personal | {"badge_url", "agreement_url"}
    held: set[str]

    @classmethod
    def prepare(cls, mails: Sequence[Self]) -> None:
        super().prepare(mails)
        held = addresses_held_by(mail.issuance.earner_id for mail in mails)
        for mail in mails:
            mail.held = held[mail.issuance.earner_id] if mail.issuance.earner_id else set()

    @property
    def is_old(self) -> bool:
        return canonical_email(self.message.to_address) != self.issuance.recipient_key

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        is_private = self.issuance.visibility == Visibility.PRIVATE
        return {
            **badge_context(self.disclosure, badge=self.issuance.badge, address=self.message.to_address),
            "is_old": self.is_old,
            "is_owner": canonical_email(self.message.to_address) in self.held,
            "badge_url": portfolio_url(self.issuance.pk) if is_private else self.disclosure.url,
            "agreement_url": self._agreement_url() if self.is_old else "",
        }

    def _agreement_url(self) -> str:
        """Empty when nothing is to be agreed: the account has the new address already, or never had the old one."""
        old = canonical_email(self.message.to_address)
        if old not in self.held or self.issuance.recipient_key in self.held:
            return ""
        return agreement_url(self.issuance.pk, old_address=old, new_address=self.issuance.recipient_key)
