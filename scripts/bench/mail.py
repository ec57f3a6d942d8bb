"""Mail: one worker against a bare loop on one connection, and the calendar over a million badges that nobody claimed."""

import atexit
import resource
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import count, islice
from statistics import median
from typing import IO, cast
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.actions.issuances import NewIssuance, issue_badges
from badges.models import Badge, Issuance
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.reminders import queue_due_reminders
from notifications.actions.taking import take
from notifications.actions.turns import give_turns
from notifications.models import Message, MessageKind
from scripts.bench.__main__ import Figure
from tests import children
from tests.factories import make_issuer, make_published_badge

MAILS = 500
ROUNDS = 5
UNCLAIMED = 1_000_000
DUE = 33_000
_numbers = count()
ADDRESS = "'p' || n || '@copies.example'"


def mail(port: int) -> Iterator[Figure]:
    """Issuance mails of newcomers, temporary password and all: written, sealed, sent, recorded."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.MAIL_PER_MINUTE_AND_ISSUER = settings.MAIL_PER_MINUTE_AND_DOMAIN = 0
    badge = make_published_badge(make_issuer())
    for name, options in (("mail", []), ("mail_pipelining", ["--pipelining"])):
        with a_sink(*options):
            ours, bare = rates(badge)
        yield Figure(
            name, median(ours), "per second", "bare smtplib, one connection", median(ours) / median(bare), MAILS
        )


@contextmanager
def a_sink(*options: str) -> Iterator[None]:
    sink = children.start([sys.executable, "-m", "scripts.bench.mail_sink", *options], stdout=subprocess.PIPE)
    atexit.register(children.stop, sink)
    settings.EMAIL_PORT = int(cast("IO[bytes]", sink.stdout).readline())
    yield
    children.stop(sink)


def rates(badge: Badge) -> tuple[list[float], list[float]]:
    """Mails a second, ours and the bare loop's, in rotation. Both send the same number of bytes.

    The first round is not counted: a worker that has just begun loads templates and styles once.
    """
    content = content_of_one(badge)
    ours, bare = [], []
    for _round in range(1 + ROUNDS):
        issue_to_newcomers(badge, MAILS)
        started = time.perf_counter()
        while deliver_due_messages():
            pass
        ours.append(MAILS / (time.perf_counter() - started))
        bare.append(bare_loop(content))
    return ours[1:], bare[1:]


def content_of_one(badge: Badge) -> bytes:
    """A mail of ours, for the bare loop to send as often."""
    issue_to_newcomers(badge, 1)
    give_turns()
    [draft] = take("bench", number=1) or []
    return draft.content


def issue_to_newcomers(badge: Badge, number: int) -> None:
    people = [
        NewIssuance(recipient_name=f"Person {n}", recipient_email=f"p{n}@bench.example", issued_on=date(2026, 11, 1))
        for n in islice(_numbers, number)
    ]
    issue_badges(people, badge_version=badge.current_version, by=owner_of(badge))


def bare_loop(content: bytes) -> float:
    """Mails a second."""
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as smtp:
        started = time.perf_counter()
        for _mail in range(MAILS):
            smtp.sendmail("badges@bench.example", ["p@bench.example"], content)
        return MAILS / (time.perf_counter() - started)


def reminders(port: int) -> Iterator[Figure]:
    """A sweep when nothing is due, and one that owes the reminders of a day."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    badge = make_published_badge(make_issuer())
    now = clock.now()
    make_unclaimed(badge, UNCLAIMED, due=DUE)

    idle = median(seconds_of_sweep(now - timedelta(hours=2)) for _round in range(20))
    one_row = median(seconds_of_one_row() for _round in range(20))
    yield Figure("reminders_idle", idle * 1000, "ms", "one row by its key", idle / one_row, UNCLAIMED)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    day = seconds_of_sweep(now)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    owed = Message.objects.filter(kind=MessageKind.REMINDER).count()
    if owed != DUE:
        msg = f"{owed} reminders were owed, not {DUE}"
        raise RuntimeError(msg)
    bare = seconds_of_bare_rows(DUE)
    yield Figure("reminders_day", day, "seconds", "as many bare rows in one statement", day / bare, DUE)
    yield Figure("reminders_memory", grown, "MB more than before", "the process before", 1 + grown * 1024 / before, DUE)


def seconds_of_sweep(now: datetime) -> float:
    started = time.perf_counter()
    queue_due_reminders(now)
    return time.perf_counter() - started


def seconds_of_one_row() -> float:
    started = time.perf_counter()
    Message.objects.values_list("pk").order_by().first()
    return time.perf_counter() - started


def seconds_of_bare_rows(number: int) -> float:
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_messagefact (id, created_at, fact_key, message_id)"
            " SELECT gen_random_uuid(), now(), 'bare:' || n, (SELECT id FROM notifications_message LIMIT 1)"
            " FROM generate_series(1, %s) n",
            [number],
        )
    return time.perf_counter() - started


def make_unclaimed(badge: Badge, number: int, *, due: int) -> None:
    """Copies of one real issuance and its sent mail, each with an account of its own, written by the database."""
    new = NewIssuance(recipient_name="Ana", recipient_email="ana@bench.example", issued_on=date(2026, 9, 1))
    [issuance] = issue_badges([new], badge_version=badge.current_version, by=owner_of(badge))
    while deliver_due_messages():
        pass
    message = Message.objects.get(issuance=issuance)
    thirty_days_ago = clock.now() - timedelta(days=30, hours=12)
    with transaction.atomic():
        copy(User, issuance.earner_id, number, id=id_of("user"), email=ADDRESS)
        copy(
            Issuance,
            issuance.pk,
            number,
            id=id_of("issuance"),
            earner_id=id_of("user"),
            current_version_id=id_of("version"),
            code="upper(substr(md5('code' || n), 1, 12))",
            recipient_email=ADDRESS,
            recipient_key=ADDRESS,
        )
        copy(
            type(issuance.current_version),
            issuance.current_version_id,
            number,
            id=id_of("version"),
            issuance_id=id_of("issuance"),
        )
        copy(
            Message,
            message.pk,
            number,
            id=id_of("message"),
            issuance_id=id_of("issuance"),
            user_id=id_of("user"),
            sent_at=f"timestamptz '{thirty_days_ago.isoformat()}'",
            remind_at=f"now() + CASE WHEN n <= {due} THEN interval '-1 hour' ELSE make_interval(days => 1 + n %% 29) END",
        )
    Message.objects.filter(pk=message.pk).update(remind_at=None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def copy(model: type[Model], pk: UUID | None, number: int, **changed: str) -> None:
    """Rows like the one with this key, numbered n; `changed` says in SQL what is different in each."""
    table = model._meta.db_table
    columns = [f"{field.column}" for field in model._meta.concrete_fields]
    values = [changed.get(name, f"old.{name}") for name in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)})"  # noqa: S608  names of columns
            f" SELECT {', '.join(values)} FROM {table} old, generate_series(1, %s) n WHERE old.id = %s",
            [number, pk],
        )


def id_of(kind: str) -> str:
    return f"md5('{kind}' || n)::uuid"


def owner_of(badge: Badge) -> User:
    return User.objects.get(staff_memberships__issuer=badge.issuer)
