"""What staff do about a mail that did not arrive: try it again, send a new one, or set it aside."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badgecert.core.exceptions import RefusedError
from badges.models import Issuance
from issuers.permissions import can_issue, issuers_to_issue_for
from notifications.actions.bounces import settle_bounces, settle_bounces_from
from notifications.actions.outbox import Fact, new_message, owe
from notifications.actions.requests import request_message
from notifications.messages import mail_for
from notifications.models import (
    CHANGES,
    STOPS_MAIL,
    WAITING,
    Message,
    MessageKind,
    MessageQuerySet,
    MessageState,
    Resend,
)

_ABOUT_REQUESTS = (MessageKind.REQUEST, MessageKind.REQUEST_DESK)
# Reminders come again by themselves; a link or a password is asked for anew by the person themselves.
SENT_AGAIN = (MessageKind.ISSUANCE, MessageKind.EXPIRING, *_ABOUT_REQUESTS, *CHANGES)


_ERASED = gettext_lazy("The earner's data was erased. Nothing can be sent to them.")


class NotPossibleError(RefusedError):
    """The message is not in a state in which this can be done; the sentence says what can."""


def may_act_on(message: Message, by: User) -> bool:
    """Whether this person may retry, resend or set aside: who may issue; for the site's own mail its operators."""
    return can_issue(by, message.issuer) if message.issuer else by.is_superuser


@transaction.atomic
def retry_message(message: Message, *, by: User) -> Message:
    """Try the same message again now: one that failed, or one that waits for its next attempt.

    Raises NotPossibleError, PermissionDenied.
    """
    message = _locked(message, by=by)
    if message.state == MessageState.FAILED:
        if reason := _why_not_retried(message):
            raise NotPossibleError(reason)
        _queue_again(Message.objects.filter(pk=message.pk))
    elif _waits_after_a_failure(message):
        Message.objects.filter(pk=message.pk).update(next_at=clock.now())
    else:
        raise NotPossibleError(_("There is nothing to try again: it is sent, on its way, or was cancelled."))
    audit.record("mail tried again", message, by=by, issuer_id=message.issuer_id)
    message.refresh_from_db(fields=["state", "next_at", "attempts"])
    return message


def may_be_retried(message: Message) -> bool:
    return _waits_after_a_failure(message) or (message.state == MessageState.FAILED and not _why_not_retried(message))


def _waits_after_a_failure(message: Message) -> bool:
    return message.state in {MessageState.QUEUED, MessageState.UNCERTAIN} and message.attempts > 0


def _why_not_retried(message: Message) -> str:
    """Why a failed message cannot go out as it is; "" when it can."""
    if not message.to_address:
        return str(_ERASED)
    if message.uncertain_at:
        # Its bytes are gone; another mail under the same Message-ID might be a second one.
        return _("It may have arrived. Send it again as a new mail instead.")
    if message.issuance and message.issuance.recipient_email != message.to_address:
        return _("The earner's address has changed since. Send it again as a new mail instead.")
    return ""


def retriable(messages: MessageQuerySet, *, by: User) -> MessageQuerySet:
    """Those of the messages that failed, can go out as they are, and on which this person may act."""
    own = messages if by.is_superuser else messages.filter(issuer__in=issuers_to_issue_for(by))
    return (
        own.filter(state=MessageState.FAILED, uncertain_at=None, resends=None)
        .exclude(to_address="")
        .filter(Q(issuance=None) | Q(to_address=F("issuance__recipient_email")))
    )


@transaction.atomic
def retry_failed(messages: MessageQuerySet, *, by: User) -> int:
    """Try all of these again that can be; returns how many."""
    ids = list(retriable(messages, by=by).order_by().values_list("pk", flat=True))
    chosen = list(
        Message.objects.filter(pk__in=ids, state=MessageState.FAILED)
        .select_for_update(of=("self",))
        .only("id", "issuer_id")
        .order_by("id")
    )
    _queue_again(Message.objects.filter(pk__in=[message.pk for message in chosen]))
    by_issuer: dict[object, list[Message]] = {}
    for message in chosen:
        by_issuer.setdefault(message.issuer_id, []).append(message)
    for of_one in by_issuer.values():
        audit.record_many("mail tried again", of_one, by=by, issuer_id=of_one[0].issuer_id)
    return len(chosen)


