"""For supervisors and alarms: `live` says that the process answers, `ready` that the whole does its work.

A load balancer asks `live`: while mail is late or the scheduler is silent the pages still answer, and must.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from redis import RedisError

from badgecert.core import clock, seal
from issuers.models import Issuer
from notifications.actions.sweeps import WRONG_CLOCK
from notifications.models import CalendarSweep, Heartbeat, Message, SitePause


@login_not_required
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"live": True})


@login_not_required
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """503 while `wrong` names something; docs/operations.md says what to do about each. The rest is only told."""
    cache_answers, wrong_by = _cache()
    state: dict[str, object] = {
        "cache": cache_answers,
        "sealing_key": seal.is_ready(),
        "clock_wrong_by_seconds": wrong_by,
    }
    wrong = [] if state["sealing_key"] else ["sealing_key"]
    try:
        mail, silent_for = _mail(clock.now()), beats()
        clock_jumped = CalendarSweep.objects.filter(doubted_at__isnull=False).exists()
    except DatabaseError:
        return JsonResponse({"wrong": ["database", *wrong], "database": False, **state}, status=503)
    if mail["due_for_seconds"] > settings.HEALTH_LATE_SECONDS:
        wrong.append("late_mail")
    if mail["lost"]:
        wrong.append("lost_mail")
    if clock_jumped or wrong_by:
        wrong.append("clock")
    wrong += [f"beat:{name}" for name, seconds in silent_for.items() if (seconds or 0) > settings.HEALTH_SILENT_SECONDS]
    return JsonResponse(
        {"wrong": wrong, "database": True, **state, "mail": mail, "silent_for_seconds": silent_for},
        status=503 if wrong else 200,
    )


def _mail(now: datetime) -> dict[str, int | bool]:
    """What is held by a pause is not late: somebody wants it so."""
    is_paused = SitePause.objects.exists()
    oldest = (
        None
        if is_paused
        else Message.objects.sendable(now).order_by("next_at").values_list("next_at", flat=True).first()
    )
    return {
        "due_for_seconds": int((now - oldest).total_seconds()) if oldest else 0,
        # Taken by a worker that fell silent, and by no other one since.
        "lost": Message.objects.lost(now - timedelta(seconds=settings.HEALTH_LOST_SECONDS)).count(),
        "is_paused": is_paused,
        "paused_organisations": Issuer.objects.filter(mail_paused_at__isnull=False).count(),
    }


def beats() -> dict[str, int | None]:
    """For how many seconds each loop and scheduled task has been silent; None: it never ran here."""
    now = clock.now()
    seen = dict(Heartbeat.objects.values_list("name", "beat_at"))
    names = sorted(settings.CELERY_BEAT_SCHEDULE.keys() | seen.keys())
    return {name: max(0, int((now - seen[name]).total_seconds())) if name in seen else None for name in names}


def _cache() -> tuple[bool, int]:
    """Whether it answers; and by how much a worker's clock is wrong, which it tells there."""
    try:
        return True, cache.get(WRONG_CLOCK, 0)
    except (RedisError, OSError):
        return False, 0
