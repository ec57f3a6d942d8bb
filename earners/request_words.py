"""A request in words: how it stands, for its earner and for staff, and what it asks for."""

from datetime import date, timedelta

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from badgecert.core.dates import long_date
from earners.models import Attachment, EarnerRequest, EntryKind, RequestEntry, RequestKind, RequestState


def state_for_earner(request: EarnerRequest) -> tuple[str, str, str]:
    """Word, tone and icon. Green is for valid badges alone."""
    return {
        RequestState.OPEN: (_("Sent"), "calm", "clock"),
        RequestState.WAITING: (_("Waits for your answer"), "warn", "circle-question-mark"),
        RequestState.ANSWERED: (_("Answered"), "calm", "mail"),
        RequestState.APPROVED: (_("Done"), "calm", "check"),
        RequestState.DECLINED: (_("Declined"), "calm", "circle-x"),
        RequestState.CLOSED: (_("Withdrawn"), "calm", "undo-2"),
    }[RequestState(request.state)]


def due_for_staff(request: EarnerRequest, *, today: date) -> tuple[str, str]:
    """By when, and how urgent that is; what is not the organisation's turn is not urgent."""
    if request.state != RequestState.OPEN:
        return request.get_state_display(), "calm"
    if request.due_on < today:
        return _("Overdue since %(day)s") % {"day": long_date(request.due_on)}, "danger"
    if request.due_on <= today + timedelta(days=1):
        return _("Answer by %(day)s") % {"day": long_date(request.due_on)}, "warn"
    return _("Answer by %(day)s") % {"day": long_date(request.due_on)}, "calm"


def asked_for(request: EarnerRequest) -> list[tuple[str, str]]:
    """What the form of its kind was given, as label and value."""
    day = long_date(request.wanted_on) if request.wanted_on else ""
    labels = {
        RequestKind.DATE: _("Issued on"),
        RequestKind.EXPIRY: _("Valid until"),
        RequestKind.RENEWAL: _("Renewed on"),
    }
    said = [
        (_("Name as it should be"), request.wanted_name),
        (labels.get(RequestKind(request.kind), ""), day),
        (_("Employer"), request.employer),
        (_("Postal address"), request.postal_address),
    ]
    if request.posted_on:
        said.append((_("Posted on"), long_date(request.posted_on)))
    return [(label, value) for label, value in said if value]


def thread_of(asked: EarnerRequest) -> list[tuple[RequestEntry, str]]:
    """Oldest first, each entry with what it did, and its files without their content."""
    entries = asked.entries.select_related("by").prefetch_related(
        Prefetch("attachments", Attachment.objects.defer("content").filter(content__isnull=False))
    )
    return [(entry, _happened(entry)) for entry in entries]


def _happened(entry: RequestEntry) -> str:
    """What the entry did, where its text does not say it."""
    return {
        EntryKind.ASKED: "",
        EntryKind.WROTE: "",
        EntryKind.ASKED_BACK: _("asked something"),
        EntryKind.ANSWERED: _("answered"),
        EntryKind.APPROVED: _("did what was asked"),
        EntryKind.DECLINED: _("declined"),
        EntryKind.WITHDRAWN: _("withdrew it"),
    }[EntryKind(entry.kind)]
