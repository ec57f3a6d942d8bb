"""Everything that this app keeps. Change it only through notifications.actions."""

from notifications.models.bounces import Bounce, BounceKind
from notifications.models.heartbeats import Heartbeat
from notifications.models.outbox import (
    ABOUT_AN_ACCOUNT,
    ABOUT_AN_ISSUANCE,
    WAITING,
    Message,
    MessageFact,
    MessageKind,
    MessageQuerySet,
    MessageState,
    Preference,
)
from notifications.models.pauses import SitePause
from notifications.models.resends import Resend

__all__ = [
    "ABOUT_AN_ACCOUNT",
    "ABOUT_AN_ISSUANCE",
    "WAITING",
    "Bounce",
    "BounceKind",
    "Heartbeat",
    "Message",
    "MessageFact",
    "MessageKind",
    "MessageQuerySet",
    "MessageState",
    "Preference",
    "Resend",
    "SitePause",
]
