"""What the process that prints is asked to do. Plain values, so that they can be sent to it."""

from datetime import datetime
from typing import NamedTuple

from certificates.rendering.document_key import DocumentKey
from certificates.rendering.leaflets import LeafletFacts
from certificates.rendering.letters import LetterFacts
from certificates.rendering.pdf import CertificateFacts
from certificates.rendering.portfolios import PortfolioFacts
from certificates.rendering.receipts import ReceiptFacts


class Signing(NamedTuple):
    key: DocumentKey
    name: str
    """Of who signs, as PDF readers show it."""
    at: datetime
    reason: str = ""
    """Why it is signed, as PDF readers show it."""


class PrintCertificate(NamedTuple):
    facts: CertificateFacts
    signing: Signing | None = None


class PrintLetter(NamedTuple):
    facts: LetterFacts
    signing: Signing


class PrintReceipt(NamedTuple):
    facts: ReceiptFacts
    signing: Signing


class PrintPortfolio(NamedTuple):
    """Of a person, who has no key to sign with: each badge on it is checked at its own address."""

    facts: PortfolioFacts


class PrintLeaflet(NamedTuple):
    facts: LeafletFacts


class InspectPdf(NamedTuple):
    pdf: bytes


PrintJob = PrintCertificate | PrintLetter | PrintReceipt | PrintPortfolio | PrintLeaflet
Job = PrintJob | InspectPdf
