"""What strangers asked on the help page. A mail brought it; here staff see what nobody has answered yet."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.core.admin import StaffAdmin, moment_column
from badges.admin import state_tag
from earners.admin_views import questions
from earners.models import Question
from earners.models.question import QuestionQuerySet


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", _("Open")), ("answered", _("Answered"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        asked = cast("QuestionQuerySet", queryset)
        if self.value() == "open":
            return asked.open()
        return asked.exclude(answered_at=None) if self.value() == "answered" else None


@admin.register(Question)
class QuestionAdmin(StaffAdmin[Question]):
    list_display = ("about", "who", "asked", "state", "who_answered")
    list_display_links = ("about",)
    list_filter = (StateFilter, "topic")
    list_select_related = ("issuer", "answered_by")
    search_fields = ("name", "from_address")
    search_help_text = gettext_lazy("Name or e-mail address")

    asked = moment_column("created_at", gettext_lazy("Asked"))

    def get_urls(self) -> list[URLPattern]:
        mark = self.admin_site.admin_view(questions.mark)
        return [path("<uuid:question_id>/answered/", mark, name="mark_question"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return questions.question_page(request, self.find(request, object_id))

    @admin.display(description=gettext_lazy("About"), ordering="topic")
    def about(self, question: Question) -> str:
        return question.subject

    @admin.display(description=gettext_lazy("Name"), ordering="name")
    def who(self, question: Question) -> str:
        return format_html("<bdi>{}</bdi>", question.name)

    @admin.display(description=gettext_lazy("State"), ordering="answered_at")
    def state(self, question: Question) -> str:
        return state_tag(*questions.state_of(question))

    @admin.display(description=gettext_lazy("Who answered"), ordering="answered_by__name")
    def who_answered(self, question: Question) -> str:
        return format_html("<bdi>{}</bdi>", question.answered_by) if question.answered_by else ""
