"""Delivering: what was taken is handed to the mail server, one by one over one connection."""

import os
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable

from django.conf import settings

from badgecert.core import clock
from badgecert.core.models import new_id
from notifications import drains
from notifications.actions import outcomes
from notifications.actions.sweeps import tells_the_databases_time
from notifications.actions.taking import TAKEN_AT_ONCE, put_off_unwritten, take
from notifications.actions.turns import give_turns
from notifications.actions.writing import Draft
from notifications.exceptions import MailServerLostError, NotTakenError, RefusedMailError, UnknownOutcomeError
from notifications.models import MessageState, SitePause
from notifications.transport import Transport

# A drain goes on until it has sent so many or has lasted MAIL_DRAIN_SECONDS; then another task gets the worker.
DRAIN_MESSAGES = 5000


def deliver_due_messages(
    *, limit: int = DRAIN_MESSAGES, seconds: float | None = None, is_ending: Callable[[], bool] = lambda: False
) -> bool:
    """Send what is due over one connection; true when more may be left. Asked before each mail whether to end now.

    MAIL_DRAINS of these run at once: each message is taken by one of them, and by another only when its lease is over.
    A mail server that cannot be reached ends the round, so that it costs one message its attempt, not all.
    """
    deadline = time.monotonic() + (settings.MAIL_DRAIN_SECONDS if seconds is None else seconds)

    def is_over() -> bool:
        return time.monotonic() > deadline or is_ending()

    with drains.a_place() as is_free:
        if not is_free or SitePause.objects.exists() or not tells_the_databases_time():
            return False
        with Transport() as transport:
            return _drain(transport, limit=limit, is_over=is_over)


def _drain(transport: Transport, *, limit: int, is_over: Callable[[], bool]) -> bool:
    worker = f"{socket.gethostname()}:{os.getpid()}:{new_id().hex[-12:]}"[-100:]
    while limit > 0:
        if is_over():
            return True
        chunk = take(worker, number=min(limit, TAKEN_AT_ONCE))
        if chunk is None:
            if give_turns():
                continue
            return False
        limit -= len(chunk)
        try:
            if not _hand_over(chunk, transport, is_over=is_over):
                return True
        except MailServerLostError:
            return False
    return True


def _hand_over(chunk: Iterable[Draft], transport: Transport, *, is_over: Callable[[], bool]) -> bool:
    """Send what was taken; false when the time was over first. Raises MailServerLostError, after recording it.

    Nothing waits for nothing: while the database writes down that a mail is being handed over, the mail server hears for
    whom it is; while the mail server takes it, the next one is written.
    """
    left, sent = deque(chunk), None
    try:
        while left:
            if is_over():
                return False
            draft = left[0]
            draft.write()
            if draft.error:
                left.popleft()
                outcomes.give_back([draft.message])
                put_off_unwritten(draft.message.pk, error=draft.error)
                continue
            transport.begin(sender=settings.MAIL_FROM_ADDRESS, to=draft.message.to_address)
            just_sent, sent = sent, None
            is_ours = outcomes.keep_step(sent=just_sent, next_one=draft.message)
            left.popleft()
            if not is_ours:
                transport.abandon()
            elif _is_sent(draft, transport, meanwhile=left[0].write if left else None):
                sent = draft.message
        return True
    finally:
        if sent is not None:
            outcomes.keep_step(sent=sent, next_one=None)
        if left:
            outcomes.give_back([draft.message for draft in left])


def _is_sent(draft: Draft, transport: Transport, *, meanwhile: Callable[[], None] | None) -> bool:
    """Whether the mail server took it; what else became of it is recorded. Raises MailServerLostError."""
    message = draft.message
    try:
        transport.hand_over(draft.content)
        if meanwhile:
            meanwhile()
        message.provider_id = transport.answer()
    except RefusedMailError as error:
        outcomes.give_up(message, reason=str(error))
        outcomes.keep_outcome(message)
    except UnknownOutcomeError as error:
        message.uncertain_at = message.uncertain_at or clock.now()
        outcomes.put_off(message, reason=str(error), state=MessageState.UNCERTAIN)
        outcomes.keep_outcome(message)
    except NotTakenError as error:
        outcomes.put_off(message, reason=str(error))
        outcomes.keep_outcome(message)
        if isinstance(error, MailServerLostError):
            raise
    else:
        return True
    return False
