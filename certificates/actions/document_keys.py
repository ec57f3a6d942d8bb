"""The keys with which issuers sign their PDF documents: an own certificate at first need, or one of an authority."""

from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock, seal
from badgecert.core.dates import long_date
from certificates.actions.keys import lock_keys_of
from certificates.exceptions import CertificateFileRefusedError
from certificates.models import KeyKind, SigningKey
from certificates.rendering.document_key import DocumentKey
from issuers.models import Issuer
from issuers.permissions import can_own

_RSA_BITS = 3072
_FEWEST_RSA_BITS = 2048
_RSA_EXPONENT = 65537
# A certificate of our own vouches for nothing but the bytes; it need not run out while people keep what it signed.
_OWN_YEARS = 30
_CLOCK_LEEWAY = timedelta(days=1)
# X.520 allows no longer names.
_LONGEST_NAME = 64


@transaction.atomic
def document_key_for(issuer: Issuer) -> SigningKey:
    """The issuer's active key for documents. One with an own certificate is made where there is none in date.

    Raises SealError.
    """
    key = _active(issuer)
    if key is not None and _is_in_date(key):
        return key
    lock_keys_of(issuer)
    key = _active(issuer)
    if key is not None:
        if _is_in_date(key):
            return key
        _retire(key)
    private = generate_private_key(public_exponent=_RSA_EXPONENT, key_size=_RSA_BITS)
    return _store(issuer, private, [own_certificate(issuer.name, private)])


@transaction.atomic
def bring_document_key(issuer: Issuer, *, content: bytes, password: str, by: User | None) -> SigningKey:
    """Sign documents from now on with the key and certificate in a PKCS #12 file. `by` None is the operator.

    Raises PermissionDenied when `by` is no owner; CertificateFileRefusedError; SealError.
    """
    if by is not None and not can_own(by, issuer):
        raise PermissionDenied
    private, certificates = _opened(content, password)
    lock_keys_of(issuer)
    if old := _active(issuer):
        _retire(old)
    key = _store(issuer, private, certificates)
    audit.record("document key brought", key, by=by, issuer_id=issuer.pk, fragment=key.fragment)
    return key


def open_document_key(key: SigningKey) -> DocumentKey:
    """Raises SealError."""
    return DocumentKey(
        private=seal.open_sealed(bytes(key.sealed_private)),
        certificates=tuple(
            certificate.public_bytes(serialization.Encoding.DER) for certificate in certificates_of(key)
        ),
    )


def certificates_of(key: SigningKey) -> list[x509.Certificate]:
    """The issuer's own first."""
    return x509.load_pem_x509_certificates(key.public.encode())


def is_vouched_for(key: SigningKey) -> bool:
    """Somebody else than its owner signed the certificate."""
    own = certificates_of(key)[0]
    return own.issuer != own.subject


def own_certificate(signer: str, private: RSAPrivateKey | EllipticCurvePrivateKey) -> x509.Certificate:
    """In which nobody vouches for the signer but itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, signer[:_LONGEST_NAME])])
    starts = clock.now() - _CLOCK_LEEWAY
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(starts + timedelta(days=366 * _OWN_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_may_sign_documents(), critical=True)
    )
    return builder.sign(private, hashes.SHA256())


def _active(issuer: Issuer) -> SigningKey | None:
    return SigningKey.objects.active().filter(issuer=issuer, kind=KeyKind.DOCUMENT).first()


def _retire(key: SigningKey) -> None:
    key.retired_at = clock.now()
    key.save(update_fields=["retired_at"])


def _is_in_date(key: SigningKey) -> bool:
    own = certificates_of(key)[0]
    return own.not_valid_before_utc <= clock.now() < own.not_valid_after_utc


def _store(issuer: Issuer, private: Any, certificates: list[x509.Certificate]) -> SigningKey:
    number = SigningKey.objects.filter(issuer=issuer, kind=KeyKind.DOCUMENT).count() + 1
    sealed = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SigningKey.objects.create(
        issuer=issuer,
        kind=KeyKind.DOCUMENT,
        fragment=f"pdf-{number}",
        public="".join(certificate.public_bytes(serialization.Encoding.PEM).decode() for certificate in certificates),
        sealed_private=seal.seal(sealed),
        activated_at=clock.now(),
    )


def _may_sign_documents() -> x509.KeyUsage:
    others = ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign")
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        **dict.fromkeys((*others, "encipher_only", "decipher_only"), False),
    )


def _opened(content: bytes, password: str) -> tuple[Any, list[x509.Certificate]]:
    """The private key of a file and its certificates, checked."""
    try:
        private, own, others = pkcs12.load_key_and_certificates(content, password.encode())
    except ValueError as error:
        raise CertificateFileRefusedError(
            _("The password does not open this file, or it is no PKCS #12 file (.p12 or .pfx).")
        ) from error
    if private is None or own is None:
        raise CertificateFileRefusedError(_("This file lacks the private key. Export the certificate with its key."))
    if own.public_key() != private.public_key():
        raise CertificateFileRefusedError(_("The key in this file does not belong to the certificate in it."))
    if not _is_fit(private):
        raise CertificateFileRefusedError(
            _(
                "Documents are signed with RSA of 2048 bits or more, or with an elliptic curve. This key is of another kind."
            )
        )
    _require_in_date(own)
    return private, [own, *others]


def _is_fit(private: Any) -> bool:
    is_rsa = isinstance(private, RSAPrivateKey) and private.key_size >= _FEWEST_RSA_BITS
    return is_rsa or isinstance(private, EllipticCurvePrivateKey)


def _require_in_date(certificate: x509.Certificate) -> None:
    now: datetime = clock.now()
    if now >= certificate.not_valid_after_utc:
        raise CertificateFileRefusedError(
            _("This certificate ran out on %(day)s. Ask its authority for a new one.")
            % {"day": long_date(certificate.not_valid_after_utc.date())}
        )
    if now < certificate.not_valid_before_utc:
        raise CertificateFileRefusedError(
            _("This certificate counts only from %(day)s.")
            % {"day": long_date(certificate.not_valid_before_utc.date())}
        )
