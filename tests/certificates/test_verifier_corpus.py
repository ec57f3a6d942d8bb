"""The verifier corpus of 116 inputs, by number: what strangers bring, and what they must be told.

Everything goes through /api/verify/ against a real register. A listener on loopback must stay silent throughout.
"""

import base64
import copy
import gzip
import json
import socket
import struct
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import base58
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from django.test import Client
from PIL import Image

from badgecert.core import clock
from badges.actions.issuances import correct_issuance, revoke_issuance, suspend_issuance
from badges.models import Issuance, Visibility
from certificates.actions.keys import mark_key_compromised, open_ed25519, rotate_key
from certificates.actions.log import sequence_entries
from certificates.addresses import did_of
from certificates.models import Credential
from certificates.openbadges.baking import bake_png, bake_svg
from certificates.openbadges.jwt import sign_jwt
from certificates.openbadges.keys import multikey
from certificates.openbadges.proofs import add_proof, multibase
from tests.certificates.openbadges.examples import credential
from tests.factories import issue, make_issuer, make_png, make_published_badge

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>'
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(7, 39)))
STRANGERS_RSA = generate_private_key(public_exponent=65537, key_size=2048)
STRANGERS_DID = f"did:key:{multikey(STRANGER)}"
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    """Behind the header, which is 33 bytes."""
    return png[:33] + b"".join(chunks) + png[33:]


def itxt(body: bytes, *, keyword: bytes = b"openbadgecredential") -> bytes:
    return chunk(b"iTXt", keyword + b"\0" + body)


def plain_png() -> bytes:
    return make_png(size=(16, 16))


class Desk:
    """Makes what is brought: genuine, and then whatever somebody did to it."""

    def __init__(self, canary: str) -> None:
        self.canary = canary
        self.issuer = make_issuer()
        self.badge = make_published_badge(self.issuer)
        self.staff = self.issuer.staff_members.get().user
        self.issuance = issue(self.badge, name="Amara Okafor-Lindqvist")
        self.stored = Credential.objects.select_related("key").get(version=self.issuance.current_version)
        self.key = open_ed25519(self.stored.key)
        self.method = f"{did_of(self.issuer.slug)}#{self.stored.key.fragment}"

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.stored.document)

    @property
    def unsigned(self) -> dict[str, Any]:
        return {name: value for name, value in self.document.items() if name != "proof"}

    def file(self, ending: str) -> bytes:
        response = Client().get(f"/v/{self.issuance.code}{ending}")
        assert response.status_code == 200
        return response.content

    def signed(self, document: dict[str, Any] | None = None, *, created: Any = None) -> dict[str, Any]:
        """With the issuer's own key, as a thief of the key could."""
        return add_proof(
            document or self.unsigned, key=self.key, verification_method=self.method, created=created or clock.now()
        )

    def changed(self, *path: Any, to: Any) -> bytes:
        return as_json(changed(self.document, *path, to=to))

    def proof(self, **changes: Any) -> bytes:
        document = self.document
        document["proof"][0].update(changes)
        return as_json({**document, "proof": [{k: v for k, v in document["proof"][0].items() if v is not None}]})

    def jwt(self, header: dict[str, Any]) -> bytes:
        """The genuine JWT under another header, its signature kept."""
        _header, payload, signature = self.file(".jwt").decode().split(".")
        genuine = json.loads(base64.urlsafe_b64decode(_header + "=="))
        return f"{b64(as_json({**genuine, **header}))}.{payload}.{signature}".encode()

    def strangers(self, **changes: Any) -> dict[str, Any]:
        document = credential()
        document["credentialStatus"] = None
        document["issuer"] = {"id": STRANGERS_DID, "type": ["Profile"], "name": "The Real Board"}
        document.update(changes)
        document = {name: value for name, value in document.items() if value is not None}
        return add_proof(
            document,
            key=STRANGER,
            verification_method=f"{STRANGERS_DID}#{multikey(STRANGER)}",
            created=clock.now() - timedelta(days=1),
        )


def as_json(value: Any, **options: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, **options).encode()


