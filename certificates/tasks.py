"""The log's sequencer, the exports and the daily look at domains. A lost bell loses nothing: the scheduler sweeps every few seconds."""

import structlog
from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from certificates.actions.domains import ask_domains_again
from certificates.actions.exports import make_next_certificates
from certificates.actions.log import sequence_entries

logger = structlog.get_logger(__name__)


def ring_for_sequencer_on_commit() -> None:
    """Wake a worker once the entries of this transaction can be seen."""
    transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    try:
        sequence_entries_task.delay()
    except OperationalError:
        logger.warning("The broker cannot be reached; the sweep will number the log's entries")


@shared_task
def sequence_entries_task() -> None:
    """Two at once do the work of one: they wait for each other."""
    sequence_entries()


@shared_task
def ask_domains_again_task() -> None:
    ask_domains_again()


@shared_task
def make_exports_task() -> None:
    """An export that takes longer than a task may goes on in the next one."""
    if make_next_certificates():
        ring_for_exports()


def ring_for_exports() -> None:
    try:
        make_exports_task.delay()
    except OperationalError:
        logger.warning("The broker cannot be reached; the sweep will make the certificates")
