from celery import shared_task

from badges.actions.batches import issue_due_batches
from badges.actions.proposals import apply_approved_proposals


@shared_task
def issue_due_batches_task() -> None:
    """Issue the batches whose time to undo has passed. Runs every few seconds; two at once share the work."""
    issue_due_batches()


@shared_task
def apply_approved_proposals_task() -> None:
    """Make the changes that were sent off and are too many for a page. Runs every few seconds; two share the work."""
    apply_approved_proposals()
