"""Each fault issues badges, breaks something while their mails leave, lets the site recover, and counts."""

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import count

import redis as redis_client
from django.db import DatabaseError, InterfaceError, connection

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.actions.issuances import NewIssuance, issue_badges
from badges.models import Badge
from notifications.models import WAITING, Message, MessageKind, MessageState
from notifications.tasks import deliver_due_messages_task
from scripts.faults import site as parts
from scripts.faults.site import Site, wait_until
from tests.factories import make_issuer, make_published_badge

KILLS = 20
PORTIONS = 20
# All mails of a fault together are so long on their way, so that it meets them there; fewer mails, less long.
UNDER_WAY_SECONDS = 30
MODE_SECONDS = 4
RECOVERS_WITHIN_SECONDS = 180
MODES_THAT_REFUSE_NOBODY = ("421", "450", "452", "drop_before_dot", "drop_after_dot", "hang", "hang_after_dot", "slow")

_numbers = count(1)


@dataclass(frozen=True, kw_only=True)
class Result:
    name: str
    messages: int
    # Nobody got it, and the mail server did not refuse it for good.
    missing: int
    repeats_other_id: int
    repeats_same_id: int
    # Rows of which we did not know for a while whether they had left.
    uncertain: int
    seconds: float
    # Repeats of a mail of which we could have known.
    unexcused: int
    # Senders that were killed, where some were: each may have cut off one hand-over, and repeats that one mail.
    killed: int | None = None

    def as_dict(self) -> dict[str, object]:
        return {name: value for name, value in asdict(self).items() if name not in {"unexcused", "killed"}}

    @property
    def is_as_promised(self) -> bool:
        """A repeat has the same Message-ID and bytes, its row says that it may be one, and its sender was cut off."""
        if self.killed is not None and self.repeats_same_id > self.killed:
            return False
        return self.missing == 0 and self.repeats_other_id == 0 and self.unexcused == 0


