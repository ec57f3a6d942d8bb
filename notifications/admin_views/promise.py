"""The report on *within ten business days*: what is beyond the promise, what soon will be, what left late."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from badgecert.core.admin import desk_page
from badgecert.core.csv_files import csv_download
from badgecert.core.dates import day_in
from badgecert.core.growing_lists import SOME, ReachingPaginator, some
from badges.admin_views import staff
from badges.models import BatchRow
from issuers.permissions import can_own
from notifications.models import Message
from notifications.promise import Promise, promises_to

_ROWS_ON_A_PAGE = 50


class Late(NamedTuple):
    """One line of the report."""

    name: str
    badge: str
    completed_on: Any
    due_on: Any
    sent_on: Any
    address: str
    what_to_do: str
    is_beyond: bool


def _line(promise: Promise, row: BatchRow) -> Late:
    return Late(
        row.recipient_name,
        row.batch.badge_version.name,
        row.completed_on,
        promise.due_on(row.completed_on),  # type: ignore[arg-type]  # the report lists only rows with a day
        None,
        reverse("admin:badges_batch_change", args=[row.batch_id]),
        row.problem or _("Issue its file."),
        row.completed_on <= promise.beyond,  # type: ignore[operator]  # as above
    )


def _mail(promise: Promise, message: Message) -> Late:
    issuance = message.issuance
    assert issuance is not None  # noqa: S101  a constraint of the table
    completed_on = issuance.completed_on
    assert completed_on is not None  # noqa: S101  the report lists only badges with a day
    return Late(
        issuance.current_version.recipient_name,
        issuance.current_version.badge_version.name,
        completed_on,
        promise.due_on(completed_on),
        message.sent_at and day_in(message.sent_at, promise.issuer.time_zone),
        reverse("admin:notifications_message_change", args=[message.pk]),
        message.last_error or (_("Its mail waits.") if message.sent_at is None else ""),
        message.sent_at is not None or completed_on <= promise.beyond,
    )


# What can be shown: its words, its rows, and how each becomes a line.
_LISTS: dict[str, tuple[Any, Callable[[Promise], Any], Callable[[Promise, Any], Late]]] = {
    "not-issued": (gettext_lazy("Not issued"), Promise.not_issued, _line),
    "not-sent": (gettext_lazy("Mail not sent"), Promise.not_sent, _mail),
    "sent-late": (gettext_lazy("Sent late"), Promise.sent_late, _mail),
}


@require_GET
def promise(request: HttpRequest) -> HttpResponse:
    promises = list(promises_to(staff(request)))
    if not promises:
        raise Http404
    chosen = _chosen(promises, request.GET.get("issuer", ""))
    shown = request.GET.get("show") if request.GET.get("show") in _LISTS else ""
    rows = {name: find(chosen) for name, (_words, find, _as_late) in _LISTS.items()}
    sent, late = chosen.sent_counts()
    counts = {
        "not-issued": rows["not-issued"].order_by()[: SOME + 1].count(),
        "not-sent": rows["not-sent"].order_by()[: SOME + 1].count(),
        "sent-late": late,
    }
    shown = shown or next((name for name, count in counts.items() if count), "not-issued")
    page = ReachingPaginator(rows[shown], _ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    as_late = _LISTS[shown][2]
    return desk_page(
        request,
        "admin/notifications/promise.html",
        title=_("Your promise"),
        promise=chosen,
        promises=promises,
        may_change=can_own(staff(request), chosen.issuer),
        tabs=[
            (words, some(counts[name]), f"?issuer={chosen.issuer.pk}&show={name}", name == shown)
            for name, (words, _find, _as_late) in _LISTS.items()
        ],
        shown=shown,
        page=page,
        lines=[as_late(chosen, row) for row in page],
        sent=sent,
        in_time=sent - late,
    )


@require_GET
def promise_csv(request: HttpRequest) -> HttpResponse:
    promises = list(promises_to(staff(request)))
    if not promises:
        raise Http404
    chosen = _chosen(promises, request.GET.get("issuer", ""))
    whole = Promise(chosen.issuer, newest=None)
    return csv_download(f"promise-{chosen.issuer.slug}-{chosen.today}.csv", _table(whole))


def _table(promise: Promise) -> Iterator[list[object]]:
    yield [_("What"), _("Name"), _("Badge"), _("Completed on"), _("Due on"), _("Sent on"), _("Beyond"), _("What to do")]
    for words, find, as_late in _LISTS.values():
        for row in find(promise).iterator():
            late = as_late(promise, row)
            beyond = _("yes") if late.is_beyond else _("no")
            yield [
                str(words),
                late.name,
                late.badge,
                late.completed_on,
                late.due_on,
                late.sent_on,
                beyond,
                late.what_to_do,
            ]


def _chosen(promises: list[Promise], issuer_id: str) -> Promise:
    if not issuer_id:
        return promises[0]
    found = next((promise for promise in promises if str(promise.issuer.pk) == issuer_id), None)
    if found is None:
        raise Http404
    return found
