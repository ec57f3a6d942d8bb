"""Reading other people's DID documents."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from badgecert.core.sentences import sentence as _
from certificates.openbadges.canonical import JsonObject
from certificates.openbadges.keys import from_multikey


def key_in(document: JsonObject, *, did: str, verification_method: str) -> Ed25519PublicKey | dict[str, str] | None:
    """The key with this full name, when the document lets it make assertions. Raises ValueError for broken documents."""
    if document.get("id") != did:
        msg = _("The document belongs to another DID.")
        raise ValueError(msg)
    asserting, methods = document.get("assertionMethod"), document.get("verificationMethod")
    if not isinstance(asserting, list) or verification_method not in asserting or not isinstance(methods, list):
        return None
    for method in methods:
        if not isinstance(method, dict) or method.get("id") != verification_method or method.get("controller") != did:
            continue
        if isinstance(multikey := method.get("publicKeyMultibase"), str):
            return from_multikey(multikey)
        jwk = method.get("publicKeyJwk")
        if isinstance(jwk, dict) and jwk.get("kty") == "RSA" and isinstance(jwk.get("n"), str):
            return {name: str(jwk[name]) for name in ("kty", "n", "e") if name in jwk}
    return None
