"""The mail that an organisation's badges caused: read-only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from badgecert.core.admin import StaffAdmin, moment_column
from badges.admin import state_tag
from notifications import admin_views
from notifications.models import Message


@admin.register(Message)
class MessageAdmin(StaffAdmin[Message]):
    list_title = gettext_lazy("Mail")
    list_display = ("subject_line", "to", "state_word", "attempts", "written")
    list_filter = ("state", "kind")
    search_fields = ("to_address", "subject")
    search_help_text = gettext_lazy("E-mail address or subject")
    list_select_related = ("issuer",)

    def get_queryset(self, request: HttpRequest) -> Any:
        # Sealed bodies are large, and nobody may read them.
        return (
            super()
            .get_queryset(request)
            .select_related("issuer", "user", "issuance__issuer", "issuance__badge", "issuance__current_version")
            .defer("sealed_body")
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return admin_views.message_page(request, self.find(request, object_id))

    written = moment_column("created_at", gettext_lazy("Written"))

    @admin.display(description=gettext_lazy("Subject"), ordering="subject")
    def subject_line(self, message: Message) -> str:
        return message.subject or message.get_kind_display()

    @admin.display(description=gettext_lazy("To"), ordering="to_address")
    def to(self, message: Message) -> str:
        return format_html("<bdi>{}</bdi>", message.to_address)

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def state_word(self, message: Message) -> str:
        return state_tag(message.get_state_display(), admin_views.tone_of(message))
