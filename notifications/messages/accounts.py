"""Mails about an account: a new password, the lock, its addresses, its second factor."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Self, cast

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from badgecert.accounts.actions import make_temporary_password
from badgecert.accounts.actions.alternate_addresses import PROOF_LASTS, make_proof_token
from badgecert.accounts.models import AddressProof, User
from badgecert.core import clock
from badgecert.core.text import canonical_email
from issuers.models import Issuer, Topic
from issuers.permissions import issuers_owned_alone_by
from notifications.messages.base import MASKED, Mail, Secrets, instant
from notifications.models import Message, MessageKind


class AboutAccount(Mail):
    def __init__(self, message: Message) -> None:
        super().__init__(message)
        # A constraint of the table.
        self.user = cast("User", message.user)


class PasswordMail(AboutAccount):
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
            "until": instant(clock.now() + _request_lasts()),
        }


class LockedMail(AboutAccount):
    """Ten wrong passwords, or an organisation by hand, locked the account: who can unlock it, and how to reach them."""

    kind = MessageKind.LOCKED

    @property
    def reason_to_cancel(self) -> str:
        return "" if self.user.is_locked else _("The account was unlocked first.")

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        # Whoever issued to an earner may unlock them; staff are unlocked by an owner of their organisation.
        if self.user.is_superuser:
            unlockers = Issuer.objects.none()
        elif self.user.is_staff:
            # The last owner has nobody there.
            unlockers = Issuer.objects.filter(staff_members__user=self.user).exclude(
                pk__in=issuers_owned_alone_by(self.user)
            )
        else:
            unlockers = Issuer.objects.filter(issuances__earner=self.user, issuances__erased_at=None).distinct()
        return {
            "username": self.message.to_address,
            "locked_by": Issuer.objects.filter(pk=self.message.details.get("locked_by")).first(),
            "attempts": settings.FAILED_LOGINS_BEFORE_LOCK,
            "locked_at": instant(self.user.locked_at or clock.now()),
            "unlockers": [{"issuer": issuer, "contact": issuer.contact_for(Topic.LOG_IN)} for issuer in unlockers],
        }


class _ProofMail(AboutAccount):
    """To an address that somebody wants to add to their account; the link in it proves that its mail is read.

    It does not say whose account: anybody can type an address.
    """

    can_prove: bool

    @classmethod
    def prepare(cls, mails: Sequence[Self]) -> None:
        proofs = set(
            AddressProof.objects.usable(clock.now())
            .filter(user__in=[mail.user.pk for mail in mails], token_hash=None)
            .values_list("user_id", "address")
        )
        for mail in mails:
            mail.can_prove = (mail.user.pk, canonical_email(mail.message.to_address)) in proofs

    @property
    def reason_to_cancel(self) -> str:
        if not self.user.is_active:
            return _("The account is closed.")
        return "" if self.can_prove else _("Nothing is left to confirm.")

    @property
    def recipient_name(self) -> str:
        return ""

    def new_secrets(self) -> Secrets | None:
        token = make_proof_token(self.user, address=self.message.to_address)
        return Secrets(link=f"{settings.BASE_URL}{reverse('earners:confirm_address', args=[token])}") if token else None

    def masked_secrets(self) -> Secrets:
        return MASKED

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        return {
            "address": self.message.to_address,
            "secrets": secrets,
            "until": instant(self.message.created_at + PROOF_LASTS),
        }


class AddressAddedMail(_ProofMail):
    kind = MessageKind.ADDRESS_ADDED


class MergeProofMail(_ProofMail):
    """The address has an account of its own, which joins the other one."""

    kind = MessageKind.MERGE_PROOF


class _NoticeMail(AboutAccount):
    """Something about the account changed: told to everybody who could mind, always."""

    @property
    def reason_to_cancel(self) -> str:
        return "" if self.user.is_active else _("The account is closed.")


class AddressChangedMail(_NoticeMail):
    """`details` has what was done to which address, and whether the operator did it."""

    kind = MessageKind.ADDRESS_CHANGED

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        details = self.message.details
        return {
            "username": self.message.to_address,
            "change": details.get("change", ""),
            "address": details.get("address", ""),
            "by_operator": details.get("by_operator", False),
            "changed_at": instant(self.message.created_at),
            "profile_url": f"{settings.BASE_URL}{reverse('earners:profile')}",
        }


class SecondFactorResetMail(_NoticeMail):
    kind = MessageKind.SECOND_FACTOR_RESET

    def context(self, secrets: Secrets | None) -> dict[str, object]:
        return {"username": self.message.to_address, "changed_at": instant(self.message.created_at)}


def _request_lasts() -> timedelta:
    return timedelta(hours=settings.TEMPORARY_PASSWORD_REQUEST_HOURS)
