from django.utils.translation import gettext as _

from badges.models import Visibility
from notifications.messages.base import Secrets, shortened
from notifications.messages.issuances import AboutIssuance, badge_context
from notifications.models import MessageKind


class SharedMail(AboutIssuance):
    """An earner shows a badge to somebody: its link and our words, none of theirs."""

    kind = MessageKind.SHARED
    personal = AboutIssuance.personal | {"short_name"}

    @property
    def reason_to_cancel(self) -> str:
        if reason := super().reason_to_cancel:
            return reason
        return _("The earner made the badge private.") if self.issuance.visibility == Visibility.PRIVATE else ""

    @property
    def sender_name(self) -> str:
        return self.issuance.issuer.name

    @property
    def recipient_name(self) -> str:
        return ""

    @property
    def reply_to(self) -> str:
        # The page on which it is sent says so.
        return self.message.user.email if self.message.user else ""

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        return {
            **badge_context(self.disclosure, badge=self.issuance.badge, address=self.message.to_address),
            "short_name": shortened(self.disclosure.holder, 40),
        }
