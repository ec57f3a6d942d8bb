"""For load balancers and supervisors: `live` says that the process answers, `ready` that it can serve pages."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.models import Min
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from redis import RedisError

from badgecert.core import clock, seal
from notifications.models import Message


@login_not_required
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"live": True})


@login_not_required
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Only without its database does it serve nothing. The rest is told and takes no process out of service.

    For alarms: mail that has been due for ten minutes means that no worker sends, or none can.
    """
    answers = _database_answers()
    state: dict[str, object] = {"database": answers, "cache": _cache_answers(), "sealing_key": seal.is_ready()}
    if answers:
        state["mail"] = _mail()
    return JsonResponse(state, status=200 if answers else 503)


def _mail() -> dict[str, int]:
    now = clock.now()
    oldest = Message.objects.due(now).aggregate(at=Min("next_at"))["at"]
    return {
        "due_for_seconds": int((now - oldest).total_seconds()) if oldest else 0,
        # Taken by a worker that fell silent; another one takes them next.
        "lost": Message.objects.lost(now).count(),
    }


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _cache_answers() -> bool:
    try:
        cache.get("health")
    except (RedisError, OSError):
        return False
    return True
