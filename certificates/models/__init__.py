from certificates.models.credentials import Credential, CredentialJwt, StatusBit, StatusList
from certificates.models.documents import Document
from certificates.models.keys import KeyKind, KeyState, SigningKey

__all__ = [
    "Credential",
    "CredentialJwt",
    "Document",
    "KeyKind",
    "KeyState",
    "SigningKey",
    "StatusBit",
    "StatusList",
]
