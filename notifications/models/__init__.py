"""Everything that this app keeps. Change it only through notifications.actions."""

from notifications.models.bounces import STOPS_MAIL, Bounce, BounceKind
from notifications.models.expiry import ExpirySweep
from notifications.models.heartbeats import Heartbeat
from notifications.models.outbox import (
    ABOUT_AN_ACCOUNT,
    ABOUT_AN_ISSUANCE,
    BULK_KINDS,
    CHANGES,
    MANY,
    URGENT_KINDS,
    WAITING,
    Message,
    MessageFact,
    MessageKind,
    MessageQuerySet,
    MessageState,
    Priority,
)
from notifications.models.pauses import SitePause
from notifications.models.preferences import OptionalMail, Preference
from notifications.models.resends import Resend
from notifications.models.sweeps import CalendarSweep, MailMinute
from notifications.models.wordings import REQUEST_TURNS, WordedMail, Wording

__all__ = [
    "ABOUT_AN_ACCOUNT",
    "ABOUT_AN_ISSUANCE",
    "BULK_KINDS",
    "CHANGES",
    "MANY",
    "REQUEST_TURNS",
    "STOPS_MAIL",
    "URGENT_KINDS",
    "WAITING",
    "Bounce",
    "BounceKind",
    "CalendarSweep",
    "ExpirySweep",
    "Heartbeat",
    "MailMinute",
    "Message",
    "MessageFact",
    "MessageKind",
    "MessageQuerySet",
    "MessageState",
    "OptionalMail",
    "Preference",
    "Priority",
    "Resend",
    "SitePause",
    "WordedMail",
    "Wording",
]
