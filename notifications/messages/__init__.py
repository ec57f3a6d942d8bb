"""What our mails say: one class for each kind of message, one folder each in templates/emails/.

A mail is written once, when a worker first takes its row: only then is a temporary password made.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from notifications.messages.accounts import (
    AddressAddedMail,
    AddressChangedMail,
    LockedMail,
    MergeProofMail,
    PasswordMail,
    SecondFactorResetMail,
)
from notifications.messages.base import Mail, RenderedMail, Secrets
from notifications.messages.changes import (
    CorrectedMail,
    RenewedMail,
    RestoredMail,
    RevokedMail,
    SuspendedMail,
)
from notifications.messages.expiring import ExpiringMail
from notifications.messages.first_copies import FirstCopyMail
from notifications.messages.issuances import IssuanceMail, preview_issuance_mail
from notifications.messages.questions import QuestionMail
from notifications.messages.recipients import RecipientChangedMail
from notifications.messages.reminders import ReminderMail
from notifications.messages.requests import RequestDeskMail, RequestMail
from notifications.messages.sharing import SharedMail
from notifications.messages.trials import TrialMail, trial_mail
from notifications.models import Message
from notifications.wording import Wordings

__all__ = [
    "Mail",
    "RenderedMail",
    "Secrets",
    "mail_for",
    "mails_for",
    "masked_mail",
    "new_secrets",
    "preview_issuance_mail",
    "trial_mail",
]

_MAILS: dict[str, type[Mail]] = {
    mail.kind: mail
    for mail in (
        IssuanceMail,
        FirstCopyMail,
        ReminderMail,
        CorrectedMail,
        RenewedMail,
        SuspendedMail,
        RestoredMail,
        RevokedMail,
        ExpiringMail,
        SharedMail,
        RequestMail,
        RequestDeskMail,
        QuestionMail,
        TrialMail,
        PasswordMail,
        LockedMail,
        AddressAddedMail,
        MergeProofMail,
        AddressChangedMail,
        RecipientChangedMail,
        SecondFactorResetMail,
    )
}


def mails_for(messages: Sequence[Message]) -> list[Mail]:
    """The mail of each message, in their order, to be checked and written.

    The cost in queries is constant for each kind, whatever the number of messages, if these come with them:
    `select_related("issuer", "user", "issuance__badge__issuer", "issuance__issuer", "issuance__earner")`.
    """
    mails = [_MAILS[message.kind](message) for message in messages]
    for _kind, group in groupby(sorted(mails, key=attrgetter("kind")), key=attrgetter("kind")):
        of_one_kind = list(group)
        type(of_one_kind[0]).prepare(of_one_kind)
    _give_words([mail for mail in mails if mail.worded_as])
    return mails


def _give_words(mails: Sequence[Mail]) -> None:
    """What the organisations want them to say, in one query."""
    if not mails:
        return
    wordings = Wordings(mail.worded_by for mail in mails if mail.worded_by)
    for mail in mails:
        mail.words = wordings.of(mail.worded_as, issuer_id=mail.worded_by, badge_ids=mail.badge_ids)


def new_secrets(mails: Sequence[Mail]) -> dict[UUID, Secrets | None]:
    """What only the recipients may read, by message; made now, to be called once for each in the transaction that seals it."""
    made: dict[UUID, Secrets | None] = {}
    for _kind, group in groupby(sorted(mails, key=attrgetter("kind")), key=attrgetter("kind")):
        of_one_kind = list(group)
        secrets = type(of_one_kind[0]).new_secrets_of(of_one_kind)
        made |= {mail.message.pk: secret for mail, secret in zip(of_one_kind, secrets, strict=True)}
    return made


def mail_for(message: Message) -> Mail:
    return mails_for([message])[0]


def masked_mail(message: Message) -> RenderedMail:
    """The mail as staff may read it, written anew from today's facts, its secrets masked."""
    return mail_for(message).render_masked()
