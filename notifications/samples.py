"""One mail of each kind about a badge that exists, for looking at: the facts happen, are told, and are taken back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction

from badgecert.accounts.actions.alternate_addresses import AddressChange, add_address
from badgecert.accounts.models import User
from badgecert.accounts.signals import account_locked, password_requested, second_factor_reset
from badgecert.core import clock
from badgecert.core.exceptions import RefusedError
from badges.actions import issuances as act
from badges.actions.batches import draft_batch
from badges.models import BatchRow, Issuance, Visibility
from earners.actions.questions import ask_organisation
from earners.actions.requests import Wish, answer_request, open_request
from earners.models import RequestKind
from issuers.models import StaffRole, Topic
from notifications.actions import accounts
from notifications.actions.first_copies import queue_first_copy
from notifications.actions.outbox import Fact, new_message, owe
from notifications.actions.sharing import share_by_mail
from notifications.actions.wordings import send_trial
from notifications.models import Message, MessageKind, WordedMail
from notifications.wording import Words

Maker = Callable[[Issuance, User, User], object]


@contextmanager
def sample_message(kind: MessageKind, issuance: Issuance) -> Iterator[Message | None]:
    """A message of this kind about the badge, while the context lasts; None when this cannot happen to this badge."""
    with transaction.atomic():
        try:
            _happen(kind, issuance)
        except RefusedError:
            message = None
        else:
            message = (
                Message.objects.filter(kind=kind)
                .select_related("issuer", "user", "issuance__badge__issuer", "issuance__issuer", "issuance__earner")
                .order_by("created_at", "pk")
                .last()
            )
        yield message
        # Nothing of it ever happened, and no worker is told.
        transaction.set_rollback(True)


def _happen(kind: MessageKind, issuance: Issuance) -> None:
    owner = User.objects.get(staff_memberships__issuer=issuance.issuer, staff_memberships__role=StaffRole.OWNER)
    earner = User.objects.get(issuances=issuance)
    Message.objects.filter(kind=kind).update(created_at=clock.now() - timedelta(days=1))
    _MAKERS[kind](issuance, earner, owner)


def _again(kind: MessageKind, **fields: object) -> Maker:
    def make(issuance: Issuance, earner: User, owner: User) -> None:
        message = new_message(
            kind,
            to_address=issuance.recipient_email,
            issuance=issuance,
            issuer=issuance.issuer,
            user=earner,
            **fields,
        )
        owe({Fact(f"sample:{message.pk}", issuance.pk): message})

    return make


def _expiring(issuance: Issuance, earner: User, owner: User) -> None:
    of_the_issuer = Issuance.objects.filter(earner=earner, issuer=issuance.issuer).select_related("current_version")
    today = clock.today(issuance.issuer.time_zone)
    badges = [
        {"id": str(held.pk), "expires_on": held.current_version.expires_on.isoformat()}
        for held in of_the_issuer.order_by("issued_at")
        if held.current_version.expires_on and (held == issuance or held.current_version.expires_on >= today)
    ]
    if not badges:
        raise RefusedError
    message = new_message(
        MessageKind.EXPIRING,
        to_address=issuance.recipient_email,
        issuer=issuance.issuer,
        user=earner,
        details={"badges": badges},
    )
    owe({f"sample:{message.pk}": message})


def _renew(issuance: Issuance, earner: User, owner: User) -> None:
    expires_on = issuance.current_version.expires_on
    if expires_on is None:
        raise RefusedError
    act.renew_issuance(issuance, expires_on=expires_on + timedelta(days=730), by=owner, notify=True)


def _restore(issuance: Issuance, earner: User, owner: User) -> None:
    act.suspend_issuance(issuance, reason="A complaint", by=owner)
    act.restore_issuance(issuance, reason="It was unfounded", by=owner, notify=True)


def _ask(issuance: Issuance, earner: User, owner: User) -> None:
    open_request(issuance, Wish(kind=RequestKind.OTHER, text="May I use the old logo?"), by=earner)


def _answer(issuance: Issuance, earner: User, owner: User) -> None:
    request = open_request(issuance, Wish(kind=RequestKind.OTHER, text="May I use the old logo?"), by=earner)
    answer_request(request, text="Yes, until the end of the year.\nAsk again after that.", by=owner)


def _wonder(issuance: Issuance, earner: User, owner: User) -> None:
    ask_organisation(
        issuance.issuer,
        topic=Topic.LOG_IN,
        name=issuance.current_version.recipient_name,
        address="ana.at.home@example.org",
        text="No mail about my badge came.\nWhich address do you have?",
        network="",
    )


def _share(issuance: Issuance, earner: User, owner: User) -> None:
    if issuance.visibility == Visibility.PRIVATE:
        act.set_visibility(issuance, visibility=Visibility.LINK_ONLY, by=earner)
    share_by_mail(issuance, addresses=["employer@example.org"], by=earner)


def _lock(issuance: Issuance, earner: User, owner: User) -> None:
    earner.locked_at = clock.now()
    earner.save(update_fields=["locked_at"])
    account_locked.send(sender=User, user=earner)


def _join(issuance: Issuance, earner: User, owner: User) -> None:
    add_address(earner, address=owner.email)


def _change_address(issuance: Issuance, earner: User, owner: User) -> None:
    accounts.queue_address_change_mails(
        earner, change=AddressChange.ADDED, address="ana@example.org", told=[earner.email], by=earner
    )


def _copy_first(issuance: Issuance, earner: User, owner: User) -> None:
    said = issuance.current_version
    row = BatchRow(
        line=2,
        recipient_name=said.recipient_name,
        recipient_email="first@example.org",
        issued_on=said.issued_on,
        expires_on=said.expires_on,
    )
    batch = draft_batch(issuance.badge, rows=[row], file_name="course.csv", file_sha256="0" * 64, by=owner)
    queue_first_copy(batch, by=owner)


_MAKERS: dict[MessageKind, Maker] = {
    MessageKind.ISSUANCE: _again(MessageKind.ISSUANCE),
    MessageKind.FIRST_COPY: _copy_first,
    MessageKind.REMINDER: _again(MessageKind.REMINDER, sequence=60),
    MessageKind.CORRECTED: lambda issuance, earner, owner: act.correct_issuance(
        issuance,
        by=owner,
        reason="Papers seen",
        public_reason="Name changed",
        notify=True,
        recipient_name=f"{issuance.current_version.recipient_name[:180]}-Lindqvist",
    ),
    MessageKind.RENEWED: _renew,
    MessageKind.SUSPENDED: lambda issuance, earner, owner: act.suspend_issuance(
        issuance, reason="A complaint", by=owner, notify=True
    ),
    MessageKind.RESTORED: _restore,
    MessageKind.REVOKED: lambda issuance, earner, owner: act.revoke_issuance(
        issuance, reason="Issued in error", by=owner, notify=True
    ),
    MessageKind.EXPIRING: _expiring,
    MessageKind.SHARED: _share,
    MessageKind.REQUEST: _answer,
    MessageKind.REQUEST_DESK: _ask,
    MessageKind.QUESTION: _wonder,
    MessageKind.TRIAL: lambda issuance, earner, owner: send_trial(
        issuance.badge, mail=WordedMail.ISSUANCE, words=Words(opening="Well done, {name}."), by=owner
    ),
    MessageKind.PASSWORD: lambda issuance, earner, owner: password_requested.send(
        sender=User, user=earner, address=earner.email
    ),
    MessageKind.LOCKED: _lock,
    MessageKind.ADDRESS_ADDED: lambda issuance, earner, owner: add_address(earner, address="new.address@example.org"),
    MessageKind.MERGE_PROOF: _join,
    MessageKind.ADDRESS_CHANGED: _change_address,
    MessageKind.RECIPIENT_CHANGED: _again(MessageKind.RECIPIENT_CHANGED),
    MessageKind.SECOND_FACTOR_RESET: lambda issuance, earner, owner: second_factor_reset.send(sender=User, user=earner),
}
