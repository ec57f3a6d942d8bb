"""What strangers asked on the help page. The mail brought it; here it stands in case that mail was lost."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from badgecert.core.admin import StaffAdmin, desk_page, moment_column
from earners.models import Question


@admin.register(Question)
class QuestionAdmin(StaffAdmin[Question]):
    list_display = ("about", "who", "from_address", "asked")
    list_display_links = ("about",)
    list_filter = ("topic",)
    list_select_related = ("issuer",)
    search_fields = ("name", "from_address")
    search_help_text = _("Name or e-mail address")

    asked = moment_column("created_at", _("Asked"))

    @admin.display(description=_("About"), ordering="topic")
    def about(self, question: Question) -> str:
        return question.subject

    @admin.display(description=_("Name"), ordering="name")
    def who(self, question: Question) -> str:
        return format_html("<bdi>{}</bdi>", question.name)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        question = self.find(request, object_id)
        return desk_page(
            request, "admin/earners/question.html", title=question.subject, opts=self.opts, question=question
        )