def changed(document: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    document = copy.deepcopy(document)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return document


@pytest.fixture
def canary() -> Iterator[str]:
    knocks: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, peer = server.accept()
                except OSError:
                    return
                knocks.append(peer)
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        assert knocks == []


@pytest.fixture
def desk(db: None, canary: str) -> Desk:
    return Desk(canary)


def brought(content: bytes, content_type: str = "application/octet-stream") -> Any:
    return Client().post("/api/verify/", content, content_type=content_type)


def verdict_on(content: bytes) -> dict[str, Any]:
    response = brought(content)
    assert response.status_code == 200, response.content
    return response.json()


Build = Callable[[Desk], bytes]


def cases(numbered: dict[str, Any]) -> Any:
    return [pytest.param(value, id=number) for number, value in numbered.items()]


# --- what is good --------------------------------------------------------------------------------

GOOD: dict[str, Build] = {
    "V01": lambda desk: desk.file(".png"),
    "V02": lambda desk: bake_svg(SVG, v3=desk.stored.document).encode(),
    "V03": lambda desk: desk.file(".json"),
    "V04": lambda desk: desk.file(".jwt"),
    "V05": lambda desk: desk.file("/ob2.json"),
    "V05-png": lambda desk: bake_png(plain_png(), v2=desk.file("/ob2.json").decode()),
    "V05-address": lambda desk: bake_png(plain_png(), v2=f"http://testserver/v/{desk.issuance.code}/ob2.json"),
    "the certificate": lambda desk: desk.file("/certificate.pdf"),
    "V06": lambda desk: f"  http://testserver/v/{desk.issuance.code}\n ".encode(),
    "V07": lambda desk: as_json(desk.document, indent=4, sort_keys=True),
    "V08": lambda desk: with_chunks(
        plain_png(), itxt(b"\x01\x00\x00\x00" + zlib.compress(desk.stored.document.encode()))
    ),
}


@pytest.mark.parametrize("build", cases(GOOD))
def test_own_badges_are_valid_in_every_form(desk: Desk, build: Build) -> None:
    verdict = verdict_on(build(desk))

    assert (verdict["verdict"], verdict["isValid"]) == ("valid", True)
    assert {check["outcome"] for check in verdict["checks"]} == {"passed"}
    assert {check["question"] for check in verdict["checks"]} == {"unaltered", "issuer", "standing"}
    assert verdict["credential"]["holder"] == "Amara Okafor-Lindqvist"
    assert verdict["page"] == f"http://testserver/v/{desk.issuance.code}"


def test_V09_a_pinned_issuer_is_known(desk: Desk, settings: Any, tmp_path: Any) -> None:  # noqa: N802
    method = f"{STRANGERS_DID}#{multikey(STRANGER)}"
    pinned = tmp_path / "pinned.json"
    pinned.write_bytes(as_json({method: {"issuer": "National Board", "key": multikey(STRANGER)}}))
    settings.PINNED_ISSUERS_FILE = str(pinned)

    verdict = verdict_on(as_json(desk.strangers(validFrom="2026-01-01T00:00:00Z")))

    assert verdict["verdict"] == "valid"
    assert verdict["credential"]["issuer"] == "National Board"


# --- who signed it is not known ------------------------------------------------------------------

UNKNOWN: dict[str, Build] = {
    "V10": lambda desk: as_json(desk.strangers()),
    "V11": lambda desk: bake_png(plain_png(), v3=as_json(desk.strangers()).decode()),
    "V12": lambda desk: bake_svg(SVG, v3=as_json(desk.strangers()).decode()).encode(),
    "V14": lambda desk: as_json(
        desk.strangers(issuer={"id": STRANGERS_DID, "type": ["Profile"], "name": "Nоrthgate Council"})
    ),
    "V15": lambda desk: as_json(
        desk.strangers(
            issuer={
                "id": STRANGERS_DID,
                "type": ["Profile"],
                "name": "The Real Board",
                "image": {"id": f"http://{desk.canary}/logo.png", "type": "Image"},
            }
        )
    ),
    "V79": lambda desk: as_json(desk.strangers(evidence=[{"id": f"http://{desk.canary}/proof", "type": ["Evidence"]}])),
}


@pytest.mark.parametrize("build", cases(UNKNOWN))
def test_a_perfect_signature_of_nobody_is_never_valid(desk: Desk, settings: Any, build: Build) -> None:
    settings.FETCH_FOREIGN_BADGES = True
    with clock.at(clock.now() + timedelta(days=30)):
        verdict = verdict_on(build(desk))

    assert (verdict["verdict"], verdict["isValid"]) == ("unknown_issuer", False)
    assert [check["outcome"] for check in verdict["checks"] if check["question"] == "unaltered"] == ["passed"]
    assert [check["outcome"] for check in verdict["checks"] if check["question"] == "issuer"] == ["could_not_check"]


# --- what is not good ----------------------------------------------------------------------------


def without_status(desk: Desk) -> bytes:
    document = desk.document
    del document["credentialStatus"]
    return as_json(document)


def two_proofs(desk: Desk) -> bytes:
    document = desk.document
    return as_json(
        {**document, "proof": [*document["proof"], {**document["proof"][0], "proofValue": multibase(b"\0" * 64)}]}
    )


def malleated(desk: Desk) -> bytes:
    raw = base58.b58decode(desk.document["proof"][0]["proofValue"][1:])
    moved = raw[:32] + (int.from_bytes(raw[32:], "little") + GROUP_ORDER).to_bytes(32, "little")
    return desk.proof(proofValue=multibase(moved))


def small_order(desk: Desk) -> bytes:
    name = "z" + base58.b58encode(bytes.fromhex("ed01") + b"\x01" + b"\0" * 31).decode()
    issuer = f"did:key:{name}"
    document = {**desk.strangers(), "issuer": issuer}
    document["proof"] = [{**document["proof"][0], "verificationMethod": f"{issuer}#{name}"}]
    return as_json(document)


def of_another_tenant(desk: Desk, *, method_of: str) -> bytes:
    other = make_issuer()
    stored = issue(make_published_badge(other)).current_version.credential
    method = desk.method if method_of == "A" else f"{did_of(other.slug)}#{stored.key.fragment}"
    signed = add_proof(desk.unsigned, key=open_ed25519(stored.key), verification_method=method, created=clock.now())
    return as_json(signed)


def impostor(issuer_id: str, method: str) -> Build:
    def build(desk: Desk) -> bytes:
        values = {"did": did_of(desk.issuer.slug), "slug": desk.issuer.slug, "key": multikey(STRANGER)}
        document = {**desk.unsigned, "issuer": {**desk.unsigned["issuer"], "id": issuer_id.format(**values)}}
        return as_json(
            add_proof(document, key=STRANGER, verification_method=method.format(**values), created=clock.now())
        )

    return build


def in_a_presentation(desk: Desk) -> bytes:
    tampered = changed(desk.document, "credentialSubject", "achievement", "name", to="Head of everything")
    return as_json({"type": "VerifiablePresentation", "verifiableCredential": [tampered]})


NOT_GOOD: dict[str, tuple[str, Build]] = {
    "V16": ("not_valid", lambda desk: as_json(desk.unsigned)),
    "V17": (
        "altered",
        lambda desk: desk.changed("credentialSubject", "achievement", "description", to="Keeps patient"),
    ),
    "V18": ("altered", lambda desk: desk.changed("credentialSubject", "achievement", "name", to="Surgeon")),
    "V19": ("altered", lambda desk: desk.changed("credentialSubject", "identifier", 1, "identityHash", to="Eve")),
    "V20": ("altered", lambda desk: desk.changed("validUntil", to="2099-01-01T00:00:00Z")),
    "V21": ("altered", without_status),
    "V22": ("altered", lambda desk: desk.changed("motto", to="Trust me")),
    "V23": ("altered", lambda desk: desk.proof(proofValue=multibase(b"\x01" * 64))),
    "V24": ("altered", lambda desk: desk.proof(proofValue="")),
    "V25": ("not_valid", lambda desk: desk.changed("proof", to="a string")),
    "V26": ("not_valid", lambda desk: desk.changed("proof", to=None)),
    "V27": ("not_valid", lambda desk: desk.changed("proof", to=[])),
    "V28": ("not_valid", two_proofs),
    "V29": ("not_valid", lambda desk: desk.proof(proofPurpose="authentication")),
    "V30": ("not_valid", lambda desk: desk.proof(cryptosuite=None)),
    "V31": ("not_valid", lambda desk: desk.proof(cryptosuite="eddsa-home-made")),
    "V32": ("not_valid", lambda desk: as_json(desk.signed(created=clock.now() + timedelta(days=30_000)))),
    "V33": ("not_valid", lambda desk: desk.proof(expires="2026-01-01T00:00:00Z")),
    "V34": ("wrong_issuer", lambda desk: desk.proof(verificationMethod=f"{did_of(desk.issuer.slug)}#key-9")),
    "V35": ("not_valid", lambda desk: desk.proof(verificationMethod={"publicKeyMultibase": multikey(STRANGER)})),
    "V36": ("wrong_issuer", impostor("http://testserver/issuers/{slug}", "http://testserver/issuers/{slug}#{key}")),
    "V36-did": ("wrong_issuer", impostor("{did}", "{did}#{key}")),
    "V36-key": ("wrong_issuer", impostor("{did}", "did:key:{key}#{key}")),
    "V37": ("altered", lambda desk: of_another_tenant(desk, method_of="A")),
    "V37-own": ("wrong_issuer", lambda desk: of_another_tenant(desk, method_of="B")),
    "V40": ("altered", malleated),
    "V41": ("not_valid", small_order),
    "V42": ("not_valid", lambda desk: desk.jwt({"alg": "none"})),
    "V43": ("not_valid", lambda desk: desk.jwt({"alg": "nOnE"})),
    "V44": ("not_valid", lambda desk: desk.jwt({"alg": "HS256"})),
    "V45": ("not_valid", lambda desk: desk.jwt({"jwk": {"kty": "RSA"}})),
    "V46": ("not_valid", lambda desk: desk.jwt({"alg": ["RS256"]})),
    "V46-typ": ("not_valid", lambda desk: desk.jwt({"typ": ["JWT"]})),
    "V47": ("not_valid", lambda desk: desk.jwt({"b64": False, "crit": ["b64"]})),
    "V48": ("not_valid", lambda desk: desk.jwt({"crit": ["x"]})),
    "V49": ("wrong_issuer", lambda desk: desk.jwt({"kid": "../../../../etc/passwd"})),
    "V50": ("wrong_issuer", lambda desk: desk.jwt({"kid": f"{did_of(desk.issuer.slug)}#' OR 1=1 --"})),
    "V50-header": ("altered", lambda desk: desk.jwt({"typ": "vc+jwt"})),
    "V51": ("altered", in_a_presentation),
    "V54": ("not_valid", lambda desk: desk.changed("@context", 1, to={"name": "https://schema.org/alternateName"})),
    "V55": ("not_valid", lambda desk: desk.changed("@context", 0, to="https://www.w3.org/ns/credentials/v2/")),
    "V56": ("not_valid", lambda desk: as_json({k: v for k, v in desk.document.items() if k != "@context"})),
    "V64": ("not_valid", lambda desk: desk.jwt({"jku": f"http://{desk.canary}/keys"})),
    "V65": ("not_valid", lambda desk: desk.jwt({"x5u": f"http://{desk.canary}/chain"})),
    "V66": ("wrong_issuer", lambda desk: desk.jwt({"kid": f"http://{desk.canary}/key"})),
    "V72": ("not_valid", lambda desk: desk.changed("@context", to=[f"http://{desk.canary}/{n}" for n in range(5_000)])),
    "issued by nobody here": (
        "not_in_register",
        lambda desk: as_json(desk.signed({**desk.unsigned, "name": "Made with the stolen key"})),
    ),
    "an altered hosted badge": (
        "altered",
        lambda desk: as_json({**json.loads(desk.file("/ob2.json")), "narrative": "Best of all"}),
    ),
    "a hosted badge that is none": (
        "not_in_register",
        lambda desk: as_json({**json.loads(desk.file("/ob2.json")), "id": "http://testserver/v/000000000000/ob2.json"}),
    ),
}


@pytest.mark.parametrize("case", cases(NOT_GOOD))
def test_what_is_not_good_says_why_and_shows_nothing(desk: Desk, settings: Any, case: tuple[str, Build]) -> None:
    expected, build = case
    settings.FETCH_FOREIGN_BADGES = True

    verdict = verdict_on(build(desk))

    assert (verdict["verdict"], verdict["isValid"], verdict["credential"]) == (expected, False, None)
    assert any(check["outcome"] == "failed" for check in verdict["checks"])
    if expected != "not_in_register":
        assert not any(check["outcome"] == "passed" for check in verdict["checks"])


# --- good once -----------------------------------------------------------------------------------


def test_V38_a_retired_key_signs_nothing_new(desk: Desk) -> None:  # noqa: N802
    rotate_key(desk.issuer, by=None)

    later = desk.signed({**desk.unsigned, "name": "Late"}, created=clock.now() + timedelta(minutes=1))

    assert verdict_on(as_json(later))["verdict"] == "key_retired"
    assert verdict_on(desk.file(".json"))["verdict"] == "valid"


def test_V39_a_compromised_key_proves_nothing_that_no_log_shows(desk: Desk) -> None:  # noqa: N802
    mark_key_compromised(desk.stored.key, at=clock.now() - timedelta(days=1), by=None)

    verdict = verdict_on(as_json(desk.document))

    assert (verdict["verdict"], verdict["credential"]) == ("key_compromised", None)


def test_V57_a_credential_of_tomorrow_is_not_valid_yet(desk: Desk) -> None:  # noqa: N802
    with clock.at(clock.now() - timedelta(days=1)):
        verdict = verdict_on(as_json({**desk.strangers(validFrom="2099-01-01T00:00:00Z")}))

    assert verdict["verdict"] == "not_yet_valid"


def test_V58_an_expired_credential_says_since_when(desk: Desk) -> None:  # noqa: N802
    verdict = verdict_on(as_json(desk.strangers(validFrom="2020-01-01T00:00:00Z", validUntil="2025-03-14T23:59:59Z")))

    assert verdict["verdict"] == "expired"
    assert "It ended on 14 March 2025, 23:59 UTC." in [check["sentence"] for check in verdict["checks"]]


def test_V59_a_revoked_badge_says_when_and_why_and_names_nobody(desk: Desk) -> None:  # noqa: N802
    content = desk.file(".png")
    revoke_issuance(desk.issuance, reason="Issued to the wrong person", by=desk.staff)

    verdict = verdict_on(content)

    assert verdict["verdict"] == "revoked"
    assert verdict["credential"]["holder"] == ""
    assert any("Issued to the wrong person" in check["sentence"] for check in verdict["checks"])


def test_V60_a_suspended_badge_says_so(desk: Desk) -> None:  # noqa: N802
    content = desk.file(".json")
    suspend_issuance(desk.issuance, reason="Under review", by=desk.staff)

    assert verdict_on(content)["verdict"] == "suspended"


def test_a_superseded_version_leads_to_the_current_one(desk: Desk) -> None:
    content = desk.file(".json")
    correct_issuance(desk.issuance, by=desk.staff, reason="Misspelt", recipient_name="Amara Okafor")

    verdict = verdict_on(content)

    assert verdict["verdict"] == "superseded"
    assert verdict["page"] == f"http://testserver/v/{desk.issuance.code}"
    assert verdict_on(desk.file(".json"))["verdict"] == "valid"


# --- could not be checked, and nobody was asked --------------------------------------------------

UNCHECKED: dict[str, Build] = {
    "V11-jwt": lambda desk: bake_png(plain_png(), v3=strangers_jwt()),
    "V13": lambda desk: bake_svg(SVG, v3=strangers_jwt()).encode(),
    "V67": lambda desk: desk.changed("@context", to=[*desk.document["@context"], f"http://{desk.canary}/context"]),
    "V68": lambda desk: desk.changed("@context", to=[*desk.document["@context"], "file:///etc/passwd"]),
    "V69": lambda desk: desk.changed("@context", to=[*desk.document["@context"], "data:application/ld+json,{}"]),
    "V73": lambda desk: desk.changed("@context", to=[*desk.document["@context"], "https://w3id.org/redirect/x"]),
    "V74": lambda desk: at_a_domain(desk, "did:web:" + desk.canary.replace(":", "%3A")),
    "V75": lambda desk: at_a_domain(desk, "did:web:board.example.org:..%2F..:x"),
    "V76": lambda desk: as_json(hosted_at(f"http://{desk.canary}/assertion")),
    "V77": lambda desk: bake_png(plain_png(), v2=f"http://{desk.canary}/assertion"),
    "V77-tEXt": lambda desk: with_chunks(plain_png(), chunk(b"tEXt", f"openbadges\0https://{desk.canary}/a".encode())),
    "V78": lambda desk: signed_assertion(desk),
    "a link elsewhere": lambda desk: f"http://{desk.canary}/v/000000000000".encode(),
    "another proof": lambda desk: desk.proof(type="Ed25519Signature2020"),
    "another algorithm": lambda desk: desk.jwt({"alg": "ES256"}),
}


def strangers_jwt() -> str:
    """An RSA key has no name that is the key itself, so nobody vouches for it."""
    document = {**credential(), "issuer": STRANGERS_DID}
    return sign_jwt(document, key=STRANGERS_RSA, kid=f"{STRANGERS_DID}#rsa-1")


def at_a_domain(desk: Desk, did: str) -> bytes:
    document = {**desk.unsigned, "issuer": {**desk.unsigned["issuer"], "id": did}}
    return as_json(add_proof(document, key=STRANGER, verification_method=f"{did}#key-1", created=clock.now()))


def hosted_at(address: str) -> dict[str, Any]:
    return {
        "@context": "https://w3id.org/openbadges/v2",
        "id": address,
        "type": "Assertion",
        "badge": address + "/badge",
        "verification": {"type": "HostedBadge"},
        "issuedOn": "2026-01-01T00:00:00Z",
    }


def signed_assertion(desk: Desk) -> bytes:
    assertion = {
        **hosted_at(f"http://{desk.canary}/assertion"),
        "verification": {"type": "SignedBadge", "creator": f"https://{desk.canary}/key"},
    }
    return f"{b64(as_json({'alg': 'RS256'}))}.{b64(as_json(assertion))}.{b64(b'x' * 256)}".encode()


@pytest.mark.parametrize("is_fetching", [False, True], ids=["closed", "open"])
@pytest.mark.parametrize("build", cases(UNCHECKED))
def test_what_others_would_have_to_say_is_not_asked_of_loopback(
    desk: Desk, settings: Any, build: Build, *, is_fetching: bool
) -> None:
    settings.FETCH_FOREIGN_BADGES = is_fetching

    verdict = verdict_on(build(desk))

    assert (verdict["verdict"], verdict["isValid"], verdict["credential"]) == ("could_not_check", False, None)


NESTED_CONTEXTS: dict[str, Build] = {
    "V70": lambda desk: desk.changed("@context", 1, to={"@import": f"http://{desk.canary}/context"}),
    "V71": lambda desk: desk.changed(
        "@context", 1, to={"narrative": {"@id": "urn:x", "@context": f"http://{desk.canary}/context"}}
    ),
}


@pytest.mark.parametrize("build", cases(NESTED_CONTEXTS))
def test_a_context_of_its_own_is_refused(desk: Desk, build: Build) -> None:
    assert verdict_on(build(desk))["verdict"] == "not_valid"


# --- status lists of others ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "index",
    [pytest.param("-1", id="V61-negative"), pytest.param("9" * 40, id="V61-huge"), pytest.param("one", id="V61-text")],
)
def test_a_place_on_a_status_list_that_is_none_is_not_believed(desk: Desk, pinned: None, index: str) -> None:
    status = {**credential()["credentialStatus"], "statusListIndex": index}

    verdict = verdict_on(as_json(desk.strangers(credentialStatus=status, validFrom="2026-01-01T00:00:00Z")))

    assert (verdict["verdict"], verdict["credential"]) == ("not_valid", None)


