from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.disclosure import can_see
from badges.models import Issuance
from certificates.actions.document_keys import bring_document_key, certificates_of, document_key_for, open_document_key
from certificates.actions.documents import certificate_content, certificate_pdf
from certificates.actions.keys import signing_key_for
from certificates.exceptions import CertificateFileRefusedError
from certificates.models import KeyKind, SigningKey
from certificates.openbadges.findings import Verdict
from certificates.rendering.document_key import DocumentKey
from certificates.verifying import RegisterWorld, verdict_on_content
from issuers.models import Issuer, StaffRole
from tests.factories import make_staff

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PASSWORD = "brought-along"


def name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def make_file(key, *, ends: datetime = NOW + timedelta(days=700), signed_by=None, password: str = PASSWORD) -> bytes:
    authority = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name("Northgate"))
        .issuer_name(name("Some Authority"))
        .public_key((signed_by or key).public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(ends)
        .sign(authority, hashes.SHA256())
    )
    encryption = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(b"us", key, certificate, None, encryption)


@pytest.fixture(autouse=True)
def _today() -> None:
    with clock.at(NOW):
        yield


@pytest.fixture
def owner(issuer: Issuer) -> User:
    return User.objects.get(staff_memberships__issuer=issuer, staff_memberships__role=StaffRole.OWNER)


def test_an_own_certificate_is_made_once(issuer: Issuer) -> None:
    first, second = document_key_for(issuer), document_key_for(issuer)

    [certificate] = certificates_of(first)
    assert first == second
    assert first.kind == KeyKind.DOCUMENT
    assert certificate.subject == certificate.issuer == name(issuer.name)
    assert certificate.not_valid_after_utc > NOW + timedelta(days=365 * 20)
    assert b"PRIVATE" not in bytes(first.sealed_private)
    assert isinstance(open_document_key(first), DocumentKey)


@pytest.mark.parametrize("key", [rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())])
def test_a_certificate_of_an_authority_signs_from_then_on(issuance: Issuance, owner: User, key) -> None:
    before = document_key_for(issuance.issuer)

    brought = bring_document_key(issuance.issuer, content=make_file(key), password=PASSWORD, by=owner)
    pdf = certificate_pdf(certificate_content(can_see(issuance.code), paper="a4"))

    before.refresh_from_db()
    assert before.retired_at == NOW
    assert document_key_for(issuance.issuer) == brought
    assert certificates_of(brought)[0].issuer == name("Some Authority")
    assert verdict_on_content(pdf).verdict == Verdict.VALID
    assert verdict_on_content(pdf + b"\n").verdict == Verdict.ALTERED


def test_an_own_certificate_takes_over_when_the_brought_one_ran_out(issuer: Issuer, owner: User) -> None:
    file = make_file(rsa.generate_private_key(65537, 2048), ends=NOW + timedelta(days=10))
    brought = bring_document_key(issuer, content=file, password=PASSWORD, by=owner)

    with clock.at(NOW + timedelta(days=11)):
        later = document_key_for(issuer)

    assert later != brought
    assert certificates_of(later)[0].issuer == name(issuer.name)
    assert SigningKey.objects.active().filter(kind=KeyKind.DOCUMENT).get() == later


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda: b"no file", "it is no PKCS #12 file"),
        (lambda: make_file(rsa.generate_private_key(65537, 2048), password="another"), "does not open this file"),
        (lambda: make_file(rsa.generate_private_key(65537, 1024)), "RSA of 2048 bits"),  # noqa: S505  # too weak on purpose
        (lambda: make_file(ed25519.Ed25519PrivateKey.generate()), "RSA of 2048 bits"),
        (lambda: make_file(rsa.generate_private_key(65537, 2048), ends=NOW - timedelta(days=1)), "ran out on"),
    ],
)
def test_what_cannot_sign_is_refused_with_the_reason(issuer: Issuer, owner: User, content, sentence: str) -> None:
    with pytest.raises(CertificateFileRefusedError, match=sentence):
        bring_document_key(issuer, content=content(), password=PASSWORD, by=owner)

    assert SigningKey.objects.filter(kind=KeyKind.DOCUMENT).count() == 0


def test_owners_bring_a_certificate_at_the_desk_and_nobody_else(issuer: Issuer, owner: User) -> None:
    file = make_file(rsa.generate_private_key(65537, 2048))
    manager, client = make_staff(issuer), Client()
    address = f"/admin/certificates/signing/{issuer.pk}/"

    def bring(user: User):
        client.force_login(user)
        upload = SimpleUploadedFile("us.p12", file)
        return client.post(address, {"file": upload, "password": PASSWORD})

    statuses = [bring(user).status_code for user in (manager, owner)]

    assert statuses == [403, 302]
    assert "CN=Some Authority" in client.get(address).content.decode()
    with pytest.raises(PermissionDenied):
        bring_document_key(issuer, content=file, password=PASSWORD, by=manager)


def test_a_document_key_signs_no_credentials(issuer: Issuer) -> None:
    signing_key_for(issuer)
    key = document_key_for(issuer)
    did = f"did:web:testserver:issuers:{issuer.slug}"

    assert RegisterWorld().key_for(did, f"{did}#{key.fragment}") is None
    assert key.fragment not in Client().get(f"/issuers/{issuer.slug}/did.json").content.decode()
