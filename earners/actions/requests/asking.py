"""The earner's side: ask, write, withdraw; and a small correction of a name that approves itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badgecert.core.exceptions import RefusedError
from badges.actions.issuances import correct_issuance
from badges.models import Issuance
from badges.permissions import is_earner_of
from badges.row_checks import problem_with_letters
from earners.actions.requests.settling import settle_approved
from earners.actions.requests.thread import (
    add_entry,
    decide,
    due_on,
    locked,
    locked_without_proposal,
    refuse_decided,
)
from earners.attachments import SafeFile
from earners.exceptions import RequestRefusedError
from earners.models import EarnerRequest, EntryKind, RequestEntry, RequestKind, RequestState
from earners.signals import request_answered, request_opened
from earners.small_changes import is_small_change

LIVE_FOR_A_BADGE = 3
LIVE_FOR_A_PERSON = 10
OPENED_A_DAY = 10
WRITTEN_A_DAY = 20


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody asks for, as their form cleaned it. Which values a kind has, its form says."""

    kind: RequestKind
    text: str = ""
    files: Sequence[SafeFile] = ()
    wanted_name: str = ""
    wanted_on: date | None = None
    employer: str = ""
    postal_address: str = ""


def kinds_for(issuance: Issuance) -> list[RequestKind]:
    """What can be asked about this badge. One that was withdrawn or declined leaves only words."""
    if issuance.revoked_at or issuance.declined_at:
        return [RequestKind.OTHER]
    left_out = set()
    if issuance.current_version.expires_on is None:
        left_out.add(RequestKind.RENEWAL)
    if not issuance.badge.offers_paper:
        left_out.add(RequestKind.PAPER)
    return [kind for kind in RequestKind if kind not in left_out]


@transaction.atomic
def open_request(issuance: Issuance, wish: Wish, *, by: User) -> EarnerRequest:
    """Ask the issuer for something about one's own badge.

    A small correction of a name is done at once where the organisation allows it. Raises PermissionDenied,
    RequestRefusedError.
    """
    issuance = (
        Issuance.objects.select_for_update(of=("self",))
        .select_related("issuer", "badge", "current_version__badge_version")
        .get(pk=issuance.pk)
    )
    if not is_earner_of(by, issuance):
        raise PermissionDenied
    _refuse_what_is_too_much(issuance, wish, by=by)
    issuer = issuance.issuer
    request = EarnerRequest.objects.create(
        issuance=issuance,
        issuer=issuer,
        earner=by,
        kind=wish.kind,
        due_on=due_on(issuer),
        wanted_name=wish.wanted_name,
        wanted_on=wish.wanted_on,
        employer=wish.employer,
        postal_address=wish.postal_address,
    )
    add_entry(request, EntryKind.ASKED, by=by, text=wish.text, files=wish.files)
    audit.record("request opened", request, by=by, issuer_id=issuer.pk, kind=wish.kind.value)
    if _approves_itself(request):
        _approve_by_rule(request)
    else:
        request_opened.send(sender=EarnerRequest, request_id=request.pk)
    return request


@transaction.atomic
def write_to_request(request: EarnerRequest, *, text: str, files: Sequence[SafeFile] = (), by: User) -> EarnerRequest:
    """The earner adds something: it is the organisation's turn again. Raises PermissionDenied, RequestRefusedError."""
    request = locked(request)
    if not is_earner_of(by, request.issuance):
        raise PermissionDenied
    refuse_decided(request)
    written = RequestEntry.objects.filter(by=by, is_from_staff=False, created_at__gte=clock.now() - timedelta(days=1))
    if written.count() >= WRITTEN_A_DAY:
        raise RequestRefusedError(_("You have written a lot today. Go on tomorrow."))
    add_entry(request, EntryKind.WROTE, by=by, text=text, files=files)
    if request.state != RequestState.OPEN:
        request.state, request.due_on = RequestState.OPEN, due_on(request.issuer)
        request.save(update_fields=["state", "due_on", "updated_at"])
    audit.record("request added to", request, by=by, issuer_id=request.issuer_id)
    request_answered.send(sender=EarnerRequest, request_id=request.pk, by_staff=False)
    return request


@transaction.atomic
def withdraw_request(request: EarnerRequest, *, by: User) -> EarnerRequest:
    """The earner needs it no more, nor what staff proposed for it. Raises PermissionDenied, RequestRefusedError."""
    request = locked_without_proposal(request, by=by)
    if not is_earner_of(by, request.issuance):
        raise PermissionDenied
    refuse_decided(request)
    add_entry(request, EntryKind.WITHDRAWN, by=by)
    return decide(request, RequestState.CLOSED, by=None, verb="request withdrawn", actor=by)


def _refuse_what_is_too_much(issuance: Issuance, wish: Wish, *, by: User) -> None:
    if wish.kind not in kinds_for(issuance):
        raise RequestRefusedError(_("This cannot be asked about this badge. Choose “Something else”."))
    own = EarnerRequest.objects.filter(earner=by)
    live = list(own.live().values_list("issuance_id", "kind"))
    if wish.kind not in {RequestKind.LETTER, RequestKind.OTHER} and (issuance.pk, wish.kind) in live:
        raise RequestRefusedError(_("You have asked this already. Add to that request rather than open a second one."))
    if sum(pk == issuance.pk for pk, _kind in live) >= LIVE_FOR_A_BADGE or len(live) >= LIVE_FOR_A_PERSON:
        raise RequestRefusedError(_("You have several open requests. Wait for their answers, or withdraw one."))
    if own.filter(created_at__gte=clock.now() - timedelta(days=1)).count() >= OPENED_A_DAY:
        raise RequestRefusedError(_("You have asked a lot today. Ask again tomorrow."))


def _approves_itself(request: EarnerRequest) -> bool:
    """The organisation allows it, nothing about the badge is open, and it did not happen to this badge before."""
    issuance = request.issuance
    now_says = issuance.current_version
    return (
        request.issuer.approves_small_name_changes
        and request.kind == RequestKind.NAME
        and not issuance.suspended_at
        and is_small_change(now_says.recipient_name, request.wanted_name)
        and not problem_with_letters(request.wanted_name, now_says.badge_version)
        and not EarnerRequest.objects.filter(
            issuance=issuance, kind=RequestKind.NAME, state=RequestState.APPROVED, decided_by=None
        ).exists()
    )


def _approve_by_rule(request: EarnerRequest) -> None:
    try:
        with transaction.atomic():
            issuance = correct_issuance(
                request.issuance,
                by=None,
                reason=_("small correction, approved by the organisation's rule"),
                public_reason=_("misspelling"),
                recipient_name=request.wanted_name,
            )
    except RefusedError:
        # Nothing can be signed now: somebody looks at it later.
        request_opened.send(sender=EarnerRequest, request_id=request.pk)
        return
    settle_approved(request, by=None, answer="", issuance=issuance, notify=True)
