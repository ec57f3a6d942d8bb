"""Why did they not get it: everything about the mail to one person, in the order in which it happened.

A constant number of queries for any number of issuances.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.text import canonical_email
from badges.models import BatchRow, BatchState, Issuance
from badges.models.issuance import IssuanceQuerySet
from issuers.models import Issuer
from issuers.permissions import issuers_to_issue_for
from notifications.actions.resending import may_be_sent_again
from notifications.desk import state_of, what_next, with_bounces
from notifications.models import Message, MessageFact, Preference, SitePause

# Somebody who holds more finds the rest in the list of mails.
_BADGES = 100
# Rows of older files are no answer to why a mail did not come.
_FILES_OF = timedelta(days=90)


class Line(NamedTuple):
    at: datetime
    badge: str
    what: str
    state: str
    tone: str
    why: str
    url: str
    # Where staff send the same once more; "" when they cannot.
    resend_url: str = ""
    # It tells whether something arrives, not what else is so.
    decides: bool = True


def answers_in(story: Iterable[Line]) -> list[Line]:
    """Why they did not get it, newest first: the last word on each badge and on each pause, but for what was delivered."""
    last: dict[str, Line] = {}
    for line in story:
        if line.decides:
            last.setdefault(line.badge or line.what, line)
    return [line for line in last.values() if line.tone != "valid"]


def story_of_address(address: str, *, by: User) -> list[Line]:
    """Everything that this person's organisations have to do with an address, also what was not issued yet."""
    key = canonical_email(address)
    return _story(_issuances(by).filter(recipient_key=key), keys={key}, by=by)


def story_of_earner(earner: User, *, by: User) -> list[Line]:
    """The same for somebody who holds badges, at every address that these went to."""
    issuances = list(_issuances(by).filter(earner=earner))
    return _story(issuances, keys={issuance.recipient_key for issuance in issuances}, by=by)


def story_of_issuance(issuance: Issuance, *, by: User) -> list[Line]:
    """What became of the mail about one badge."""
    return _story(_issuances(by).filter(pk=issuance.pk), keys=set(), by=by)


def earners_at(address: str, *, by: User) -> list[UUID]:
    """Whose badges went to this address: one person, but for a mailbox that several share."""
    found = _issuances(by).filter(recipient_key=canonical_email(address), earner__isnull=False)
    return list(found.order_by().values_list("earner", flat=True).distinct()[:5])


def addresses_like(address: str, *, by: User) -> list[str]:
    """Up to five that differ behind the @: the one that was typed may not be the one that was used."""
    return _alike({canonical_email(address)}, by=by)


def addresses_like_those_of(earner: User, *, by: User) -> list[str]:
    """The same for somebody who holds badges: what a mistyped address got stands under that one."""
    return _alike(set(_issuances(by).filter(earner=earner).values_list("recipient_key", flat=True)), by=by)


def _alike(keys: set[str], *, by: User) -> list[str]:
    begins = Q()
    for name in {key.rpartition("@")[0] for key in keys} - {""}:
        begins |= Q(recipient_key__startswith=f"{name}@")
    if not begins:
        return []
    found = _issuances(by).filter(begins).exclude(recipient_key__in=keys).order_by("recipient_key")
    return list(found.values_list("recipient_key", flat=True).distinct()[:5])


def _issuances(by: User) -> IssuanceQuerySet:
    return (
        Issuance.objects.managed_by(by)
        .select_related("issuer", "badge", "earner", "current_version__badge_version")
        .order_by("-issued_at")
    )


def _story(issuances: Iterable[Issuance], *, keys: set[str], by: User) -> list[Line]:
    chosen = list(issuances)[:_BADGES]
    rows = _rows_to(keys, by=by) if keys else []
    return _in_order([*_held(chosen), *rows, *_messages(chosen, by=by), *_reminders(chosen)])


