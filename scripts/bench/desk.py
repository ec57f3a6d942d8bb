"""The issuers' desk over a growing table: every list and page that staff wait for, with a thousand badges, then more."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from statistics import median
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from badgecert.core.growing_lists import REACH
from badgecert.core.models import AuditEvent
from badges.actions.batches import draft_batch
from badges.models import Badge, BadgeDay, Batch, BatchRow, BatchState, Issuance, IssuanceVersion
from earners.models import EarnerRequest, RequestKind
from notifications.models import Message, MessageKind
from scripts.bench.figure import Figure
from scripts.bench.mail import owner_of
from scripts.bench.sweeps import copy, id_of, issue_one
from tests.factories import make_issuer, make_published_badge

# Until so many badges there are so many of them by now: names of badges are few, their holders many.
SIZES = ((1_000, 4), (100_000, 24), (1_000_000, 44))
DAYS = 1000
ROUNDS = 3

_FIRST = (
    "(ARRAY['Ana','Björn','Chloé','Dmitri','Élodie','Fatima','Giulia','Håkon','Inês','Jürgen','Kateřina','Łukasz'])"
)
_LAST = (
    "(ARRAY['Okafor','Lindqvist','Núñez','O''Brien','Itō','Šimková','van der Berg','Nguyễn','Müller','Papadopoulos'])"
)


def desk(port: int) -> Iterator[Figure]:
    """Each page of the desk with a thousand, a hundred thousand and a million badges of one organisation.

    The value is the time in the database; the ratio is to the same page with a thousand; n is how many there were.
    """
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    issuer = make_issuer()
    make_published_badge(make_issuer())
    client = Client(SERVER_NAME="127.0.0.1", SERVER_PORT=str(port))
    first: dict[str, float] = {}
    for size, badges in SIZES:
        while issuer.badges.count() < badges:
            missing = size - Issuance.objects.filter(issuer=issuer).count()
            badge = make_published_badge(issuer, content={"name": f"Badge {issuer.badges.count() + 1}"})
            give(badge, missing // (badges - issuer.badges.count() + 1) - 1)
        settle()
        client.force_login(owner_of(issuer.badges.get(current_version__name="Badge 1")))
        for name, address in pages(issuer).items():
            taken = median(ask(client, address) for _round in range(ROUNDS)) * 1000
            first.setdefault(name, taken)
            yield Figure(name, taken, "ms in the database", "with a thousand", taken / first[name], size)


def pages(issuer: Any) -> dict[str, str]:
    """Whatever somebody at the desk opens in a day."""
    issuance = Issuance.objects.filter(issuer=issuer, earner__isnull=False).first()
    assert issuance is not None  # noqa: S101  just filled in
    some_badge = issuance.badge_id
    far = min(Issuance.objects.filter(issuer=issuer).count(), REACH) // 50

    def at(name: str, query: str = "", *args: object) -> str:
        return reverse(f"admin:{name}", args=args) + query

    return {
        "dashboard": at("index"),
        "dashboard_badge": at("index", f"?badge={some_badge}"),
        "dashboard_csv": at("dashboard_csv"),
        "promise": at("promise"),
        "badges": at("badges_badge_changelist"),
        "issuances": at("badges_issuance_changelist"),
        "issuances_far_page": at("badges_issuance_changelist", f"?p={far}"),
        "issuances_by_name": at("badges_issuance_changelist", "?o=1"),
        "issuances_of_badge": at("badges_issuance_changelist", f"?badge={some_badge}"),
        "issuances_expiring": at("badges_issuance_changelist", "?state=expiring"),
        "issuances_expired": at("badges_issuance_changelist", "?state=expired"),
        "issuances_revoked": at("badges_issuance_changelist", "?state=revoked"),
        "issuances_unclaimed": at("badges_issuance_changelist", "?state=unclaimed"),
        "find_issuance_by_name": at("badges_issuance_changelist", "?q=Seldom"),
        "find_issuance_by_two_names": at("badges_issuance_changelist", "?q=Ana+Okafor"),
        "find_issuance_by_address": at("badges_issuance_changelist", f"?q={issuance.recipient_email}"),
        "find_issuance_by_code": at("badges_issuance_changelist", f"?q={issuance.code}"),
        "find_nothing": at("badges_issuance_changelist", "?q=Xyzzyx"),
        "issuance": at("badges_issuance_change", "", issuance.pk),
        "batches": at("badges_batch_changelist"),
        "changes": at("badges_proposal_changelist"),
        "people": at("accounts_user_changelist"),
        "people_locked": at("accounts_user_changelist", "?locked=yes"),
        "find_person_by_name": at("accounts_user_changelist", "?q=Seldom"),
        "find_person_by_two_names": at("accounts_user_changelist", "?q=Ana+Okafor"),
        "find_person_by_address": at("accounts_user_changelist", f"?q={issuance.recipient_email}"),
        "person": at("accounts_user_change", "", issuance.earner_id),
        "why_not": at("why_not", f"?address={issuance.recipient_email}"),
        "why_not_unknown": at("why_not", "?address=nobody@nowhere.example"),
        "requests": at("earners_earnerrequest_changelist"),
        "requests_open": at("earners_earnerrequest_changelist", "?state__exact=open"),
        "find_request": at("earners_earnerrequest_changelist", "?q=Seldom"),
        "mail": at("notifications_message_changelist"),
        "mail_attention": at("notifications_message_changelist", "?state=attention"),
        "mail_of_badge": at("notifications_message_changelist", f"?badge={some_badge}"),
        "mail_bounced": at("notifications_message_changelist", "?state=bounced"),
        "mail_of_kind": at("notifications_message_changelist", "?kind=corrected"),
        "find_mail": at("notifications_message_changelist", f"?q={issuance.recipient_email}"),
        "trail": at("core_auditevent_changelist"),
        "trail_of_kind": at("core_auditevent_changelist", "?about=badges.badge"),
        "find_in_trail": at("core_auditevent_changelist", "?q=Seldom"),
    }


def ask(client: Client, address: str) -> float:
    """Seconds in the database."""
    with database_time() as taken:
        answer = client.get(address)
    if answer.status_code != 200:
        msg = f"{address} answered {answer.status_code}"
        raise RuntimeError(msg)
    return taken[0]


@contextmanager
def database_time() -> Iterator[list[float]]:
    taken = [0.0]

    def measure(execute: Callable[..., Any], *args: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*args)
        finally:
            taken[0] += time.perf_counter() - started

    with connection.execute_wrapper(measure):
        yield taken


def give(badge: Badge, number: int) -> None:
    """So many people hold the badge by a file: each with an account, a sent mail, and what was recorded."""
    issuance = issue_one(badge)
    owner = owner_of(badge)
    row = BatchRow(line=1, recipient_name="Ana", recipient_email="ana@file.example", issued_on=date(2026, 9, 1))
    batch = draft_batch(badge, rows=[row], file_name=f"{badge}.csv", file_sha256=issuance.code.rjust(64, "0"), by=owner)
    now = issuance.issued_at
    Batch.objects.filter(pk=batch.pk).update(
        state=BatchState.ISSUED, rows_count=number + 1, confirmed_at=now, finished_at=now
    )
    asked = EarnerRequest.objects.create(
        issuance=issuance,
        issuer=badge.issuer,
        earner_id=cast("UUID", issuance.earner_id),
        kind=RequestKind.OTHER,
        due_on=date(2026, 12, 1),
    )
    message = Message.objects.get(issuance=issuance, kind=MessageKind.ISSUANCE)
    event = AuditEvent.objects.filter(object_id=issuance.pk).latest("created_at")
    address = f"lower({_LAST}[1 + n %% 10]) || n || '@{issuance.code.lower()}.example'"
    ago = f"now() - make_interval(days => n %% {DAYS}, secs => n)"
    last_day = f"date '2026-09-01' + (n %% {DAYS}) * 2"
    its_issuance = id_of(issuance, "issuance")
    with transaction.atomic():
        copy(
            type(owner),
            issuance.earner_id,
            number,
            id=id_of(issuance, "user"),
            email=address,
            locked_at=some(5000, "now()"),
        )
        copy(
            Issuance,
            issuance.pk,
            number,
            id=its_issuance,
            earner_id=id_of(issuance, "user"),
            batch_id=f"'{batch.pk}'::uuid",
            current_version_id=id_of(issuance, "version"),
            code=f"upper(substr(md5('{issuance.code}' || n), 1, 12))",
            recipient_email=address,
            recipient_key=address,
            issued_at=ago,
            completed_on=f"CASE WHEN n %% 2 = 0 THEN ({ago})::date - 12 END",
            expires_on=last_day,
            claimed_at=f"CASE WHEN n %% 10 < 6 THEN {ago} END",
            revoked_at=some(2000, "now()"),
            revocation_reason="CASE WHEN n %% 2000 = 0 THEN 'An error' ELSE '' END",
        )
        copy(
            IssuanceVersion,
            issuance.current_version_id,
            number,
            id=id_of(issuance, "version"),
            issuance_id=its_issuance,
            recipient_name=f"CASE WHEN n = 77 THEN 'Seldom Seen' ELSE {_FIRST}[1 + n %% 12] || ' ' || {_LAST}[1 + (n / 12) %% 10] END",
            expires_on=last_day,
        )
        copy(
            BatchRow,
            batch.rows.get().pk,
            number,
            id=id_of(issuance, "row"),
            line="n + 1",
            outcome="'issued'",
            issuance_id=its_issuance,
        )
        copy(
            Message,
            message.pk,
            number,
            id=id_of(issuance, "message"),
            issuance_id=its_issuance,
            user_id=id_of(issuance, "user"),
            to_address=address,
            created_at=ago,
            sent_at=f"CASE WHEN n %% 3000 > 0 THEN {ago} END",
            state="CASE WHEN n %% 3000 > 0 THEN 'sent' ELSE 'failed' END",
            remind_at="NULL::timestamptz",
        )
        copy(AuditEvent, event.pk, number, id=id_of(issuance, "event"), object_id=its_issuance, created_at=ago)
        copy(
            EarnerRequest,
            asked.pk,
            number // 50,
            id=id_of(issuance, "request"),
            issuance_id=its_issuance,
            earner_id=id_of(issuance, "user"),
            created_at=ago,
            due_on=f"current_date - n %% {DAYS} + 5",
            state="CASE WHEN n %% 100 = 0 THEN 'open' ELSE 'approved' END",
            decided_at="CASE WHEN n %% 100 > 0 THEN now() END",
        )


def some(one_in: int, value: str) -> str:
    return f"CASE WHEN n %% {one_in} = 0 THEN {value} END"


def settle() -> None:
    """As a site is after some days: sums of days, statistics, and pages that every transaction may see."""
    BadgeDay.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO badges_badgeday (id, created_at, badge_id, day, issued, delivered, claimed, shared, verified, claims, shares, looks)"
            " SELECT gen_random_uuid(), now(), badge_id, (issued_at AT TIME ZONE 'UTC')::date, count(*), count(*),"
            " count(claimed_at), 0, 0, count(claimed_at), 0, 0 FROM badges_issuance GROUP BY 3, 4"
        )
        cursor.execute("VACUUM ANALYZE")
