"""Mail: one worker against a bare loop on one connection."""

import atexit
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count, islice
from statistics import median
from typing import IO, cast

from django.conf import settings

from badgecert.accounts.models import User
from badges.actions.issuances import NewIssuance, issue_badges
from badges.models import Badge
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.taking import take
from notifications.actions.turns import give_turns
from scripts.bench.figure import Figure
from tests import children
from tests.factories import make_issuer, make_published_badge

MAILS = 500
ROUNDS = 5
_numbers = count()


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


def owner_of(badge: Badge) -> User:
    return User.objects.get(staff_memberships__issuer=badge.issuer)
