import base58
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from certificates.openbadges.keys import did_document, did_web, did_web_url, from_multikey, multikey, rsa_jwk
from tests.certificates.openbadges.examples import KEY


def test_multikey_comes_back() -> None:
    assert from_multikey(multikey(KEY)).public_bytes_raw() == KEY.public_key().public_bytes_raw()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "6Mk",
        "zzzzz",
        "did:key:z6Mk",
        multikey(KEY)[:-1],
        "z" + "1" * 40,
        multikey(KEY).replace("z6Mk", "z6LS"),
    ],
)
def test_from_multikey_refuses_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_multikey(text)


def test_from_multikey_refuses_keys_that_fit_any_text() -> None:
    zero = "z" + base58.b58encode(bytes.fromhex("ed01") + b"\0" * 32).decode()

    with pytest.raises(ValueError, match="signatures nobody made"):
        from_multikey(zero)


@pytest.mark.parametrize(
    ("base", "path", "did", "url"),
    [
        (
            "https://badges.example.org",
            ("issuers", "northgate"),
            "did:web:badges.example.org:issuers:northgate",
            "https://badges.example.org/issuers/northgate/did.json",
        ),
        (
            "http://127.0.0.1:8000",
            ("issuers", "northgate"),
            "did:web:127.0.0.1%3A8000:issuers:northgate",
            "https://127.0.0.1:8000/issuers/northgate/did.json",
        ),
        ("https://x.example", (), "did:web:x.example", "https://x.example/.well-known/did.json"),
    ],
)
def test_did_web_and_its_address(base: str, path: tuple[str, ...], did: str, url: str) -> None:
    assert did_web(base, *path) == did
    assert did_web_url(did) == url


@pytest.mark.parametrize(
    "did",
    [
        "",
        "did:key:z6Mk",
        "did:web:",
        "did:web:x.example:..",
        "did:web:x.example:a%2Fb",
        "did:web:user%40x.example",
        "xdid:web:x",
    ],
)
def test_did_web_url_refuses_what_leads_elsewhere(did: str) -> None:
    with pytest.raises(ValueError, match="is not a did:web"):
        did_web_url(did)


def test_did_document_lists_each_key_for_assertions_by_its_full_name() -> None:
    jwk = rsa_jwk(rsa.generate_private_key(65537, 2048))

    document = did_document("did:web:x.example", ed25519=[("key-1", multikey(KEY))], rsa=[("rsa-1", jwk)])

    assert document["assertionMethod"] == ["did:web:x.example#key-1", "did:web:x.example#rsa-1"]
    assert {method["controller"] for method in document["verificationMethod"]} == {"did:web:x.example"}
    assert jwk["e"] == "AQAB"
