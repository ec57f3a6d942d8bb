"""What a proposal does, in words: on its page, its button and its list."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badgecert.core.dates import long_date
from badges.models import ChangeKind, Proposal, ProposalState, ProposedChange


def title_of(kind: ChangeKind) -> str:
    return {
        ChangeKind.CORRECT: _("Correct badges"),
        ChangeKind.RENEW: _("Renew badges"),
        ChangeKind.SUSPEND: _("Put badges under review"),
        ChangeKind.RESTORE: _("Restore badges"),
        ChangeKind.REVOKE: _("Revoke badges"),
        ChangeKind.REINSTATE: _("Reinstate badges"),
    }[kind]


def button_of(kind: ChangeKind, count: int, *, proposes: bool) -> str:
    """The words of the button, with the number that it will be done to."""
    words = {
        ChangeKind.CORRECT: ngettext("Correct %(count)d badge", "Correct %(count)d badges", count),
        ChangeKind.RENEW: ngettext("Renew %(count)d badge", "Renew %(count)d badges", count),
        ChangeKind.SUSPEND: ngettext("Put %(count)d badge under review", "Put %(count)d badges under review", count),
        ChangeKind.RESTORE: ngettext("Restore %(count)d badge", "Restore %(count)d badges", count),
        ChangeKind.REVOKE: ngettext("Revoke %(count)d badge", "Revoke %(count)d badges", count),
        ChangeKind.REINSTATE: ngettext("Reinstate %(count)d badge", "Reinstate %(count)d badges", count),
    }[kind] % {"count": count}
    return _("Propose: %(what)s") % {"what": words} if proposes else words


def explanation_of(kind: ChangeKind) -> str:
    return {
        ChangeKind.CORRECT: _("New versions under the same links and codes. Those before then check as superseded."),
        ChangeKind.RENEW: _("New versions with a later last day, under the same links and codes."),
        ChangeKind.SUSPEND: _("Their public pages say that they are under review until you restore them."),
        ChangeKind.RESTORE: _("The review ends and they count again, as new versions."),
        ChangeKind.REVOKE: _(
            "Their public pages stay, name nobody, and say that they were withdrawn, with the reason."
        ),
        ChangeKind.REINSTATE: _("They count again, as new versions under the same links and codes."),
    }[kind]


def state_of(proposal: Proposal) -> tuple[str, str]:
    """The state as staff read it in a list, and its tone."""
    tones = {
        ProposalState.REFUSED: "danger",
        ProposalState.DRAFT: "calm",
        ProposalState.WAITING: "warn",
        ProposalState.APPROVED: "warn",
        ProposalState.APPLIED: "valid",
    }
    return proposal.get_state_display(), tones.get(ProposalState(proposal.state), "calm")


class Difference(NamedTuple):
    label: str
    now: str
    after: str


def differences(change: ProposedChange) -> Iterator[Difference]:
    """What the badge says now beside what it is to say: only what differs."""
    says = change.seen_version
    labels = {
        "recipient_name": _("Name"),
        "issued_on": _("Issued on"),
        "expires_on": _("Valid until"),
        "narrative": _("What they did"),
        "evidence": _("Evidence"),
    }
    if says is None:
        return
    for name, after in change.says_anew.items():
        now = getattr(says, name)
        if now != after:
            yield Difference(labels[name], shown(name, now), shown(name, after))


def shown(name: str, value: Any) -> str:
    if isinstance(value, date):
        return long_date(value)
    if name == "evidence":
        return "\n".join(item["url"] for item in value) or _("Nothing")
    if name == "expires_on":
        return _("No end")
    return value or _("Nothing")
