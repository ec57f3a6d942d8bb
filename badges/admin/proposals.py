"""Changes to what was issued, at the issuers' desk."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from badgecert.core.admin import StaffAdmin, moment_column
from badgecert.core.growing_lists import SOME, BoundedCount, some
from badges import admin_views
from badges.admin.lists import state_tag
from badges.change_words import state_of
from badges.models import Proposal, ProposedChange
from issuers.permissions import issuers_to_issue_for


@admin.register(Proposal)
class ProposalAdmin(StaffAdmin[Proposal]):
    """What was or is to be changed on many badges, and what waits for a second person."""

    list_display = ("what", "state_word", "rows_count", "held_count", "proposed_by", "proposed", "decided_by")
    list_display_links = ("what",)
    list_filter = ("state", "kind")
    search_fields = ("file_name", "reason")
    search_help_text = gettext_lazy("Name of a file, or words of a reason")
    list_select_related = ("issuer", "proposed_by", "decided_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        held = ProposedChange.objects.held().filter(proposal=OuterRef("pk")).order_by()
        return super().get_queryset(request).annotate(rows_held=BoundedCount(held.values("pk")[: SOME + 1]))

    def get_urls(self) -> list[URLPattern]:
        site, one = self.admin_site, "<uuid:proposal_id>"
        return [
            path("file/", site.admin_view(admin_views.correct_file), name="correct_file"),
            path("file/template.csv", site.admin_view(admin_views.correction_template), name="correction_template"),
            path(
                "person/<uuid:issuer_id>/<uuid:earner_id>/",
                site.admin_view(admin_views.correct_person),
                name="correct_person",
            ),
            path(f"{one}/submit/", site.admin_view(admin_views.submit), name="submit_proposal"),
            path(f"{one}/last-day/", site.admin_view(admin_views.last_day), name="proposal_last_day"),
            path(f"{one}/approve/", site.admin_view(admin_views.approve), name="approve_proposal"),
            path(f"{one}/decline/", site.admin_view(admin_views.decline), name="decline_proposal"),
            path(f"{one}/withdraw/", site.admin_view(admin_views.withdraw), name="withdraw_proposal"),
            path(f"{one}/held.csv", site.admin_view(admin_views.held_changes), name="held_changes"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return issuers_to_issue_for(request.user).exists()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return redirect("admin:correct_file")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return admin_views.proposal_page(request, self.find(request, object_id))

    proposed = moment_column("created_at", gettext_lazy("Made"))

    @admin.display(description=gettext_lazy("Change"), ordering="kind")
    def what(self, proposal: Proposal) -> str:
        return format_html("{}{}", proposal.get_kind_display(), f": {proposal.file_name}" if proposal.file_name else "")

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def state_word(self, proposal: Proposal) -> str:
        return state_tag(*state_of(proposal))

    @admin.display(description=gettext_lazy("Left out"))
    def held_count(self, proposal: Proposal) -> str:
        return some(proposal.rows_held)  # type: ignore[attr-defined]  # annotated above
