"""The process that prints. It holds WeasyPrint, pyHanko and no secret but the key of the job at hand.

    python -m certificates.rendering.child SOCKET CPU_SECONDS MEMORY_BYTES IDLE_SECONDS

It ends when nobody holds the other end of the socket, and when there was nothing to do for a while.
"""

import logging
import resource
import socket
import sys
import traceback

# Before the limits, which libraries of this size would meet while they load.
from certificates.rendering.exceptions import CertificateError
from certificates.rendering.inspection import inspect_pdf
from certificates.rendering.jobs import (
    InspectPdf,
    Job,
    PrintCertificate,
    PrintLeaflet,
    PrintLetter,
    PrintPortfolio,
    PrintReceipt,
    Signing,
)
from certificates.rendering.leaflets import render_leaflet
from certificates.rendering.letters import render_letter
from certificates.rendering.pdf import render_certificate
from certificates.rendering.portfolios import render_portfolio
from certificates.rendering.receipts import render_receipt
from certificates.rendering.signatures import sign_pdf
from certificates.rendering.wire import Answer, packed, receive_job, send_answer

_LARGEST_FILE = 64_000_000


def main(descriptor: int, cpu_seconds: int, memory_bytes: int, idle_seconds: int) -> None:
    # They would tell of every stranger's file that is signed by an authority unknown here, which is no fault.
    logging.getLogger("pyhanko").disabled = logging.getLogger("pyhanko_certvalidator").disabled = True
    connection = socket.socket(fileno=descriptor)
    set_limits(memory_bytes)
    while True:
        connection.settimeout(idle_seconds)
        try:
            job = receive_job(connection)
        except (EOFError, TimeoutError, ConnectionError):
            return
        connection.settimeout(None)
        allow_cpu(cpu_seconds)
        send_answer(connection, *answer_to(job))


def answer_to(job: Job) -> tuple[Answer, bytes]:
    try:
        return Answer.DONE, done(job)
    except CertificateError as refusal:
        return Answer.REFUSED, f"{type(refusal).__name__}: {refusal}".encode()
    except Exception:  # told to whoever asked, who logs it
        return Answer.FAILED, traceback.format_exc().encode()


def done(job: Job) -> bytes:
    match job:
        case PrintCertificate(facts, signing):
            return signed(render_certificate(facts), signing)
        case PrintLetter(letter, signing):
            return signed(render_letter(letter), signing)
        case PrintReceipt(receipt, signing):
            return signed(render_receipt(receipt), signing)
        case PrintPortfolio(portfolio):
            return render_portfolio(portfolio)
        case PrintLeaflet(leaflet):
            return render_leaflet(leaflet)
        case InspectPdf(pdf):
            return packed(inspect_pdf(pdf))


def signed(pdf: bytes, signing: Signing | None) -> bytes:
    return sign_pdf(pdf, signing) if signing else pdf


def set_limits(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def allow_cpu(seconds: int) -> None:
    """So many for the next job. The limit counts from the start of the process; beyond it the system ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, hard))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
