"""The audit trail of one's organisations: who did what to which thing, when, why, and what it said before and after."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.accounts.models import User
from badgecert.core.admin import StaffAdmin, moment_column
from badgecert.core.audit_verbs import verbs_like
from badgecert.core.growing_lists import GrowingList, reached_in_any
from badgecert.core.models import ISSUED, AuditEvent
from badgecert.core.safe_csv import csv_download
from badges.audit_trail import lines_of, thing_of
from badges.models import Issuance
from badges.searching import keys_of_issuances
from issuers.models import Issuer
from issuers.permissions import of_own_issuers

_EVENTS_AT_ONCE = 500


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("about")
    parameter_name = "about"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        models = [model for model in model_admin.admin_site._registry if model not in {AuditEvent, User}]
        return sorted(
            ((model._meta.label_lower, str(model._meta.verbose_name).capitalize()) for model in models),
            key=lambda choice: choice[1],
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        if self.value() not in {label for label, _name in self.lookup_choices}:
            return None
        app_label, _dot, model = str(self.value()).partition(".")
        chosen = queryset.filter(content_type=ContentType.objects.get_by_natural_key(app_label, model))
        # Said, because only what is not of the commonest kind has an index of its own.
        return chosen if str(self.value()) == Issuance._meta.label_lower else chosen.exclude(verb=ISSUED)


class WhoFilter(admin.SimpleListFilter):
    """By the staff of one's own organisations, or the system."""

    title = gettext_lazy("who")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        people = User.objects.filter(staff_memberships__issuer__in=Issuer.objects.managed_by(request.user))
        return [("system", _("The system")), *((str(one.pk), str(one)) for one in people.distinct().order_by("name"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        if self.value() == "system":
            return queryset.filter(by=None)
        offered = {key for key, _name in self.lookup_choices}
        return queryset.filter(by=self.value()) if self.value() in offered else None


class OrganisationFilter(admin.SimpleListFilter):
    """Offered to whoever works for several."""

    title = gettext_lazy("organisation")
    parameter_name = "organisation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        own = Issuer.objects.managed_by(request.user).order_by("name").values_list("pk", "name")
        return [(str(pk), name) for pk, name in own] if len(own) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        offered = {key for key, _name in self.lookup_choices}
        return queryset.filter(issuer_id=self.value()) if self.value() in offered else None


class ThingFilter(admin.SimpleListFilter):
    """What was done to one thing; its page leads here."""

    title = gettext_lazy("one thing")
    parameter_name = "thing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        chosen = thing_of(request.GET.get(self.parameter_name, ""))
        return [(str(chosen), _("The one you came from"))] if chosen else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        return queryset.filter(object_id=thing_of(self.value() or "")) if self.value() else None


class _Page(GrowingList):
    """A page of the trail, with the names of what it speaks of: so many queries for a page as there are kinds."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        events: list[Any] = list(self.result_list)
        for event, line in zip(events, lines_of(events), strict=True):
            event.line = line
        self.result_list = events


@admin.register(AuditEvent)
class TrailAdmin(StaffAdmin[AuditEvent]):
    """Rows are only ever added; nothing here opens a form."""

    list_title = gettext_lazy("Audit trail")
    list_display = ("at", "what", "about", "reason", "changed")
    list_display_links = None
    list_filter = (KindFilter, WhoFilter, ("created_at", admin.DateFieldListFilter), OrganisationFilter, ThingFilter)
    search_fields = ("reason",)
    search_help_text = gettext_lazy("Name, e-mail address, code, or words of a reason")
    list_select_related = ("by",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        return AuditEvent.objects.filter(of_own_issuers(request.user, "issuer_id"))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[GrowingList]:
        return _Page

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in {"created_at__gte", "created_at__lt"} or super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEvent], search_term: str
    ) -> tuple[QuerySet[AuditEvent], bool]:
        """Of badges by whose they are, and of everything by the reason given."""
        words = search_term.split()
        if not words:
            return queryset, False
        own, events = Issuance.objects.filter(of_own_issuers(request.user)), self.get_queryset(request).order_by()
        found = [
            events.exclude(reason="").filter(*(Q(reason__icontains=word) for word in words)),
            _about(events, keys_of_issuances(own, search_term)),
        ]
        if verbs := verbs_like(search_term):
            found += [events.exclude(verb=ISSUED).filter(verb__in=verbs)]
            found += [events.filter(verb=ISSUED)] if ISSUED in verbs else []
        elif whose := [word for word in words if not verbs_like(word)]:
            did = [
                verb for verb in verbs_like("") if all(verb in verbs_like(word) for word in words if word not in whose)
            ]
            found.append(_about(events, keys_of_issuances(own, " ".join(whose))).filter(verb__in=did))
        return queryset.filter(pk__in=reached_in_any(found)), False

    def get_urls(self) -> list[URLPattern]:
        return [
            path("trail.csv", self.admin_site.admin_view(self.export_view), name="export_trail"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"csv_url": "admin:export_trail", **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        self.find(request, object_id)
        return redirect("admin:core_auditevent_changelist")

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """All that the filters in the address let through, as it is read."""
        found = self.get_changelist_instance(request)
        events = found.get_queryset(request).select_related("by").order_by("-created_at", "-id")
        return csv_download(_table(events), "audit-trail.csv")

    at = moment_column("created_at", gettext_lazy("When"))

    @admin.display(description=gettext_lazy("What, and who"), ordering="verb")
    def what(self, event: Any) -> str:
        return format_html("{}<br><small><bdi>{}</bdi></small>", _(event.verb).capitalize(), event.line.who)

    @admin.display(description=gettext_lazy("About"))
    def about(self, event: Any) -> str:
        line = event.line
        name = format_html("<bdi>{}</bdi>", line.about or _("No longer there"))
        named = format_html('<a href="{}">{}</a>', line.url, name) if line.url else name
        return format_html("{}<br><small>{}</small>", named, line.kind)

    @admin.display(description=gettext_lazy("Before and after"))
    def changed(self, event: Any) -> str:
        line = event.line
        if not line.before:
            return format_html("<bdi>{}</bdi>", line.after)
        return format_html(
            '<span class="visually-hidden">{}</span><s><bdi>{}</bdi></s><br><span class="visually-hidden">{}</span><bdi>{}</bdi>',
            _("Before:"),
            line.before,
            _("After:"),
            line.after,
        )


def _about(events: QuerySet[AuditEvent], keys: QuerySet[Issuance, Any]) -> QuerySet[AuditEvent]:
    return events.filter(content_type=ContentType.objects.get_for_model(Issuance), object_id__in=keys)


def _table(events: QuerySet[AuditEvent]) -> Iterator[list[str]]:
    yield ["when", "what", "kind", "about", "who", "reason", "before", "after", "id"]
    rest = events.iterator(chunk_size=_EVENTS_AT_ONCE)
    while some := list(islice(rest, _EVENTS_AT_ONCE)):
        for line in lines_of(some):
            event = line.event
            yield [
                event.created_at.isoformat(timespec="seconds"),
                event.verb,
                line.kind,
                line.about,
                line.who,
                event.reason,
                line.before,
                line.after,
                str(event.object_id),
            ]
