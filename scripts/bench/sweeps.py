"""The calendar: a million badges that nobody claimed, and a hundred thousand that expire on one day."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.actions.issuances import NewIssuance, issue_badges
from badges.models import Badge, Issuance
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.expiring import queue_due_expiry_mails
from notifications.actions.reminders import queue_due_reminders
from notifications.actions.turns import give_turns
from notifications.models import Message, MessageFact, MessageKind, MessageState
from scripts.bench.figure import Figure
from scripts.bench.mail import owner_of
from scripts.bench.memory import grown_by, memory
from tests.factories import make_issuer, make_published_badge

UNCLAIMED = 1_000_000
# What a day brings when each is due on one of thirty days; and one in a hundred.
DUE, PERCENT = 33_000, 10_000
EXPIRING = 100_000
# Those that a sweep must not read from end to end.
GROWING = ("notifications_message", "notifications_messagefact", "badges_issuance", "badges_issuanceversion")


def reminders(port: int) -> Iterator[Figure]:
    """A sweep when nothing is due, one that owes the reminders of a day, and one for a hundredth of all."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    badge = make_published_badge(make_issuer())
    now = clock.now()
    make_unclaimed(badge, UNCLAIMED)

    idle = median(seconds(lambda: queue_due_reminders(now - timedelta(hours=2))) for _round in range(20))
    one_row = median(seconds(lambda: Message.objects.values_list("pk").order_by().first()) for _round in range(20))
    yield Figure("reminders_idle", idle * 1000, "ms", "one row by its key", idle / one_row, UNCLAIMED)

    held, scans = memory("VmRSS"), sequential_scans()
    with longest_statement() as longest:
        grown, day = grown_by(lambda: queue_due_reminders(now))
    scans = sequential_scans() - scans
    check_owed(MessageKind.REMINDER, DUE)
    bare = seconds_of_bare_rows(DUE)
    yield Figure("reminders_day", day, "seconds", "as many bare rows in one statement", day / bare, DUE)
    yield Figure("reminders_longest_statement", longest[0] * 1000, "ms", "one second", longest[0], DUE)
    yield Figure("reminders_sequential_scans", scans, "of a growing table", "one", scans, DUE)
    yield Figure("reminders_memory", grown, "MB more than before", "the process before", 1 + grown / held, DUE)

    percent = seconds(lambda: queue_due_reminders(now + timedelta(hours=2)))
    check_owed(MessageKind.REMINDER, DUE + PERCENT)
    bare = seconds_of_bare_rows(PERCENT)
    yield Figure("reminders_percent", percent, "seconds", "as many bare rows in one statement", percent / bare, PERCENT)


