"""Passkeys, authenticator apps and recovery codes: where allauth's way ends and ours begins."""

from typing import Any
from urllib.parse import urlsplit

import segno
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext_lazy

from badgecert.accounts.devices import browser_name
from badgecert.accounts.models import User
from badgecert.core import seal


def second_factors_of(user: User | OuterRef) -> QuerySet[Authenticator]:
    """Passkeys and the authenticator app. Recovery codes only stand in for one of these."""
    held: QuerySet[Authenticator] = Authenticator.objects.filter(user=user.pk if isinstance(user, User) else user)
    return held.exclude(type=Authenticator.Type.RECOVERY_CODES)


def has_second_factor(user: User) -> bool:
    return second_factors_of(user).exists()


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("That did not fit. Enter the newest code of your app, or a recovery code."),
        "cannot_generate_recovery_codes": gettext_lazy("Add a passkey or an authenticator app first."),
    }

    def encrypt(self, text: str) -> str:
        """Seeds are sealed like everything that must not lie in the database in clear. Raises SealError."""
        return seal.seal(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises SealError."""
        return seal.open_sealed(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        code = segno.make(url, error="m", micro=False)
        return str(code.svg_inline(border=4, dark="#241628", light="#fff", omitsize=True)).replace(
            "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1
        )

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return browser_name(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, Any]:
        """Passkeys belong to the site's own address, whatever host it was asked by."""
        return {"id": urlsplit(settings.BASE_URL).hostname, "name": settings.SITE_NAME}

    def get_totp_issuer(self) -> str:
        return str(settings.SITE_NAME)


def kind_of(authenticator: Authenticator) -> str:
    """As the audit trail says it."""
    return {"webauthn": "passkey", "totp": "authenticator app"}.get(authenticator.type, "recovery codes")
