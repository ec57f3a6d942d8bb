"""What shows that an organisation signed something, for pages of the apps below."""

import hashlib
from textwrap import wrap

from django import template

from certificates.addresses import did_of
from certificates.models import KeyKind
from issuers.models import Issuer

register = template.Library()

_GROUP = 4


@register.inclusion_tag("certificates/issuer_key.html")
def signing_key_of(issuer: Issuer) -> dict[str, object]:
    """The key with which it signs credentials now, by its fingerprint; one query."""
    key = issuer.signing_keys.active().filter(kind=KeyKind.ED25519).defer("sealed_private").first()
    return {
        "key": key,
        "fingerprint": fingerprint(key.public) if key else "",
        "did": did_of(issuer.slug),
        "slug": issuer.slug,
    }


def fingerprint(public: str) -> str:
    """Of a key as its DID document has it: SHA-256 in groups that can be read aloud."""
    return " ".join(wrap(hashlib.sha256(public.encode()).hexdigest(), _GROUP))
