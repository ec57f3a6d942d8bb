from celery import shared_task

from badgecert.dashboard.counting import count_figures


@shared_task
def count_figures_task() -> None:
    """Bring the figures of the dashboard up to date. Runs every minute; in a fresh database it counts all there is."""
    count_figures()
