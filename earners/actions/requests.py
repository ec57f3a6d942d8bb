"""What earners ask of their issuers, and what comes of it: ask, write, withdraw; answer, ask back, decline, approve."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badgecert.core.dates import long_date
from badgecert.core.exceptions import RefusedError
from badges.actions.issuances import correct_issuance, renew_issuance
from badges.actions.proposals import withdraw_unwanted
from badges.models import Issuance, Proposal
from badges.permissions import is_earner_of
from badges.row_checks import problem_with_letters
from certificates.actions.letters import make_letter
from earners.attachments import PDF, SafeFile
from earners.exceptions import RequestRefusedError
from earners.models import Attachment, EarnerRequest, EntryKind, RequestEntry, RequestKind, RequestState
from earners.signals import request_answered, request_opened
from earners.small_changes import is_small_change
from issuers.models import Issuer
from issuers.permissions import can_issue, issuers_to_issue_for

LIVE_FOR_A_BADGE = 3
LIVE_FOR_A_PERSON = 10
OPENED_A_DAY = 10
WRITTEN_A_DAY = 20
FILES_IN_A_REQUEST = 12


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


# --- the earner ----------------------------------------------------------------------------------


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
        due_on=_due_on(issuer),
        wanted_name=wish.wanted_name,
        wanted_on=wish.wanted_on,
        employer=wish.employer,
        postal_address=wish.postal_address,
    )
    _add_entry(request, EntryKind.ASKED, by=by, text=wish.text, files=wish.files)
    audit.record("request opened", request, by=by, issuer_id=issuer.pk, kind=wish.kind.value)
    if _approves_itself(request):
        _approve_by_rule(request)
    else:
        request_opened.send(sender=EarnerRequest, request_id=request.pk)
    return request


@transaction.atomic
def write_to_request(request: EarnerRequest, *, text: str, files: Sequence[SafeFile] = (), by: User) -> EarnerRequest:
    """The earner adds something: it is the organisation's turn again. Raises PermissionDenied, RequestRefusedError."""
    request = _locked(request)
    if not is_earner_of(by, request.issuance):
        raise PermissionDenied
    _refuse_decided(request)
    written = RequestEntry.objects.filter(by=by, is_from_staff=False, created_at__gte=clock.now() - timedelta(days=1))
    if written.count() >= WRITTEN_A_DAY:
        raise RequestRefusedError(_("You have written a lot today. Go on tomorrow."))
    _add_entry(request, EntryKind.WROTE, by=by, text=text, files=files)
    if request.state != RequestState.OPEN:
        request.state, request.due_on = RequestState.OPEN, _due_on(request.issuer)
        request.save(update_fields=["state", "due_on", "updated_at"])
    audit.record("request added to", request, by=by, issuer_id=request.issuer_id)
    request_answered.send(sender=EarnerRequest, request_id=request.pk, by_staff=False)
    return request


@transaction.atomic
def withdraw_request(request: EarnerRequest, *, by: User) -> EarnerRequest:
    """The earner needs it no more, nor what staff proposed for it. Raises PermissionDenied, RequestRefusedError."""
    request = _locked_without_proposal(request, by=by)
    if not is_earner_of(by, request.issuance):
        raise PermissionDenied
    _refuse_decided(request)
    _add_entry(request, EntryKind.WITHDRAWN, by=by)
    return _decided(request, RequestState.CLOSED, by=None, verb="request withdrawn", actor=by)


# --- the organisation ----------------------------------------------------------------------------


@transaction.atomic
def take_request(request: EarnerRequest, *, by: User) -> EarnerRequest:
    """Somebody of the staff looks after it; the others see that. Raises PermissionDenied, RequestRefusedError."""
    request = _locked_for_staff(request, by=by)
    _refuse_decided(request)
    request.assigned_to = by
    request.save(update_fields=["assigned_to", "updated_at"])
    audit.record("request taken", request, by=by, issuer_id=request.issuer_id)
    return request


