from certificates.models.credentials import Credential, CredentialJwt, StatusBit, StatusList
from certificates.models.documents import Document
from certificates.models.keys import KeyKind, KeyState, SigningKey
from certificates.models.log import LogEntry, LogKey, LogKind, LogNode, TreeHead

__all__ = [
    "Credential",
    "CredentialJwt",
    "Document",
    "KeyKind",
    "KeyState",
    "LogEntry",
    "LogKey",
    "LogKind",
    "LogNode",
    "SigningKey",
    "StatusBit",
    "StatusList",
    "TreeHead",
]
