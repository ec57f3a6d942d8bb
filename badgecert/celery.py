"""The Celery application. Tasks live in each app's tasks.py as shared tasks; the schedule is in the settings."""

import os
import time
from typing import Any

import structlog
from celery import Celery
from celery.signals import task_success
from django.conf import settings
from django.db import DatabaseError

from badgecert import file_queue, redis_queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "badgecert.settings")

file_queue.register()
redis_queue.register()
app = Celery("badgecert")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

logger = structlog.get_logger(__name__)

# A task that rings at every mail says once in a while that it lives.
_BEAT_EVERY_SECONDS = 10
_last_beats: dict[str, float] = {}


@task_success.connect
def _record_that_it_ran(sender: Any, **kwargs: object) -> None:
    """/health/ready knows by this that the scheduler, the queue and a worker all do their part."""
    from notifications.heartbeats import record_beat  # noqa: PLC0415  models must be loaded first

    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        if entry["task"] == sender.name and time.monotonic() - _last_beats.get(name, 0) > _BEAT_EVERY_SECONDS:
            _last_beats[name] = time.monotonic()
            try:
                record_beat(name)
            except DatabaseError:
                logger.warning("A heartbeat could not be written", name=name)
