"""The bells and the sweeps. A lost bell loses nothing: the scheduler sweeps every few seconds."""

import structlog
from celery import Task, shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from badges.actions.files import check_waiting_files
from badges.actions.leaving import issue_for_a_while
from badges.actions.proposals import apply_approved_proposals, read_waiting_proposals

logger = structlog.get_logger(__name__)


def ring_for_files_on_commit() -> None:
    transaction.on_commit(lambda: _ring(check_waiting_files_task), robust=True)


@shared_task
def check_waiting_files_task() -> None:
    """Check long files and draft long changes, for a bounded time; if more is left, ring for the next worker that is free."""
    is_left = [check_waiting_files(), read_waiting_proposals()]
    if any(is_left):
        _ring(check_waiting_files_task)


@shared_task
def issue_due_batches_task() -> None:
    """Issue the batches whose time to undo has passed, for a bounded time; two at once share the work."""
    if issue_for_a_while():
        _ring(issue_due_batches_task)


@shared_task
def apply_approved_proposals_task() -> None:
    """Make the changes that were sent off and are too many for a page. Runs every few seconds; two share the work."""
    apply_approved_proposals()


def _ring(task: "Task[[], None]") -> None:
    try:
        task.delay()
    except OperationalError:
        logger.warning("The broker cannot be reached; the sweep will find the work", task=task.name)
