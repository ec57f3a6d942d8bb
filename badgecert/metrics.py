"""Figures for monitoring, in Prometheus' text format, counted in the database when somebody asks.

About a dozen queries whatever the size of the tables, each answered from an index; a large table is estimated.
"""

import hmac
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection, models
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from badgecert.core import clock, seal
from badgecert.health import beats
from badges.models import Issuance
from certificates.models import TreeHead
from issuers.models import Issuer
from notifications.models import WAITING, Bounce, BounceKind, Message, MessageState, SitePause

# Above so many rows a table is estimated from what PostgreSQL's own statistics say.
EXACT_UP_TO = 100_000
LATELY = timedelta(minutes=5)


class Figures(Collector):
    """Everything, as it is now."""

    def collect(self) -> Iterator[Metric]:
        yield from self._messages()
        yield from self._waiting()
        yield from self._trouble()
        yield from self._work()

    def _messages(self) -> Iterator[Metric]:
        counts = dict.fromkeys(MessageState.values, 0)
        unsent = Message.objects.exclude(state=MessageState.SENT).order_by()
        counts.update(unsent.values_list("state").annotate(Count("pk")))
        counts[MessageState.SENT] = max(0, rows_of(Message) - sum(counts.values()))
        family = GaugeMetricFamily(
            "badgecert_messages", "Messages in each state; sent ones are estimated.", labels=["state"]
        )
        for state, count in counts.items():
            family.add_metric([state], count)
        yield family
        yield GaugeMetricFamily(
            "badgecert_messages_sent_lately",
            "Messages sent within the last five minutes.",
            Message.objects.filter(sent_at__gt=clock.now() - LATELY).count(),
        )

    def _waiting(self) -> Iterator[Metric]:
        now = clock.now()
        is_held = Q(issuer__mail_paused_at__isnull=False)
        waiting = Message.objects.filter(state__in=WAITING).aggregate(
            due=Count("pk", filter=Q(next_at__lte=now) & ~is_held),
            held=Count("pk", filter=is_held),
            lost=Count("pk", filter=Q(lease_until__lte=now)),
            uncertain=Count("pk", filter=Q(uncertain_at__isnull=False)),
            oldest=Min("next_at", filter=Q(next_at__lte=now) & ~is_held),
        )
        oldest = (now - waiting["oldest"]).total_seconds() if waiting["oldest"] else 0
        for name, text, figure in (
            ("due", "Messages that are due and not held by a pause.", waiting["due"]),
            ("held", "Messages held by their organisation's pause.", waiting["held"]),
            ("lost_leases", "Messages taken by a worker that fell silent.", waiting["lost"]),
            ("maybe_arrived", "Waiting messages that may have arrived already.", waiting["uncertain"]),
            ("oldest_due_seconds", "For how long the oldest message has been due.", oldest),
        ):
            yield GaugeMetricFamily(f"badgecert_mail_{name}", text, figure)

    def _trouble(self) -> Iterator[Metric]:
        bounces = dict.fromkeys((BounceKind.HARD, BounceKind.COMPLAINT), 0)
        bounces.update(Bounce.objects.standing().order_by().values_list("kind").annotate(Count("pk")))
        family = GaugeMetricFamily(
            "badgecert_bounces_standing", "Bounces and complaints that nobody has dealt with.", labels=["kind"]
        )
        for kind, count in bounces.items():
            family.add_metric([kind], count)
        yield family
        yield GaugeMetricFamily("badgecert_mail_paused", "1 while all mail is paused.", SitePause.objects.count())
        yield GaugeMetricFamily(
            "badgecert_mail_paused_organisations",
            "Organisations whose mail is paused.",
            Issuer.objects.filter(mail_paused_at__isnull=False).count(),
        )
        yield GaugeMetricFamily("badgecert_sealing_key_ready", "1 while mail can be sealed.", int(seal.is_ready()))
        family = GaugeMetricFamily(
            "badgecert_silent_seconds", "For how long a loop or scheduled task has been silent.", labels=["name"]
        )
        for name, seconds in beats().items():
            if seconds is not None:
                family.add_metric([name], seconds)
        yield family

    def _work(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("badgecert_issuances", "Badges issued; a large number is estimated.", rows_of(Issuance))
        size = TreeHead.objects.order_by("-size").values_list("size", flat=True).first() or 0
        yield GaugeMetricFamily("badgecert_log_entries", "Entries under the newest head of the public log.", size)


def rows_of(model: type[models.Model]) -> int:
    """How many rows a table has: exactly while it is small, and by PostgreSQL's own estimate when it is large."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
            [estimate] = cursor.fetchone()
        if estimate > EXACT_UP_TO:
            return int(estimate)
    return model._default_manager.count()


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_read(request):
        response = HttpResponse(status=401)
        response["WWW-Authenticate"] = "Bearer"
        return response
    try:
        text = generate_latest(Figures())
    except DatabaseError:
        return HttpResponse("The database does not answer.\n", status=503, content_type="text/plain")
    return HttpResponse(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_read(request: HttpRequest) -> bool:
    """Whoever has the token; without one, programs on this machine that did not come through a front server."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not is_forwarded and request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
