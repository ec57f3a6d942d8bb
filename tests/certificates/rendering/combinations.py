"""Twelve names of the world in three designs, on two papers, with one and two signatories."""

import functools
import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pypdfium2
from PIL import Image

from certificates.rendering.pdf import DESIGNS, CertificateFacts, Signatory, render_certificate
from tests.certificates.rendering.test_pdf import FACTS, LONGEST

GOLDEN = Path(__file__).with_name("golden")
NAMES = {
    "short": "Ş",
    "hyphenated": "Amara Okafor-Lindqvist",
    "polish": "Zażółć Gęślą-Jaźń O’Connor",
    "vietnamese": "Nguyễn Thị Ánh Tuyết",
    "cyrillic": "Юлия Щербакова",
    "arabic": "عبد الرحمن بن محمد الخوارزمي",
    "hebrew": "שרה בן־דוד",
    "devanagari": "प्रियंका क्षत्रिय",
    "lao": "ສົມພອນ ວົງສະຫວັນ",
    "japanese": "佐藤 さくら",
    "korean": "김철수",
    "longest": LONGEST.recipient_name,
}
PAPERS = ("a4", "letter")
SIGNATORIES = ((Signatory("Prof. Ilse Vandamme", "Chair of the Council"),), LONGEST.signatories)
_DOTS_PER_INCH = 48


class Combination(NamedTuple):
    name: str
    design: str
    paper: str
    signatories: int

    def __str__(self) -> str:
        return "-".join((self.name, self.design, self.paper, str(self.signatories)))

    @property
    def facts(self) -> CertificateFacts:
        return replace(
            FACTS,
            recipient_name=NAMES[self.name],
            design=self.design,
            paper=self.paper,
            signatories=SIGNATORIES[self.signatories - 1],
            issuer_logo=LONGEST.issuer_logo if self.signatories == 2 else None,
        )

    @property
    def golden(self) -> Path:
        return GOLDEN / f"{self}.webp"


def all_combinations() -> list[Combination]:
    return [Combination(*parts) for parts in product(NAMES, DESIGNS, PAPERS, (1, 2))]


def golden_combinations() -> Iterator[Combination]:
    """Every name in every design; papers and signatories take turns so that each meets each."""
    for row, name in enumerate(NAMES):
        for column, design in enumerate(DESIGNS):
            turn = row + column
            yield Combination(name, design, PAPERS[turn % 2], 1 + (row // 2 + column) % 2)


def picture_of(combination: Combination) -> Image.Image:
    """The page as it is printed, small and grey."""
    document = pypdfium2.PdfDocument(render_certificate(combination.facts))
    image = document[0].render(scale=_DOTS_PER_INCH / 72).to_pil().convert("L")
    document.close()
    return image


@functools.cache
def golden_picture(combination: Combination) -> Image.Image:
    return Image.open(io.BytesIO(combination.golden.read_bytes())).convert("L")