def test_V63_a_status_list_that_is_not_reached_is_never_green(desk: Desk, pinned: None) -> None:  # noqa: N802
    status = credential()["credentialStatus"]

    verdict = verdict_on(as_json(desk.strangers(credentialStatus=status, validFrom="2026-01-01T00:00:00Z")))

    assert (verdict["verdict"], verdict["isValid"]) == ("could_not_check", False)
    assert [check["outcome"] for check in verdict["checks"] if check["name"] == "status"] == ["could_not_check"]


@pytest.fixture
def pinned(settings: Any, tmp_path: Any) -> None:
    method = f"{STRANGERS_DID}#{multikey(STRANGER)}"
    file = tmp_path / "pinned.json"
    file.write_bytes(as_json({method: {"issuer": "National Board", "key": multikey(STRANGER)}}))
    settings.PINNED_ISSUERS_FILE = str(file)


# --- what cannot be read -------------------------------------------------------------------------


def doubled(desk: Desk, member: str) -> bytes:
    text = desk.stored.document
    return text.replace("{", '{"' + member + '": "x", ', 1).encode()


def zip_bomb() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("badge.png", b"\0" * 10_000_000)
    return out.getvalue()


def two_in_an_svg(desk: Desk) -> bytes:
    return bake_svg(bake_svg(SVG, v3=desk.stored.document), v3=desk.stored.document).encode()


