"""The key with which this site signs receipts: it says what it found itself, in nobody else's name."""

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from badgecert.core import clock, seal
from certificates.actions.document_keys import own_certificate
from certificates.models import ReceiptKey
from certificates.rendering.document_key import DocumentKey
from certificates.rendering.jobs import Signing


def receipt_signing(reason: str) -> Signing:
    """What this site signs a receipt with, now. Raises SealError."""
    key = _newest() or _made()
    certificate = x509.load_pem_x509_certificate(key.public.encode())
    opened = DocumentKey(
        private=seal.open_sealed(bytes(key.sealed_private)),
        certificates=(certificate.public_bytes(serialization.Encoding.DER),),
    )
    return Signing(key=opened, name=settings.SITE_NAME, at=clock.now(), reason=reason)


def _newest() -> ReceiptKey | None:
    return ReceiptKey.objects.order_by("number").last()


def _made() -> ReceiptKey:
    private = ec.generate_private_key(ec.SECP256R1())
    der = serialization.Encoding.DER
    sealed = private.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificate = own_certificate(settings.SITE_NAME, private)
    # Whoever came first made it.
    made, _is_new = ReceiptKey.objects.get_or_create(
        number=1,
        defaults={
            "public": certificate.public_bytes(serialization.Encoding.PEM).decode(),
            "sealed_private": seal.seal(sealed),
        },
    )
    return made
