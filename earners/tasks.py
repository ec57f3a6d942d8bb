"""People's own files are made and forgotten here. A lost bell loses nothing: the scheduler sweeps every few seconds."""

import structlog
from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from earners.actions.exports import forget_old_exports, make_exports

logger = structlog.get_logger(__name__)


def ring_on_commit() -> None:
    """Wake a worker once the request of this transaction can be seen."""
    transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    try:
        make_exports_task.delay()
    except OperationalError:
        logger.warning("The broker cannot be reached; the sweep will find the export")


@shared_task
def make_exports_task() -> None:
    if make_exports():
        _ring()


@shared_task
def forget_old_exports_task() -> None:
    forget_old_exports()