def two_in_a_png(desk: Desk) -> bytes:
    body = b"\0\0\0\0" + desk.stored.document.encode()
    return with_chunks(plain_png(), itxt(body), itxt(body))


UNREADABLE: dict[str, tuple[int, Build]] = {
    "V52": (400, lambda desk: doubled(desk, "credentialSubject")),
    "V53": (400, lambda desk: doubled(desk, "validFrom")),
    "V80": (400, lambda desk: b""),
    "V81": (400, lambda desk: b"null"),
    "V82": (400, lambda desk: b"[]"),
    "V83": (400, lambda desk: b'"x"'),
    "V84": (400, lambda desk: b"5"),
    "V85": (400, lambda desk: desk.stored.document.encode("utf-16")),
    "V86": (400, lambda desk: desk.stored.document.encode() + b" x"),
    "V87": (400, lambda desk: b'{"a": 1,} // c'),
    "V88": (400, lambda desk: b'{"a": "\xff"}'),
    "V89": (400, lambda desk: b'{"a": NaN}'),
    "V90": (400, lambda desk: b'{"a": 1e400}'),
    "V91": (400, lambda desk: b'{"a": ' + b"9" * 100_000 + b"}"),
    "V92": (400, lambda desk: b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "V93": (400, lambda desk: b"{" + b",".join(b'"%d":1' % n for n in range(200_000)) + b"}"),
    "V94": (400, lambda desk: b'{"a": "\\ud800"}'),
    "V95": (400, lambda desk: b'{"a": "\\u0000"}'),
    "V96": (413, lambda desk: b"eyJ" + b"a" * 10_000_000),
    "V97-two": (400, lambda desk: b"eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ"),
    "V97-five": (400, lambda desk: b"eyJhbGciOiJSUzI1NiJ9.a.b.c.d"),
    "V98": (400, lambda desk: with_chunks(plain_png(), itxt(b"\x01\x00\x00\x00" + zlib.compress(bytes(50_000_000))))),
    "V99": (400, lambda desk: with_chunks(plain_png(), itxt(b"\0\0\0\0" + b"x" * 4_000_000))),
    "V100": (400, lambda desk: with_chunks(plain_png(), itxt(b"\x02\0\0\0{}"))),
    "V101": (400, lambda desk: with_chunks(plain_png(), itxt(b"\x01\x09\0\0{}"))),
    "V102": (400, lambda desk: with_chunks(plain_png(), itxt(b"\0\0\0\0\xff\xfe"))),
    "V103": (400, two_in_a_png),
    "V104": (
        400,
        lambda desk: bake_png(
            plain_png(), v3=desk.stored.document, v2=as_json(hosted_at("https://board.example.org/1")).decode()
        ),
    ),
    "V105": (400, lambda desk: b"<!DOCTYPE svg>" + bake_svg(SVG, v3=desk.stored.document).encode()),
    "V105-utf-16": (400, lambda desk: bake_svg(SVG, v3=desk.stored.document).encode("utf-16")),
    "V106": (400, two_in_an_svg),
    "V107": (400, lambda desk: zip_bomb()),
    "V107-gzip": (400, lambda desk: gzip.compress(desk.stored.document.encode())),
    "V108": (
        400,
        lambda desk: as_json({"type": "VerifiablePresentation", "verifiableCredential": ["x"] * 10_000}),
    ),
    "a picture cut off": (400, lambda desk: desk.file(".png")[:-20]),
    "an SVG cut off": (400, lambda desk: bake_svg(SVG, v3=desk.stored.document).encode()[:-20]),
    "V110": (422, lambda desk: plain_png()),
    "V111": (422, lambda desk: with_chunks(plain_png(), itxt(b"\0\0\0\0{}", keyword=b"OpenBadgeCredential"))),
    "V112": (422, lambda desk: with_chunks(plain_png(), chunk(b"tEXt", b"openbadgecredential\0{}"))),
    "V113": (422, lambda desk: plain_png() + itxt(b"\0\0\0\0" + desk.stored.document.encode())),
    "V114": (422, lambda desk: SVG.replace("<path", f"<!-- {desk.stored.sha256} --><path").encode()),
    "V115": (
        422,
        lambda desk: SVG.replace(
            "<path", '<openbadges:credential xmlns:openbadges="https://evil.example">{}</openbadges:credential><path'
        ).encode(),
    ),
    "V116": (422, lambda desk: jpeg()),
    "a PDF without one": (422, lambda desk: b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF"),
}


def jpeg() -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize("case", cases(UNREADABLE))
def test_what_cannot_be_read_gets_a_sentence(desk: Desk, case: tuple[int, Build]) -> None:
    status, build = case

    response = brought(build(desk))

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert len(response.json()["title"]) > 10


def test_V109_a_stranger_is_slowed_down(desk: Desk, settings: Any) -> None:  # noqa: N802
    settings.VERIFICATIONS_PER_MINUTE = 3

    answers = [brought(b"null") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
    assert answers[-1]["Retry-After"] == "60"


# --- every letter --------------------------------------------------------------------------------


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, step))
    else:
        yield path


def test_no_leaf_of_an_own_credential_can_be_changed(desk: Desk, settings: Any) -> None:
    settings.VERIFICATIONS_PER_MINUTE = 1_000
    paths = list(leaves(desk.document))

    verdicts = {path: verdict_on(desk.changed(*path, to="https://else.example/"))["isValid"] for path in paths}

    assert len(paths) > 50
    assert [path for path, is_valid in verdicts.items() if is_valid] == []


def test_a_jwt_of_a_stranger_is_not_taken_for_ours(desk: Desk) -> None:
    header, payload, _signature = desk.file(".jwt").decode().split(".")
    signature = STRANGERS_RSA.sign(f"{header}.{payload}".encode(), PKCS1v15(), hashes.SHA256())

    verdict = verdict_on(f"{header}.{payload}.{b64(signature)}".encode())

    assert (verdict["verdict"], verdict["credential"]) == ("altered", None)


def test_a_compromised_key_keeps_what_the_log_shows_to_be_older(desk: Desk) -> None:
    sequence_entries()
    mark_key_compromised(desk.stored.key, at=clock.now() + timedelta(days=1), by=None)

    verdict = verdict_on(as_json(desk.document))

    assert verdict["verdict"] == "valid"
    assert "It was signed before its key was compromised" in [check["title"] for check in verdict["checks"]]


def test_whoever_holds_the_file_of_a_private_badge_learns_what_the_public_list_says(desk: Desk) -> None:
    content = as_json(desk.document)
    Issuance.objects.filter(pk=desk.issuance.pk).update(visibility=Visibility.PRIVATE)

    before = verdict_on(content)
    revoke_issuance(desk.issuance, reason="Private reason", by=desk.staff)
    after = verdict_on(content)

    assert (before["verdict"], after["verdict"]) == ("valid", "revoked")
    assert not any("Private reason" in check["sentence"] for check in after["checks"])
