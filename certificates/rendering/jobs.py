"""What the process that prints is asked to do. Plain values, so that they can be sent to it."""

from datetime import datetime
from typing import NamedTuple

from certificates.rendering.document_key import DocumentKey
from certificates.rendering.letters import LetterFacts
from certificates.rendering.pdf import CertificateFacts


class Signing(NamedTuple):
    key: DocumentKey
    name: str
    """Of who signs, as PDF readers show it."""
    at: datetime


class PrintCertificate(NamedTuple):
    facts: CertificateFacts
    signing: Signing | None = None


class PrintLetter(NamedTuple):
    facts: LetterFacts
    signing: Signing


class InspectPdf(NamedTuple):
    pdf: bytes


PrintJob = PrintCertificate | PrintLetter
Job = PrintJob | InspectPdf
