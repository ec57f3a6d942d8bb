import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jws
from joserfc.jwk import OctKey, RSAKey

from certificates.openbadges.exceptions import ProofError
from certificates.openbadges.jwt import check_jwt, read_jwt, sign_jwt
from certificates.openbadges.keys import rsa_jwk
from tests.certificates.openbadges.examples import DID, credential

KEY = rsa.generate_private_key(65537, 2048)
KID = f"{DID}#rsa-1"
SIGNED = sign_jwt(credential(), key=KEY, kid=KID)


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def with_header(**members: Any) -> str:
    _header, payload, signature = SIGNED.split(".")
    return ".".join([encoded({"alg": "RS256", "typ": "JWT", "kid": KID, **members}), payload, signature])


def check(text: str) -> dict[str, Any]:
    return check_jwt(read_jwt(text), jwk=rsa_jwk(KEY))


def test_jwt_gives_back_the_credential() -> None:
    assert check(SIGNED) == credential()


def test_jwt_carries_the_registered_claims() -> None:
    claims = read_jwt(SIGNED).credential

    assert {name: claims[name] for name in ("iss", "jti", "sub", "nbf", "exp")} == {
        "iss": DID,
        "jti": credential()["id"],
        "sub": credential()["credentialSubject"]["id"],
        "nbf": 1795357920,
        "exp": 1856732399,
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "three parts"),
        ("a.b", "three parts"),
        (SIGNED + ".x.y", "three parts"),
        ("!.!.!", "cannot be read"),
        (with_header(alg="none"), "not checked here"),
        (with_header(alg="nOnE"), "not checked here"),
        (with_header(alg="HS256"), "not checked here"),
        (with_header(alg=["RS256"]), "not checked here"),
        (with_header(alg="EdDSA"), "not checked here"),
        (with_header(jwk=rsa_jwk(KEY)), "header holds jwk"),
        (with_header(jku="https://evil.example/keys"), "header holds jku"),
        (with_header(x5u="https://evil.example/x"), "header holds x5u"),
        (with_header(crit=["exp"]), "header holds crit"),
        (with_header(b64=False), "header holds b64"),
        (with_header(kid=None), "names no key"),
        (with_header(typ="at+jwt"), "not checked here"),
    ],
)
def test_read_jwt_refuses_what_would_lead_the_check_astray(text: str, sentence: str) -> None:
    with pytest.raises(ProofError, match=sentence):
        check(text)


def test_check_jwt_notices_another_key() -> None:
    other = rsa.generate_private_key(65537, 2048)

    with pytest.raises(ProofError, match="somebody else signed it"):
        check_jwt(read_jwt(SIGNED), jwk=rsa_jwk(other))


def test_check_jwt_notices_a_changed_letter() -> None:
    header, payload, signature = SIGNED.split(".")
    changed = base64.urlsafe_b64decode(payload + "==").replace(b"Amara", b"Amira")

    with pytest.raises(ProofError, match="changed after it was signed"):
        check(".".join([header, base64.urlsafe_b64encode(changed).rstrip(b"=").decode(), signature]))


def test_check_jwt_takes_no_public_key_for_a_secret() -> None:
    public = KEY.public_key().public_numbers().n.to_bytes(256, "big")
    forged = jws.serialize_compact(
        {"alg": "HS256", "kid": KID}, json.dumps(credential()), OctKey.import_key(public), algorithms=["HS256"]
    )

    with pytest.raises(ProofError, match="not checked here"):
        check(forged)


@pytest.mark.parametrize("claim", ["iss", "jti", "sub", "nbf", "exp"])
@pytest.mark.parametrize("change", ["other", "missing"])
def test_check_jwt_notices_claims_that_say_something_else(claim: str, change: str) -> None:
    claims = read_jwt(SIGNED).credential
    claims = (
        {**claims, claim: "https://evil.example"}
        if change == "other"
        else {k: v for k, v in claims.items() if k != claim}
    )
    text = jws.serialize_compact(
        {"alg": "RS256", "kid": KID, "typ": "JWT"}, json.dumps(claims), RSAKey.import_key(KEY), algorithms=["RS256"]
    )

    with pytest.raises(ProofError, match="says something else"):
        check(text)
