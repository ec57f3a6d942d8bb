"""Mails about an account: a new password, the lock."""

from datetime import timedelta
from typing import cast

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from badgecert.accounts.actions import make_temporary_password
from badgecert.accounts.models import User
from badgecert.core import clock
from issuers.models import Issuer
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
            "locked_at": instant(self.user.locked_at or clock.now()),
            "unlockers": unlockers,
        }


def _request_lasts() -> timedelta:
    return timedelta(hours=settings.TEMPORARY_PASSWORD_REQUEST_HOURS)