def _queue_again(failed: MessageQuerySet) -> None:
    """It counts as new: its attempts, its hours of trying and its turn."""
    failed.update(
        state=MessageState.QUEUED, attempts=0, trying_since=None, turn_at=None, next_at=clock.now(), last_error=""
    )


def may_be_sent_again(message: Message) -> bool:
    """Whether a new mail can say the same; what it says decides whether it still should."""
    return message.kind in SENT_AGAIN and message.state not in WAITING


@transaction.atomic
def resend_message(message: Message, *, reason: str, by: User) -> Message:
    """Owe the earner a new mail that says the same, with its own number and password, at the address of today.

    What bounced from the old address counts as settled. Raises NotPossibleError, PermissionDenied.
    """
    message = _locked(message, by=by)
    if message.kind not in SENT_AGAIN:
        raise NotPossibleError(_("Mails of this kind are not sent again. Send the mail about the badge instead."))
    if not message.to_address:
        raise NotPossibleError(_ERASED)
    badges = _locked_badges(message)
    alike = Message.objects.filter(
        kind=message.kind,
        issuance=message.issuance,
        **({"user": message.user, "issuer": message.issuer} if message.kind == MessageKind.EXPIRING else {}),
    )
    if alike.filter(state__in=WAITING, details=message.details).exists():
        raise NotPossibleError(_("One like it is still waiting to leave. It goes by itself."))
    sequence = (alike.aggregate(highest=Max("sequence"))["highest"] or 0) + 1
    settle_bounces_from(badges[-1].issuer, address=message.to_address)
    new = _anew(message, badges, sequence=sequence)
    mail = mail_for(new)
    with translation.override(mail.language):
        if why := mail.reason_to_cancel:
            raise NotPossibleError(why)
    owe({Fact(f"{message.kind}:{badge.pk}:again:{sequence}", badge.pk): new for badge in badges})
    Resend.objects.create(original=message, message=new)
    audit.record("mail sent again", new, by=by, issuer_id=message.issuer_id, reason=reason, original=str(message.pk))
    return new


def _locked_badges(message: Message) -> list[Issuance]:
    """What it tells of, the newest last."""
    badges = Issuance.objects.select_for_update(of=("self",), no_key=True)
    ids = [told["id"] for told in message.details["badges"]] if message.kind == MessageKind.EXPIRING else None
    told_of = badges.filter(pk__in=ids) if ids else badges.filter(messages=message)
    return list(told_of.select_related("badge__issuer", "issuer", "earner").order_by("issued_at", "pk"))


def _anew(message: Message, badges: list[Issuance], *, sequence: int) -> Message:
    """An unsaved mail that says the same, to the address of today."""
    kind = MessageKind(message.kind)
    if kind in _ABOUT_REQUESTS:
        return request_message(kind, message.details, sequence=sequence)
    return new_message(
        kind,
        # Of several addresses of one person, the one that the organisation used last.
        to_address=badges[-1].recipient_email,
        issuance=message.issuance and badges[-1],
        issuer=message.issuer,
        user=badges[-1].earner,
        sequence=sequence,
        details=message.details,
    )


@transaction.atomic
def set_aside(message: Message, *, by: User) -> Message:
    """Nothing more is to be done about a mail that failed or bounced: it leaves Needs you.

    Raises NotPossibleError, PermissionDenied.
    """
    message = _locked(message, by=by)
    settled = settle_bounces(message.bounces.filter(kind__in=STOPS_MAIL).values_list("pk", flat=True))
    if message.state == MessageState.FAILED:
        message.state = MessageState.CANCELLED
        message.save(update_fields=["state"])
    elif not settled:
        raise NotPossibleError(_("Nothing about this mail needs anybody."))
    audit.record("mail set aside", message, by=by, issuer_id=message.issuer_id)
    return message


def _locked(message: Message, *, by: User) -> Message:
    message = (
        Message.objects.select_for_update(of=("self",)).select_related("issuer", "issuance", "user").get(pk=message.pk)
    )
    if not may_act_on(message, by):
        raise PermissionDenied
    return message
