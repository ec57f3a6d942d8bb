from certificates.models.credentials import Credential, CredentialJwt, StatusBit, StatusList
from certificates.models.documents import Document, DocumentKind
from certificates.models.exports import Export, ExportItem
from certificates.models.keys import KeyKind, KeyState, ReceiptKey, SigningKey
from certificates.models.log import LogEntry, LogKey, LogKind, LogNode, LogProof, TreeHead
from certificates.models.numbers import CertificateNumber
from certificates.models.renditions import Rendition

__all__ = [
    "CertificateNumber",
    "Credential",
    "CredentialJwt",
    "Document",
    "DocumentKind",
    "Export",
    "ExportItem",
    "KeyKind",
    "KeyState",
    "LogEntry",
    "LogKey",
    "LogKind",
    "LogNode",
    "LogProof",
    "ReceiptKey",
    "Rendition",
    "SigningKey",
    "StatusBit",
    "StatusList",
    "TreeHead",
]
