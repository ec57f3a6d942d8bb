"""Writes what we sign, and what we publish beside it, as one JSON object for the JavaScript peers."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from certificates.openbadges.jwt import sign_jwt
from certificates.openbadges.keys import did_document, did_web_url, multikey, rsa_jwk
from certificates.openbadges.proofs import add_proof
from certificates.openbadges.status_list import status_entry, status_list_credential
from tests.certificates.openbadges.examples import DID, KEY, METHOD, full_credential

INDEX = 94_567
# Most peers ask the machine's clock, so the credential is an hour old.
CREATED = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


def signed(document: dict[str, Any]) -> dict[str, Any]:
    return add_proof(document, key=KEY, verification_method=METHOD, created=CREATED)


def current(status_list: str, purpose: str) -> dict[str, Any]:
    return {
        **full_credential(),
        "validFrom": f"{CREATED:%Y-%m-%dT%H:%M:%SZ}",
        "validUntil": f"{CREATED + timedelta(days=365):%Y-%m-%dT%H:%M:%SZ}",
        "credentialStatus": status_entry(list_address=status_list, index=INDEX, purpose=purpose),
    }


def main() -> None:
    rsa_key = rsa.generate_private_key(65537, 2048)
    pages: dict[str, Any] = {
        did_web_url(DID): did_document(DID, ed25519=[("key-1", multikey(KEY))], rsa=[("rsa-1", rsa_jwk(rsa_key))])
    }
    credentials: dict[str, Any] = {}
    for name, purpose, indexes in (
        ("valid", "revocation", []),
        ("revoked", "revocation", [INDEX]),
        ("suspended", "suspension", [INDEX]),
    ):
        address = f"https://badges.example.org/issuers/northgate/status/{name}"
        pages[address] = signed(
            status_list_credential(
                address=address, issuer=DID, purpose=purpose, set_indexes=indexes, valid_from=CREATED
            )
        )
        credentials[name] = signed(current(address, purpose))
    southgate = {**full_credential()["issuer"], "id": "did:web:badges.example.org:issuers:southgate"}
    credentials["impostor"] = signed(
        {**current("https://badges.example.org/status", "revocation"), "issuer": southgate}
    )
    jwt = sign_jwt(credentials["valid"], key=rsa_key, kid=f"{DID}#rsa-1")
    print(json.dumps({"pages": pages, "credentials": credentials, "jwt": jwt}))


if __name__ == "__main__":
    main()
