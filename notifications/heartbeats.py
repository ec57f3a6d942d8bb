"""A sign of life from what must run again and again, for /health/ready and /metrics."""

from badgecert.core import clock
from notifications.models import Heartbeat


def record_beat(name: str) -> None:
    """Say that the loop or task of this name ran. Call it after the work; one statement."""
    now = clock.now()
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, beat_at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beat_at"],
    )
