"""The bell and the sweeps for accounts. A lost bell loses nothing: the scheduler sweeps every few seconds."""

import structlog
from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from badgecert.accounts.actions.forgetting import forget_old_rows
from badgecert.accounts.actions.passwords import answer_password_requests

logger = structlog.get_logger(__name__)


def ring_on_commit() -> None:
    """Wake a worker once the request of this transaction can be seen."""
    transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    try:
        answer_password_requests_task.delay()
    except OperationalError:
        logger.warning("The broker cannot be reached; the sweep will find the request")


@shared_task
def answer_password_requests_task() -> None:
    answer_password_requests()


@shared_task
def forget_old_rows_task() -> None:
    forget_old_rows()
