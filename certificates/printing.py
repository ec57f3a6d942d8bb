"""The press of this process: what is printed or read in a PDF goes through it and nowhere else."""

from typing import Final

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from certificates.exceptions import CertificateBusyError, CertificateImpossibleError
from certificates.rendering.exceptions import BusyPressError, CertificateError, JammedPressError
from certificates.rendering.inspected import Inspected
from certificates.rendering.jobs import InspectPdf, PrintJob
from certificates.rendering.press import Press
from certificates.rendering.wire import unpacked

log = structlog.get_logger(__name__)

# Starts no process before something is printed.
_press: Final = Press(
    processes=settings.PDF_PROCESSES,
    seconds=settings.PDF_SECONDS,
    cpu_seconds=settings.PDF_CPU_SECONDS,
    memory_bytes=settings.PDF_MEMORY_MB * 1_000_000,
)
# How long it may take while everything goes well: whoever waits for a whole page waits no longer.
_READING_PATIENCE = 5


def printed(job: PrintJob, *, patience: float = 0) -> bytes:
    """The PDF. Waits for a free process `patience` seconds at most.

    Raises CertificateBusyError when there is none, CertificateImpossibleError with a sentence.
    """
    try:
        return _press.do(job, patience=patience)
    except BusyPressError as error:
        raise CertificateBusyError(_("Other certificates are being made. This one follows in a moment.")) from error
    except CertificateError as error:
        raise CertificateImpossibleError(str(error)) from error
    except JammedPressError as error:
        log.exception("a certificate could not be printed")
        raise CertificateImpossibleError(
            _("The certificate could not be made just now. Please try again in a minute.")
        ) from error


def inspected(pdf: bytes) -> Inspected | None:
    """What a stranger's PDF says about itself; None when it could not be read now, which says nothing about it."""
    try:
        return unpacked(_press.do(InspectPdf(pdf), patience=_READING_PATIENCE))
    except (BusyPressError, JammedPressError) as error:
        log.warning("a PDF could not be read", error=repr(error))
        return None
