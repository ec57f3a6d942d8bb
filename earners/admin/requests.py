"""The queue of what earners ask."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.core import clock
from badgecert.core.admin import StaffAdmin
from badgecert.core.dates import day_in
from badgecert.core.written import short_date
from badges.admin import state_tag
from badges.models import Issuance
from badges.searching import keys_of_issuances
from earners.admin_views import requests
from earners.models import LIVE_STATES, EarnerRequest
from earners.models.request import EarnerRequestQuerySet
from earners.request_words import due_for_staff
from issuers.permissions import of_own_issuers


class WhoseFilter(admin.SimpleListFilter):
    title = gettext_lazy("who answers")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("mine", _("Me")), ("nobody", _("Nobody yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        if self.value() == "mine":
            return queryset.filter(assigned_to=request.user)
        return queryset.filter(assigned_to=None) if self.value() == "nobody" else None


class DueFilter(admin.SimpleListFilter):
    title = gettext_lazy("promise")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("overdue", _("Overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        return cast("EarnerRequestQuerySet", queryset).overdue(clock.today()) if self.value() == "overdue" else None


@admin.register(EarnerRequest)
class EarnerRequestAdmin(StaffAdmin[EarnerRequest]):
    """What is due first comes first."""

    list_display = ("about", "person", "badge_name", "due", "opened", "looked_after_by")
    list_display_links = ("about",)
    list_filter = ("state", "kind", WhoseFilter, DueFilter)
    search_fields = ("issuance__current_version__recipient_name", "issuance__recipient_email", "issuance__code")
    search_help_text = gettext_lazy("Name, e-mail address or code")
    # What nobody has to do anything about any more comes last.
    ordering = (Case(When(state__in=LIVE_STATES, then=0), default=1).asc(), "due_on", "pk")

    def get_queryset(self, request: HttpRequest) -> EarnerRequestQuerySet:
        return EarnerRequest.objects.filter(of_own_issuers(request.user)).with_what_they_show()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[EarnerRequest], search_term: str
    ) -> tuple[QuerySet[EarnerRequest], bool]:
        if search_term.split():
            own = Issuance.objects.filter(of_own_issuers(request.user))
            queryset = queryset.filter(issuance__in=keys_of_issuances(own, search_term))
        return queryset, False

    def get_urls(self) -> list[URLPattern]:
        site, one = self.admin_site, "<uuid:request_id>"
        return [
            path("paper/", site.admin_view(requests.paper), name="paper_requests"),
            path(f"{one}/approve/", site.admin_view(requests.approve), name="approve_request"),
            path(f"{one}/take/", site.admin_view(requests.take), name="take_request"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return requests.request_page(request, self.find(request, object_id))

    @admin.display(description=gettext_lazy("Asked"), ordering="created_at")
    def opened(self, asked: EarnerRequest) -> str:
        return short_date(day_in(asked.created_at, asked.issuer.time_zone))

    @admin.display(description=gettext_lazy("Kind"), ordering="kind")
    def about(self, asked: EarnerRequest) -> str:
        return asked.get_kind_display()

    @admin.display(description=gettext_lazy("Earner"), ordering="issuance__current_version__recipient_name")
    def person(self, asked: EarnerRequest) -> str:
        return format_html("<bdi>{}</bdi>", asked.issuance.current_version.recipient_name)

    @admin.display(description=gettext_lazy("Badge"), ordering="issuance__current_version__badge_version__name")
    def badge_name(self, asked: EarnerRequest) -> str:
        return asked.issuance.current_version.badge_version.name

    @admin.display(description=gettext_lazy("State"), ordering="due_on")
    def due(self, asked: EarnerRequest) -> str:
        return state_tag(*due_for_staff(asked, today=clock.today(asked.issuer.time_zone)))

    @admin.display(description=gettext_lazy("Who answers"), ordering="assigned_to__name")
    def looked_after_by(self, asked: EarnerRequest) -> str:
        return format_html("<bdi>{}</bdi>", asked.assigned_to) if asked.assigned_to else ""
