"""PAdES: what makes a PDF reader say that nobody has changed a document since its issuer made it.

Imports pyHanko, which is large: only the process that prints loads it.
"""

import asyncio
from io import BytesIO

from asn1crypto import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certificates.rendering.document_key import DocumentKey
from certificates.rendering.jobs import Signing

FIELD = "Issuer"
_DIGEST = "sha256"
# For the signature and its attributes, beside the certificates.
_BYTES_RESERVED = 3_000


def sign_pdf(pdf: bytes, signing: Signing) -> bytes:
    """The PDF with a signature that allows no change after it."""
    return asyncio.run(_signed(pdf, signing))


async def _signed(pdf: bytes, signing: Signing) -> bytes:
    key, at = signing.key, signing.at
    wanted = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=_DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        name=signing.name,
        reason=signing.reason or None,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signer = PdfSigner(wanted, signer=_KeySigner(key))
    session: PdfSigningSession = signer.init_signing_session(_Writer(BytesIO(pdf)))
    session.system_time = at
    to_sign = session.prepare_tbs_document(
        validation_info=None, bytes_reserved=2 * (_BYTES_RESERVED + sum(map(len, key.certificates)))
    )
    output = BytesIO()
    prepared, _output = to_sign.digest_tbs_document(output=output)
    done = await to_sign.perform_signature(
        document_digest=prepared.document_digest, pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=at)
    )
    await done.post_signature_processing(output)
    return output.getvalue()


class _Writer(IncrementalPdfFileWriter):
    """Leaves the XMP metadata as they are: pyHanko would write them anew, in its own name and with its own clock."""

    def _update_meta(self) -> None:
        pass


class _KeySigner(Signer):
    """pyHanko's own signer checks an RSA key anew for each signature, which takes longer than all the rest."""

    def __init__(self, key: DocumentKey) -> None:
        own, *others = (x509.Certificate.load(certificate) for certificate in key.certificates)
        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        registry.register_multiple(others)
        super().__init__(signing_cert=own, cert_registry=registry)
        self._key = serialization.load_der_private_key(key.private, password=None, unsafe_skip_rsa_key_validation=True)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002  # pyHanko's own
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(data, PKCS1v15(), hashes.SHA256())
        if isinstance(self._key, EllipticCurvePrivateKey):
            return self._key.sign(data, ECDSA(hashes.SHA256()))
        msg = "Documents are signed with RSA or an elliptic curve."
        raise TypeError(msg)
