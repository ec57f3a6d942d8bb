from celery import shared_task

from badges.actions.batches import issue_due_batches


@shared_task
def issue_due_batches_task() -> None:
    """Issue the batches whose time to undo has passed. Runs every few seconds; two at once share the work."""
    issue_due_batches()
