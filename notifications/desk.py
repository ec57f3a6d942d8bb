"""Messages as staff see them at the desk: in words, with what a provider told later, and what waits for somebody."""

from datetime import datetime
from typing import NamedTuple, cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import clock
from issuers.models import Issuer
from notifications.models import STOPS_MAIL, Bounce, BounceKind, Message, MessageState, SitePause

_TONES = {MessageState.SENT: "valid", MessageState.FAILED: "danger", MessageState.UNCERTAIN: "warn"}


def with_bounces(messages: QuerySet[Message]) -> QuerySet[Message]:
    """With the kind of bounce that says how each ended, as `bounce_kind`."""
    bounces = Bounce.objects.filter(message=OuterRef("pk"), kind__in=STOPS_MAIL).order_by("kind")
    return messages.annotate(bounce_kind=Subquery(bounces.values("kind")[:1]))


def bounced(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Came back or was not wanted, whether or not somebody has done something about it."""
    return messages.filter(Exists(Bounce.objects.filter(message=OuterRef("pk"), kind__in=STOPS_MAIL)))


def came_back(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Bounced or not wanted, and nobody has done anything about it."""
    return messages.filter(Exists(Bounce.objects.standing().filter(message=OuterRef("pk"))))


def undelivered(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Failed for good, and nobody has sent another."""
    return messages.filter(state=MessageState.FAILED, resends=None)


class Pause(NamedTuple):
    """What the banner of the desk says."""

    title: str
    at: datetime
    reason: str
    by: User | None


def pauses_for(user: User | AnonymousUser) -> list[Pause]:
    """Whose mail is held back of those for whom this person works; two queries on every page of the desk."""
    own = Issuer.objects.managed_by(user).filter(mail_paused_at__isnull=False).select_related("mail_paused_by")
    pauses = [
        Pause(_("All mail of this site is paused"), pause.created_at, pause.reason, pause.paused_by)
        for pause in SitePause.objects.select_related("paused_by")
    ]
    return pauses + [
        Pause(
            _("The mail of %(organisation)s is paused") % {"organisation": issuer.name},
            cast("datetime", issuer.mail_paused_at),
            issuer.mail_paused_reason,
            issuer.mail_paused_by,
        )
        for issuer in own
    ]


def is_held() -> Q:
    """It waits because its organisation's mail is paused."""
    return Q(state__in=(MessageState.QUEUED, MessageState.UNCERTAIN), issuer__mail_paused_at__isnull=False)


def state_of(message: Message) -> tuple[str, str]:
    """The state of a message from with_bounces() in words, and its tone. Costs no query if its issuer is there."""
    kind = message.bounce_kind  # type: ignore[attr-defined]  # annotated above
    if kind:
        return str(BounceKind(kind).label), "danger" if kind == BounceKind.HARD else "warn"
    if message.state == MessageState.QUEUED:
        if message.issuer and message.issuer.mail_paused_at:
            return _("Paused"), "warn"
        if message.attempts:
            return _("Tried, goes again"), "warn"
    return message.get_state_display(), _TONES.get(MessageState(message.state), "calm")


def what_next(message: Message) -> str:
    """What happens next with a message of with_bounces(), or what staff can do about it; "" when it is done."""
    if not message.to_address:
        return _("The earner's data was erased: to whom it went and what it said is gone.")
    kind = message.bounce_kind  # type: ignore[attr-defined]  # annotated above
    if kind == BounceKind.HARD:
        return _("Correct the address, then send the mail again. Until then no reminder goes there.")
    if kind == BounceKind.COMPLAINT:
        return _("They called it spam or asked for no more mail. No reminder goes there. Reach them in another way.")
    if message.state == MessageState.FAILED:
        return _("Correct the address or wait until their mail server is well, then try again or send it again.")
    if message.state == MessageState.UNCERTAIN:
        return _("It may have arrived. It goes once more with the same bytes, so nobody gets two different mails.")
    if message.state == MessageState.QUEUED:
        return _what_holds(message)
    return ""


def _what_holds(message: Message) -> str:
    if message.issuer and message.issuer.mail_paused_at:
        return _("The organisation's mail is paused. It leaves when somebody resumes it.")
    if message.attempts:
        return _("It is tried again by itself, for three days.")
    if message.next_at > clock.now():
        return _("It waits for its turn, so that other mail servers are not flooded.")
    return _("It leaves within seconds. If it does not, the operator of this site must look at the workers.")
