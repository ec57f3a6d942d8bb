"""Making certificates: milliseconds of one core, warm and cold, and where they go, against the naive call beside them."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from statistics import median

from badgecert.core import clock
from badges.drawing.badge import BadgeArt, draw_badge
from badges.drawing.pictures import to_png
from certificates.actions.document_keys import document_key_for, open_document_key
from certificates.rendering.design import PAPERS
from certificates.rendering.jobs import PrintCertificate, Signing
from certificates.rendering.pdf import DESIGNS, CertificateFacts, Signatory, render_certificate
from certificates.rendering.press import Press
from certificates.rendering.screen import screen_html
from scripts.bench.figure import Figure
from tests.factories import make_issuer

_TIMES = 15
_CREDENTIAL = b'{"type": ["VerifiableCredential", "OpenBadgeCredential"]}' * 60


def certificates(port: int) -> Iterator[Figure]:
    """Each design, unsigned, against WeasyPrint called with the same page as one text; then signed, cold, and its parts."""
    from certificates.rendering.signatures import sign_pdf  # noqa: PLC0415  # large: only this bench needs it

    signing = _signing()
    for design in DESIGNS:
        facts = _facts(design)
        ours = core_milliseconds(partial(render_certificate, facts))
        naive = core_milliseconds(partial(_naively, facts))
        yield Figure(f"certificate_{design}", ours, "ms of one core", "the naive call", ours / naive, _TIMES)
    facts = replace(_facts("engraved"), credential=_CREDENTIAL)

    def signed() -> bytes:
        return sign_pdf(render_certificate(facts), signing)

    unsigned = core_milliseconds(lambda: render_certificate(facts))
    whole = core_milliseconds(signed)
    yield Figure("certificate_signed", whole, "ms of one core", "the same, unsigned", whole / unsigned, _TIMES)
    yield from _parts(facts, unsigned)
    yield from _in_its_process(PrintCertificate(facts, signing))


def _parts(facts: CertificateFacts, whole: float) -> Iterator[Figure]:
    """What dominates: the same without one of its parts."""
    plain = replace(facts, badge_svg=None, signatories=(), credential=b"")
    without_badge = core_milliseconds(lambda: render_certificate(replace(plain, badge_png=_DOT)))
    yield Figure(
        "certificate_without_badge_drawing", without_badge, "ms of one core", "all of it", without_badge / whole, _TIMES
    )
    diploma = core_milliseconds(lambda: render_certificate(replace(plain, badge_png=_DOT, design="diploma")))
    yield Figure("certificate_without_guilloche", diploma, "ms of one core", "all of it", diploma / whole, _TIMES)


def _in_its_process(job: PrintCertificate) -> Iterator[Figure]:
    """By the clock, as whoever waits sees it."""
    press = Press(processes=1, seconds=120, cpu_seconds=60, memory_bytes=10**9)
    cold = _seconds(lambda: press.do(job)) * 1000
    warm = median(_seconds(lambda: press.do(job)) * 1000 for _time in range(_TIMES))
    press.close()
    yield Figure("certificate_cold", cold, "ms by the clock", "in a warm process", cold / warm, 1)
    yield Figure("certificate_warm", warm, "ms by the clock", "in a cold process", warm / cold, _TIMES)


def _naively(facts: CertificateFacts) -> bytes:
    """As the first page of its manual shows: one text with everything in it, fonts and styles read anew."""
    from weasyprint import HTML  # noqa: PLC0415  # as above
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    paper = PAPERS[facts.paper]
    page = screen_html(facts).replace(
        "<style>", f"<style>@page {{ size: {paper.width}mm {paper.height}mm; margin: 0 }}", 1
    )
    pdf: bytes = HTML(string=page).write_pdf(font_config=FontConfiguration(), pdf_variant="pdf/a-3a")
    return pdf


def core_milliseconds(work: Callable[[], object]) -> float:
    work()
    taken = []
    for _time in range(_TIMES):
        started = time.process_time()
        work()
        taken.append((time.process_time() - started) * 1000)
    return median(taken)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


_BADGE = draw_badge(
    BadgeArt(shape="shield", top_text="INFECTION CONTROL", ribbon="2025", icon="shield-plus", palette="plum")
)
_DOT = to_png('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1H0z"/></svg>', 16)


def _facts(design: str) -> CertificateFacts:
    return CertificateFacts(
        recipient_name="Amara Okafor-Lindqvist",
        badge_name="Infection Control Practitioner",
        issuer_name="Northgate Council for Clinical Safety",
        description="Can plan, carry out and audit infection prevention.",
        issued_on=date(2025, 3, 14),
        expires_on=date(2028, 3, 13),
        code="7KQ4M2XD9RWT",
        verify_url="https://badges.example.org/v/7KQ4M2XD9RWT",
        badge_png=to_png(_BADGE, 600),
        badge_svg=_BADGE.encode(),
        signatories=(Signatory("Prof. Ilse Vandamme", "Chair of the Council"),),
        design=design,
    )


def _signing() -> Signing:
    issuer = make_issuer()
    return Signing(key=open_document_key(document_key_for(issuer)), name=issuer.name, at=clock.now())
