"""A question from the help page, at the desk: read it, answer by e-mail, and say that it was answered."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from badgecert.core.admin import audit_events, desk_page
from badges.admin_views import staff
from earners.actions.questions import mark_answered, reopen_question
from earners.models import Question
from issuers.permissions import can_issue


def question_page(request: HttpRequest, question: Question) -> HttpResponse:
    return desk_page(
        request,
        "admin/earners/question.html",
        title=question.subject,
        opts=Question._meta,
        question=question,
        state=state_of(question),
        events=audit_events(question),
        may_mark=can_issue(staff(request), question.issuer) and not question.is_erased,
    )


@require_POST
def mark(request: HttpRequest, question_id: UUID) -> HttpResponse:
    question = get_object_or_404(Question.objects.managed_by(request.user), pk=question_id)
    if request.POST.get("answered") == "no":
        reopen_question(question, by=staff(request))
        messages.success(request, _("It waits for an answer again."))
    else:
        mark_answered(question, by=staff(request))
        messages.success(request, _("Marked as answered."))
    return redirect("admin:earners_question_change", question.pk)


def state_of(question: Question) -> tuple[str, str]:
    """A word for the state, and its tone."""
    if question.answered_at:
        return _("Answered"), "valid"
    if question.is_erased:
        return _("Erased"), "calm"
    return _("Open"), "warn"