def _in_order(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _rows_to(keys: set[str], *, by: User) -> list[Line]:
    """Rows of files that were not issued: held, not confirmed, or still in the time to undo."""
    rows = (
        BatchRow.objects.filter(
            recipient_key__in=keys,
            batch__issuer__in=Issuer.objects.managed_by(by),
            batch__created_at__gt=clock.now() - _FILES_OF,
            issuance=None,
            outcome="",
        )
        .exclude(batch__state=BatchState.UNDONE)
        .select_related("batch__badge_version", "batch__issuer", "holding__current_version")
        .order_by("-id")[:20]
    )
    return [
        Line(
            at=row.batch.confirmed_at or row.created_at,
            badge=row.batch.badge_version.name,
            what=_("Line %(line)s of %(file)s") % {"line": row.line, "file": row.batch.file_name},
            state=_("Not issued"),
            tone="warn",
            why=_why_not_issued(row),
            url=reverse("admin:badges_batch_change", args=[row.batch_id]),
        )
        for row in rows
    ]


def _why_not_issued(row: BatchRow) -> str:
    if said := row.said:
        return said
    if row.batch.state == BatchState.DRAFT:
        return _("The file was checked and not sent yet.")
    return _("The time to undo is not over yet; then it is issued and the mail leaves.")


def _held(issuances: Sequence[Issuance]) -> list[Line]:
    lines = [
        Line(
            at=issuer.mail_paused_at,
            badge="",
            what=_("Mail of %(organisation)s is paused") % {"organisation": issuer.name},
            state=_("Paused"),
            tone="warn",
            why=issuer.mail_paused_reason,
            url=reverse("admin:sending"),
        )
        for issuer in {issuance.issuer for issuance in issuances}
        if issuer.mail_paused_at
    ]
    pause = SitePause.objects.first()
    if pause:
        lines.append(
            Line(
                at=pause.created_at,
                badge="",
                what=_("All mail of this site is paused"),
                state=_("Paused"),
                tone="warn",
                why=pause.reason,
                url=reverse("admin:sending"),
            )
        )
    return lines


def _messages(issuances: Sequence[Issuance], *, by: User) -> list[Line]:
    names = {issuance.pk: issuance.current_version.badge_version.name for issuance in issuances}
    # A digest tells of several badges.
    told = MessageFact.objects.filter(issuance__in=names).order_by().values("message")
    about = Message.objects.filter(issuance__in=names).order_by().values("pk")
    messages = (
        with_bounces(Message.objects.filter(pk__in=about.union(told)))
        # Whom a badge was shown to is the earner's own.
        .filter(issuer__in={issuance.issuer_id for issuance in issuances})
        .select_related("issuer")
        .defer("sealed_body")
    )
    sends_for = set(issuers_to_issue_for(by).values_list("pk", flat=True))
    lines = []
    for message in messages:
        state, tone = state_of(message)
        may_resend = message.issuer_id in sends_for and may_be_sent_again(message)
        lines.append(
            Line(
                at=message.sent_at or message.created_at,
                badge=names.get(message.issuance_id, "") if message.issuance_id else "",
                what=_("%(kind)s, to %(address)s") % {"kind": message.get_kind_display(), "address": message.to_address}
                if message.to_address
                else message.get_kind_display(),
                state=state,
                tone=tone,
                why=" ".join(words for words in (message.last_error, what_next(message)) if words),
                url=reverse("admin:notifications_message_change", args=[message.pk]),
                resend_url=reverse("admin:resend_message", args=[message.pk]) if may_resend else "",
            )
        )
    return lines


def _reminders(issuances: Sequence[Issuance]) -> list[Line]:
    """Who will not be reminded although the badge waits to be claimed."""
    stopped = {
        (preference.user_id, preference.issuer_id): preference.reminders_stopped_at
        for preference in Preference.objects.filter(
            user__in={issuance.earner_id for issuance in issuances}, reminders_stopped_at__isnull=False
        )
    }
    lines = []
    for issuance in issuances:
        if issuance.claimed_at or issuance.revoked_at or issuance.erased_at or issuance.earner_id is None:
            continue
        stopped_at = stopped.get((issuance.earner_id, issuance.issuer_id))
        why = ""
        if issuance.declined_at:
            stopped_at, why = issuance.declined_at, _("They said that the badge is not theirs. They can undo it.")
        elif stopped_at:
            why = _("They asked for no more reminders. They can ask for them again.")
        elif not issuance.badge.invites_earners:
            why = _("Earners of this badge are not invited to log in.")
        if why:
            lines.append(
                Line(
                    at=stopped_at or issuance.issued_at,
                    badge=issuance.current_version.badge_version.name,
                    what=_("Reminders"),
                    state=_("None"),
                    tone="calm",
                    why=why,
                    url=reverse("admin:badges_issuance_change", args=[issuance.pk]),
                    decides=False,
                )
            )
    return lines
