"""Asking an organisation something on the help page, without an account, and what became of it."""

from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts import counters
from badgecert.accounts.models import User
from badgecert.accounts.secrets import keyed_hash
from badgecert.core import audit, clock
from badgecert.core.erasing import mark_erased
from badgecert.core.text import canonical_email
from earners.exceptions import QuestionRefusedError
from earners.models import Question
from earners.signals import question_asked
from issuers.models import Issuer, Topic
from issuers.permissions import can_issue

_AN_HOUR = 3600


@transaction.atomic
def ask_organisation(
    issuer: Issuer, *, topic: Topic | None, name: str, address: str, text: str, network: str
) -> Question:
    """Pass on what a stranger asks. Whether anybody has this address here is not looked up, so nothing can tell it.

    Raises QuestionRefusedError when this network has asked enough, or when everybody together asked this
    organisation enough: its mailbox is not for others to fill.
    """
    limits = {
        f"network:{keyed_hash('network', network)}": settings.QUESTIONS_PER_NETWORK_HOUR,
        f"issuer:{issuer.pk}": settings.QUESTIONS_PER_ISSUER_HOUR,
    }
    for what, limit in limits.items():
        if counters.count(f"questions:{clock.now():%Y%m%d%H}:{what}", remembered_for=_AN_HOUR) > limit:
            raise QuestionRefusedError(
                _("Many questions came this hour, so this one was not sent. Send it again in an hour.")
            )
    question = Question.objects.create(
        issuer=issuer,
        topic=topic or "",
        name=name,
        from_address=address,
        from_key=canonical_email(address),
        text=text,
    )
    audit.record("question asked", question, by=None, issuer_id=issuer.pk)
    question_asked.send(sender=Question, question_id=question.pk)
    return question


@transaction.atomic
def mark_answered(question: Question, *, by: User) -> Question:
    """The others see that nobody needs to answer it again. A second time changes nothing. Raises PermissionDenied."""
    question = _locked_for_staff(question, by=by)
    if question.answered_at is None:
        question.answered_at, question.answered_by = clock.now(), by
        question.save(update_fields=["answered_at", "answered_by"])
        audit.record("question answered", question, by=by, issuer_id=question.issuer_id)
    return question


@transaction.atomic
def reopen_question(question: Question, *, by: User) -> Question:
    """It waits for an answer again. Raises PermissionDenied."""
    question = _locked_for_staff(question, by=by)
    if question.answered_at is not None:
        question.answered_at = question.answered_by = None
        question.save(update_fields=["answered_at", "answered_by"])
        audit.record("question reopened", question, by=by, issuer_id=question.issuer_id)
    return question


def _locked_for_staff(question: Question, *, by: User) -> Question:
    question = Question.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=question.pk)
    if not can_issue(by, question.issuer):
        raise PermissionDenied
    return question


@transaction.atomic
def forget_questions(addresses: Iterable[str]) -> None:
    """The words and who wrote them go. That somebody asked about a topic on a day stays."""
    ids = list(Question.objects.filter(from_key__in=list(addresses)).values_list("pk", flat=True))
    mark_erased(ids)
    Question.objects.filter(pk__in=ids).update(name="", from_address="", from_key="", text="")
