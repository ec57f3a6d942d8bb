"""Approving is doing: a correction, a renewal, a letter or paper in the post, and with it the end of the request."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core.dates import long_date
from badges.actions.issuances import correct_issuance, renew_issuance
from badges.models import Issuance
from certificates.actions.letters import make_letter
from earners.actions.requests.thread import add_entry, decide, locked_for_staff, refuse_decided
from earners.attachments import PDF, SafeFile
from earners.models import EarnerRequest, EntryKind, RequestKind, RequestState
from earners.signals import request_answered
from issuers.permissions import can_issue, issuers_to_issue_for


@transaction.atomic
def approve_with_correction(
    request: EarnerRequest, *, reason: str, by: User, answer: str = "", notify: bool = True, **correction: Any
) -> EarnerRequest:
    """Correct the badge and answer the request, or neither.

    `correction` as for correct_issuance, whose refusals it raises; with `notify`, one mail says both.
    """
    request = locked_for_staff(request, by=by)
    refuse_decided(request)
    issuance = correct_issuance(request.issuance, by=by, reason=reason, **correction)
    return settle_approved(request, by=by, answer=answer, issuance=issuance, notify=notify)


@transaction.atomic
def approve_with_renewal(
    request: EarnerRequest, *, expires_on: date, reason: str, by: User, answer: str = "", notify: bool = True
) -> EarnerRequest:
    """Renew the badge and answer the request, or neither. Raises what renew_issuance raises."""
    request = locked_for_staff(request, by=by)
    refuse_decided(request)
    issuance = renew_issuance(request.issuance, expires_on=expires_on, reason=reason, by=by)
    return settle_approved(request, by=by, answer=answer, issuance=issuance, notify=notify)


def approve_with_letter(
    request: EarnerRequest, *, addressee: str, text: str, paper: str, by: User, answer: str = ""
) -> EarnerRequest:
    """Write the letter, signed, and answer the request with it. Raises what make_letter raises.

    It is printed before the request is locked: that takes a second, and who reads the request should not wait for it.
    """
    if not can_issue(by, request.issuer):
        raise PermissionDenied
    refuse_decided(request)
    letter = make_letter(request.issuance, addressee=addressee, text=text, paper=paper, by=by)
    name = _("letter-%(code)s.pdf") % {"code": request.issuance.code}
    with transaction.atomic():
        request = locked_for_staff(request, by=by)
        refuse_decided(request)
        file = SafeFile(name=name, media_type=PDF, content=bytes(letter.pdf))
        add_entry(request, EntryKind.APPROVED, by=by, text=answer, files=[file])
        decide(request, RequestState.APPROVED, by=by, verb="request approved")
        request_answered.send(sender=EarnerRequest, request_id=request.pk, by_staff=True)
    return request


@transaction.atomic
def mark_posted(requests: Iterable[EarnerRequest], *, posted_on: date, by: User) -> list[EarnerRequest]:
    """These paper certificates went to the post. Those that somebody decided meanwhile stay as they are.

    Raises PermissionDenied when one is not this person's to answer.
    """
    found = list(
        EarnerRequest.objects.select_for_update(of=("self",))
        .select_related("issuer", "issuance__issuer")
        .filter(pk__in=[request.pk for request in requests], kind=RequestKind.PAPER)
        .order_by("pk")
    )
    allowed = set(issuers_to_issue_for(by).values_list("pk", flat=True))
    if any(request.issuer_id not in allowed for request in found):
        raise PermissionDenied
    posted = [request for request in found if not request.is_decided]
    for request in posted:
        request.posted_on = posted_on
        add_entry(
            request,
            EntryKind.APPROVED,
            by=by,
            text=_("Your certificate went to the post on %(day)s.") % {"day": long_date(posted_on)},
        )
        decide(request, RequestState.APPROVED, by=by, verb="paper certificate posted")
        request_answered.send(sender=EarnerRequest, request_id=request.pk, by_staff=True)
    return posted


def settle_approved(
    request: EarnerRequest, *, by: User | None, answer: str, issuance: Issuance, notify: bool
) -> EarnerRequest:
    """The request is done, with the version that it led to; its row is locked by the caller."""
    request.made_version = issuance.current_version
    add_entry(request, EntryKind.APPROVED, by=by, text=answer)
    decide(request, RequestState.APPROVED, by=by, verb="request approved")
    if notify:
        request_answered.send(sender=EarnerRequest, request_id=request.pk, by_staff=True)
    return request