class Run:
    """The issuances of one fault, and what became of their mails."""

    def __init__(self, name: str, site: Site, messages: int) -> None:
        self.name, self.site, self.messages = name, site, messages
        self._started = time.monotonic()
        # How long things take, against a run with a thousand.
        self.scale = max(0.2, min(1, messages / 1000))
        self._badge: Badge = make_published_badge(make_issuer())
        self._by = User.objects.get(staff_memberships__issuer=self._badge.issuer)
        self._addresses: list[str] = []

    def issue(self, number: int) -> None:
        people = [
            NewIssuance(
                recipient_name=f"Person {n}",
                recipient_email=f"p{n}@{self.name.replace('_', '-')}.example",
                issued_on=date(2026, 11, 1),
            )
            for n in (next(_numbers) for _number in range(number))
        ]
        issue_badges(people, badge_version=self._badge.current_version, by=self._by)
        self._addresses += [person.recipient_email for person in people]

    def portions(self, number: int = PORTIONS) -> Iterator[int]:
        """Issue all of them, a portion at a time; what the loop body does happens between two portions."""
        for portion in range(number):
            self.issue(self.messages * (portion + 1) // number - self.messages * portion // number)
            yield portion

    def slow_down(self, times: float = 1) -> None:
        """So that the mails are on their way for a while."""
        self.site.set_mode(f"slow:{UNDER_WAY_SECONDS * self.scale * times / self.messages}")

    @property
    def mails(self) -> "list[Message]":
        return list(Message.objects.filter(issuance__badge=self._badge, kind=MessageKind.ISSUANCE))

    def busy_processes(self) -> set[int]:
        """Who is handing a mail over at this moment."""
        workers = Message.objects.filter(
            issuance__badge=self._badge, state=MessageState.SENDING, lease_until__gt=clock.now()
        )
        return {int(worker.split(":")[1]) for worker in workers.values_list("worker", flat=True)}

    def is_being_sent(self) -> bool:
        return bool(self.busy_processes() & {self.site.loop.pid, *self.site.worker.children()})

    def waiting(self) -> int:
        try:
            return Message.objects.filter(issuance__badge=self._badge, state__in=WAITING).count()
        except (DatabaseError, InterfaceError):
            connection.close()
            return self.messages

    def wait_for_progress(self, part: float) -> None:
        wait_until(
            lambda: self.waiting() <= self.messages * (1 - part),
            seconds=RECOVERS_WITHIN_SECONDS,
            what=f"{part:.0%} of {self.name}",
        )

    def result(self) -> Result:
        """Waits until nothing waits any more."""
        self.site.set_mode("accept")
        wait_until(lambda: self.waiting() == 0, seconds=RECOVERS_WITHIN_SECONDS, what=f"The end of {self.name}")
        lines = (self.site.folder / "taken").read_text().splitlines()
        taken = [mail for mail in map(json.loads, lines) if mail["to"] in set(self._addresses)]
        copies = Counter(mail["to"] for mail in taken)
        # Other bytes are another mail, whatever its Message-ID says.
        mails = {(mail["to"], mail["message_id"], mail["sha256"]) for mail in taken}
        different = Counter(to for to, _message_id, _sha256 in mails)
        uncertain = {mail.to_address for mail in self.mails if mail.uncertain_at}
        refused = {mail.to_address for mail in self.mails if mail.state == MessageState.FAILED}
        return Result(
            name=self.name,
            messages=len(self._addresses),
            missing=sum(address not in copies and address not in refused for address in self._addresses),
            repeats_other_id=sum(number - 1 for number in different.values()),
            repeats_same_id=sum(copies.values()) - len(mails),
            uncertain=len(uncertain),
            seconds=round(time.monotonic() - self._started, 1),
            unexcused=sum(number > 1 and address not in uncertain for address, number in copies.items()),
        )


def kill_workers(site: Site, messages: int) -> Result:
    """20 times kill -9 of somebody who is handing a mail over: a worker's child, a whole worker, or the loop. Each is
    started again at once."""
    run = Run("kill_workers", site, messages)
    run.slow_down(4)
    killed = 0
    chance = random.Random(4)  # noqa: S311  how long after it began, the same in every run
    for number in run.portions(round(KILLS * max(run.scale, 0.4))):
        # On a quick machine a portion may have left before we look.
        wait_until(
            lambda: run.is_being_sent() or run.waiting() == 0, seconds=RECOVERS_WITHIN_SECONDS, what="A mail on its way"
        )
        time.sleep(chance.uniform(0, 0.3))
        busy = run.busy_processes() & {site.loop.pid, *site.worker.children()}
        if site.loop.pid in busy:
            site.loop.kill()
            site.loop.start()
            killed += 1
        elif number % 2:
            orphans = site.worker.children()
            site.worker.kill()
            for pid in orphans:
                _kill(pid)
            site.worker.start()
            # Two senders at one blow: one kill may repeat two mails.
            killed += len(orphans)
        elif busy:
            _kill(min(busy))
            killed += 1
    return replace(run.result(), killed=killed)


def redis_flush(site: Site, messages: int) -> Result:
    """FLUSHALL three times, with Celery alone: its scheduler rings again."""
    site.loop.stop()
    run = Run("redis_flush", site, messages)
    run.slow_down()
    with redis_client.Redis(unix_socket_path=str(parts.redis.socket)) as client:
        for portion in run.portions():
            time.sleep(0.3)
            if portion % 6 == 5:
                client.flushall()
    result = run.result()
    site.loop.start()
    return result


def redis_stop(site: Site, messages: int) -> Result:
    """Redis is gone for 60 seconds, with all that was in it. Issuing goes on, and so does the mail, by the loop."""
    run = Run("redis_stop", site, messages)
    seconds = 60 * run.scale
    began = time.monotonic()
    for portion in run.portions(10):
        if portion == 0:
            parts.redis.stop()
            began = time.monotonic()
    run.wait_for_progress(1)
    time.sleep(max(0, began + seconds - time.monotonic()))
    parts.redis.start()
    # And Celery finds its way back: alone it sends what comes now.
    site.loop.stop()
    run.messages += 1
    run.issue(1)
    result = run.result()
    site.loop.start()
    return result


def postgres_restart(site: Site, messages: int) -> Result:
    """Three times `immediate`: every connection is cut in the middle of what it does."""
    run = Run("postgres_restart", site, messages)
    run.slow_down(2)
    run.issue(messages)
    for part in (0.1, 0.4, 0.7):
        run.wait_for_progress(part)
        parts.postgres.crash()
        time.sleep(1)
        parts.postgres.start()
    return run.result()


def smtp_modes(site: Site, messages: int) -> Result:
    """Everything a mail server may do instead of taking a mail; and one that refuses some for good, who are told apart."""
    run = Run("smtp_modes", site, messages)
    modes = [*MODES_THAT_REFUSE_NOBODY, "550"]
    site.set_mode(modes[0])
    for portion in run.portions(len(modes)):
        mode = modes[portion]
        site.set_mode(mode)
        wait_until(lambda: site.times_met(mode) > 0, seconds=RECOVERS_WITHIN_SECONDS, what=mode)  # noqa: B023  at once
        time.sleep(MODE_SECONDS * max(run.scale, 0.3))
        site.set_mode("accept")
        time.sleep(0.5)
    return run.result()


def duplicate_delivery(site: Site, messages: int) -> Result:
    """The same Celery message five times for each portion, and two more loops."""
    more = [site.start_loop(), site.start_loop()]
    run = Run("duplicate_delivery", site, messages)
    for _portion in run.portions():
        for _copy in range(5):
            deliver_due_messages_task.delay()
    result = run.result()
    site.stop(more)
    return result


def two_beats(site: Site, messages: int) -> Result:
    """A second scheduler and a second worker, started by mistake."""
    more = [site.start_beat(), site.start_worker()]
    run = Run("two_beats", site, messages)
    for _portion in run.portions():
        time.sleep(0.3)
    result = run.result()
    site.stop(more)
    return result


def deploy(site: Site, messages: int) -> Result:
    """At 30 % new processes start and the old ones are asked to end; for a while both work."""
    run = Run("deploy", site, messages)
    run.slow_down()
    run.issue(messages)
    run.wait_for_progress(0.3)
    old = [site.worker, site.beat, site.loop]
    site.worker, site.beat, site.loop = site.start_worker(), site.start_beat(), site.start_loop()
    site.stop(old)
    return run.result()


FAULTS: dict[str, Callable[[Site, int], Result]] = {
    fault.__name__: fault
    for fault in (
        kill_workers,
        redis_flush,
        redis_stop,
        postgres_restart,
        smtp_modes,
        duplicate_delivery,
        two_beats,
        deploy,
    )
}


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        # It has ended by itself meanwhile.
        return