def expiring_storm(port: int) -> Iterator[Figure]:
    """A hundred thousand people hold a badge that expires on the same day: owed, and spread over the minutes."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    badge = make_published_badge(make_issuer())
    last_day = date(2027, 6, 15)
    make_expiring(badge, EXPIRING, last_day=last_day)
    # What another figure of this run has left.
    Message.objects.filter(state=MessageState.QUEUED).update(state=MessageState.CANCELLED)
    now = clock.now().replace(year=2027, month=6, day=8, hour=12)
    held = memory("VmRSS")
    with clock.at(now), longest_statement() as longest:
        grown, owing = grown_by(lambda: all_of(lambda: queue_due_expiry_mails(now)))
        check_owed(MessageKind.EXPIRING, EXPIRING)
        more, turns = grown_by(lambda: all_of(give_turns))
    grown = max(grown, more)
    bare = seconds_of_bare_rows(EXPIRING)
    yield Figure("expiring_storm", owing, "seconds", "as many bare rows in one statement", owing / bare, EXPIRING)
    yield Figure("expiring_storm_turns", turns, "seconds", "as many bare rows in one statement", turns / bare, EXPIRING)
    yield Figure("expiring_storm_longest", longest[0] * 1000, "ms", "one second", longest[0], EXPIRING)
    yield Figure(
        "expiring_storm_memory", grown, "MB more than before", "the process before", 1 + grown / held, EXPIRING
    )
    leaving = Counter(
        at.replace(second=0, microsecond=0)
        for at in Message.objects.filter(kind=MessageKind.EXPIRING).values_list("turn_at", flat=True).iterator()
        if at
    )
    busiest, limit = max(leaving.values()), settings.MAIL_PER_MINUTE_AND_ISSUER
    yield Figure("expiring_storm_a_minute", busiest, "mails", "the limit", busiest / limit, len(leaving))


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def all_of(work: Callable[[], int]) -> None:
    while work():
        pass


def sequential_scans() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE relname = ANY(%s)", [list(GROWING)])
        return int(cursor.fetchone()[0])


@contextmanager
def longest_statement() -> Iterator[list[float]]:
    """Its one item is how many seconds the longest took."""
    longest = [0.0]

    def measure(execute: Callable[..., Any], *args: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*args)
        finally:
            longest[0] = max(longest[0], time.perf_counter() - started)

    with connection.execute_wrapper(measure):
        yield longest


def check_owed(kind: MessageKind, number: int) -> None:
    if (owed := Message.objects.filter(kind=kind).count()) != number:
        msg = f"{owed} mails were owed, not {number}"
        raise RuntimeError(msg)


def seconds_of_bare_rows(number: int) -> float:
    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO notifications_messagefact (id, created_at, fact_key, message_id)"
                " SELECT gen_random_uuid(), now(), 'bare:' || gen_random_uuid(), (SELECT id FROM notifications_message LIMIT 1)"
                " FROM generate_series(1, %s) n",
                [number],
            )

    return seconds(write)


def make_unclaimed(badge: Badge, number: int) -> None:
    """Copies of one real issuance and its sent mail, each with an account of its own, written by the database."""
    issuance = issue_one(badge)
    message = Message.objects.get(issuance=issuance)
    thirty_days_ago = clock.now() - timedelta(days=30, hours=12)
    with transaction.atomic():
        copy_issuances(issuance, number)
        copy(
            Message,
            message.pk,
            number,
            id=id_of(issuance, "message"),
            issuance_id=id_of(issuance, "issuance"),
            user_id=id_of(issuance, "user"),
            sent_at=f"timestamptz '{thirty_days_ago.isoformat()}'",
            remind_at=f"now() + CASE WHEN n <= {DUE} THEN interval '-1 hour' WHEN n <= {DUE + PERCENT} THEN interval '1 hour'"
            " ELSE make_interval(days => 1 + n %% 29) END",
        )
        copy(
            MessageFact,
            message.facts.get().pk,
            number,
            id=id_of(issuance, "fact"),
            fact_key=f"'issuance:' || {id_of(issuance, 'issuance')}",
            message_id=id_of(issuance, "message"),
            issuance_id=id_of(issuance, "issuance"),
        )
    Message.objects.filter(pk=message.pk).update(remind_at=None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def make_expiring(badge: Badge, number: int, *, last_day: date) -> None:
    issuance = issue_one(badge)
    with transaction.atomic():
        copy_issuances(issuance, number, expires_on=f"date '{last_day.isoformat()}'")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def issue_one(badge: Badge) -> Issuance:
    new = NewIssuance(recipient_name="Ana", recipient_email="ana@bench.example", issued_on=date(2026, 9, 1))
    [issuance] = issue_badges([new], badge_version=badge.current_version, by=owner_of(badge))
    while deliver_due_messages():
        pass
    return issuance


def copy_issuances(issuance: Issuance, number: int, **changed: str) -> None:
    address = f"'p' || n || '@{issuance.code.lower()}.example'"
    copy(User, issuance.earner_id, number, id=id_of(issuance, "user"), email=address)
    copy(
        Issuance,
        issuance.pk,
        number,
        id=id_of(issuance, "issuance"),
        earner_id=id_of(issuance, "user"),
        current_version_id=id_of(issuance, "version"),
        code=f"upper(substr(md5('{issuance.code}' || n), 1, 12))",
        recipient_email=address,
        recipient_key=address,
    )
    copy(
        type(issuance.current_version),
        issuance.current_version_id,
        number,
        id=id_of(issuance, "version"),
        issuance_id=id_of(issuance, "issuance"),
        **changed,
    )


def copy(model: type[Model], pk: UUID | None, number: int, **changed: str) -> None:
    """Rows like the one with this key, numbered n; `changed` says in SQL what is different in each."""
    table = model._meta.db_table
    columns = [f"{field.column}" for field in model._meta.concrete_fields]
    values = [changed.get(name, f"old.{name}") for name in columns]
    with transaction.atomic(), connection.cursor() as cursor:
        # Each row points to what the same statements wrote: the database need not look up a million times.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)})"  # noqa: S608  names of columns
            f" SELECT {', '.join(values)} FROM {table} old, generate_series(1, %s) n WHERE old.id = %s",
            [number, pk],
        )


def id_of(issuance: Issuance, kind: str) -> str:
    """As ours are: one made later is greater."""
    return f"(substr(md5('{issuance.code} {kind}'), 1, 20) || lpad(to_hex(n), 12, '0'))::uuid"