@transaction.atomic
def answer_request(request: EarnerRequest, *, text: str, files: Sequence[SafeFile] = (), by: User) -> EarnerRequest:
    """Say what there is to say, with a letter attached perhaps. The earner can write again. Raises PermissionDenied."""
    return _spoken(request, EntryKind.ANSWERED, RequestState.ANSWERED, text=text, files=files, by=by)


@transaction.atomic
def ask_back(request: EarnerRequest, *, text: str, files: Sequence[SafeFile] = (), by: User) -> EarnerRequest:
    """It waits for the earner from here on, and is not overdue. Raises PermissionDenied, RequestRefusedError."""
    return _spoken(request, EntryKind.ASKED_BACK, RequestState.WAITING, text=text, files=files, by=by)


@transaction.atomic
def decline_request(request: EarnerRequest, *, reason: str, by: User) -> EarnerRequest:
    """The earner is told why; what was proposed for it is taken back. Raises PermissionDenied, RequestRefusedError."""
    request = _locked_without_proposal(request, by=by)
    if not can_issue(by, request.issuer):
        raise PermissionDenied
    _refuse_decided(request)
    _add_entry(request, EntryKind.DECLINED, by=by, text=reason)
    _decided(request, RequestState.DECLINED, by=by, verb="request declined", reason=reason)
    request_answered.send(sender=EarnerRequest, request_id=request.pk, by_staff=True)
    return request


@transaction.atomic
def approve_with_correction(
    request: EarnerRequest, *, reason: str, by: User, answer: str = "", notify: bool = True, **correction: Any
) -> EarnerRequest:
    """Correct the badge and answer the request, or neither.

    `correction` as for correct_issuance, whose refusals it raises; with `notify`, one mail says both.
    """
    request = _locked_for_staff(request, by=by)
    _refuse_decided(request)
    issuance = correct_issuance(request.issuance, by=by, reason=reason, **correction)
    return settle_approved(request, by=by, answer=answer, issuance=issuance, notify=notify)


@transaction.atomic
def approve_with_renewal(
    request: EarnerRequest, *, expires_on: date, reason: str, by: User, answer: str = "", notify: bool = True
) -> EarnerRequest:
    """Renew the badge and answer the request, or neither. Raises what renew_issuance raises."""
    request = _locked_for_staff(request, by=by)
    _refuse_decided(request)
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
    _refuse_decided(request)
    letter = make_letter(request.issuance, addressee=addressee, text=text, paper=paper, by=by)
    name = _("letter-%(code)s.pdf") % {"code": request.issuance.code}
    with transaction.atomic():
        request = _locked_for_staff(request, by=by)
        _refuse_decided(request)
        file = SafeFile(name=name, media_type=PDF, content=bytes(letter.pdf))
        _add_entry(request, EntryKind.APPROVED, by=by, text=answer, files=[file])
        _decided(request, RequestState.APPROVED, by=by, verb="request approved")
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
        _add_entry(
            request,
            EntryKind.APPROVED,
            by=by,
            text=_("Your certificate went to the post on %(day)s.") % {"day": long_date(posted_on)},
        )
        _decided(request, RequestState.APPROVED, by=by, verb="paper certificate posted")
        request_answered.send(sender=EarnerRequest, request_id=request.pk, by_staff=True)
    return posted


@transaction.atomic
def open_attachment(attachment: Attachment, *, by: User) -> bytes:
    """Its content. Staff who look into other people's papers leave a trace."""
    request = attachment.entry.request
    if by != request.earner:
        audit.record("attachment opened", request, by=by, issuer_id=request.issuer_id, attachment=str(attachment.pk))
    return bytes(attachment.content or b"")


# --- parts ---------------------------------------------------------------------------------------


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


