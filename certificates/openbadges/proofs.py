"""Data Integrity proofs with the cryptosuite eddsa-rdfc-2022 (W3C VC Data Integrity EdDSA Cryptosuites 1.0 §3.2)."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from badgecert.core.sentences import sentence as _
from certificates.openbadges.canonical import JsonObject, canonical, canonical_document, n_quads
from certificates.openbadges.exceptions import ProofError

CRYPTOSUITE = "eddsa-rdfc-2022"
_SIGNATURE_LENGTH = 64


def proof_options(*, verification_method: str, created: datetime) -> JsonObject:
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": f"{created.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    }


def add_proof(
    document: JsonObject, *, key: Ed25519PrivateKey, verification_method: str, created: datetime
) -> JsonObject:
    """The document with its proof. Raises UnsafeDocumentError when something in it would stay unsigned."""
    options = proof_options(verification_method=verification_method, created=created)
    digest = hash_data(options_hash(options, document["@context"]), canonical_document(document))
    return {**document, "proof": [{**options, "proofValue": multibase(key.sign(digest))}]}


def options_hash(options: JsonObject, context: object) -> bytes:
    """SHA-256 over the canonical proof options; the same for every credential of a batch."""
    return hashlib.sha256(canonical(n_quads({**options, "@context": context}))).digest()


def hash_data(hashed_options: bytes, canonical_text: bytes) -> bytes:
    return hashed_options + hashlib.sha256(canonical_text).digest()


def multibase(signature: bytes) -> str:
    return "z" + base58.b58encode(signature).decode()


def single_proof(document: JsonObject) -> JsonObject:
    """The one proof of a document, with every member that matters in its place. Raises ProofError."""
    proofs = document.get("proof")
    listed: list[Any] = proofs if isinstance(proofs, list) else [proofs]
    if not proofs or not all(isinstance(proof, dict) for proof in listed):
        msg = _("It has no proof: nothing shows who wrote it.")
        raise ProofError(msg)
    if len(listed) != 1:
        # One good and one bad proof side by side would leave it to the reader which one counts.
        msg = _("It has several proofs; this checker reads credentials with one.")
        raise ProofError(msg)
    proof: JsonObject = listed[0]
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") != CRYPTOSUITE:
        msg = _("Its proof is of a kind that is not checked here; %(cryptosuite)s is.", cryptosuite=CRYPTOSUITE)
        raise ProofError(msg)
    if proof.get("proofPurpose") != "assertionMethod":
        msg = _("Its proof was made for another purpose than to assert something.")
        raise ProofError(msg)
    if not isinstance(proof.get("verificationMethod"), str) or not isinstance(proof.get("proofValue"), str):
        msg = _("Its proof names no key or holds no signature.")
        raise ProofError(msg)
    return proof


def check_proof(document: JsonObject, proof: JsonObject, *, key: Ed25519PublicKey) -> None:
    """Every letter of the document is as it was signed with this key. Raises ProofError, UnsafeDocumentError."""
    value = proof["proofValue"]
    try:
        signature = base58.b58decode(value.removeprefix("z")) if value.startswith("z") else b""
    except ValueError:
        signature = b""
    if len(signature) != _SIGNATURE_LENGTH:
        msg = _("Its signature is not one.")
        raise ProofError(msg)
    unsigned = {name: member for name, member in document.items() if name != "proof"}
    options = {name: member for name, member in proof.items() if name != "proofValue"}
    digest = hash_data(options_hash(options, document.get("@context")), canonical_document(unsigned))
    try:
        key.verify(signature, digest)
    except InvalidSignature as error:
        msg = _("It was changed after it was signed, or somebody else signed it.")
        raise ProofError(msg) from error