def _locked(request: EarnerRequest) -> EarnerRequest:
    return (
        EarnerRequest.objects.select_for_update(of=("self",))
        .select_related("issuer", "earner", "proposal", "issuance__current_version")
        .get(pk=request.pk)
    )


def _locked_for_staff(request: EarnerRequest, *, by: User) -> EarnerRequest:
    request = _locked(request)
    if not can_issue(by, request.issuer):
        raise PermissionDenied
    return request


def _locked_without_proposal(request: EarnerRequest, *, by: User) -> EarnerRequest:
    """Locked to be ended: no change that was proposed for it stays behind. Raises RequestRefusedError."""
    # First the change, then its request: the order of the second person, who may be agreeing at this moment.
    withdraw_unwanted(Proposal.objects.filter(requests=request), by=by)
    request = _locked(request)
    if request.awaits_second_person:
        raise RequestRefusedError(_("This change is being made right now. Look at the request again in a minute."))
    return request


def _refuse_decided(request: EarnerRequest) -> None:
    if request.is_decided:
        raise RequestRefusedError(
            _("This request is closed (%(state)s). Nothing can be added to it.")
            % {"state": request.get_state_display().lower()}
        )


def _spoken(
    request: EarnerRequest,
    kind: EntryKind,
    state: RequestState,
    *,
    text: str,
    files: Sequence[SafeFile],
    by: User,
) -> EarnerRequest:
    request = _locked_for_staff(request, by=by)
    _refuse_decided(request)
    _add_entry(request, kind, by=by, text=text, files=files)
    request.state = state
    request.assigned_to = request.assigned_to or by
    request.save(update_fields=["state", "assigned_to", "updated_at"])
    audit.record(f"request {kind.label.lower()}", request, by=by, issuer_id=request.issuer_id)
    request_answered.send(sender=EarnerRequest, request_id=request.pk, by_staff=True)
    return request


def settle_approved(
    request: EarnerRequest, *, by: User | None, answer: str, issuance: Issuance, notify: bool
) -> EarnerRequest:
    """The request is done, with the version that it led to; its row is locked by the caller."""
    request.made_version = issuance.current_version
    _add_entry(request, EntryKind.APPROVED, by=by, text=answer)
    _decided(request, RequestState.APPROVED, by=by, verb="request approved")
    if notify:
        request_answered.send(sender=EarnerRequest, request_id=request.pk, by_staff=True)
    return request


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


def _decided(
    request: EarnerRequest,
    state: RequestState,
    *,
    by: User | None,
    verb: str,
    reason: str = "",
    actor: User | None = None,
) -> EarnerRequest:
    """`by` decided for the organisation; `actor` is the earner who did."""
    request.state, request.decided_at, request.decided_by = state, clock.now(), by
    request.assigned_to = request.assigned_to or by
    request.save()
    audit.record(verb, request, by=by or actor, issuer_id=request.issuer_id, reason=reason)
    return request


def _add_entry(
    request: EarnerRequest,
    kind: EntryKind,
    *,
    by: User | None,
    text: str = "",
    files: Sequence[SafeFile] = (),
) -> None:
    if files and Attachment.objects.filter(entry__request=request).count() + len(files) > FILES_IN_A_REQUEST:
        raise RequestRefusedError(
            _("A request holds at most %(limit)d files. Send others by e-mail.") % {"limit": FILES_IN_A_REQUEST}
        )
    entry = RequestEntry.objects.create(
        request=request,
        kind=kind,
        by=by,
        is_from_staff=kind not in {EntryKind.ASKED, EntryKind.WROTE, EntryKind.WITHDRAWN},
        text=text,
    )
    for file in files:
        Attachment.objects.create(
            entry=entry,
            name=file.name,
            media_type=file.media_type,
            size_bytes=len(file.content),
            content=file.content,
        )


def _due_on(issuer: Issuer) -> date:
    return issuer.business_days_after(clock.today(issuer.time_zone), issuer.answer_days)
