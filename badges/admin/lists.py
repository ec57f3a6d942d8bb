"""Badges, issuances and batches at the issuers' desk: the lists, and which page stands behind each row."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import URLPattern, path, re_path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.core import clock, codes
from badgecert.core.admin import StaffAdmin, moment_column, refusals_as_messages
from badgecert.core.growing_lists import SOME, BoundedCount, some
from badges import admin_views
from badges.actions.proposals import draft_decision
from badges.disclosure import EXPIRING_WITHIN
from badges.issued import issued_by_now
from badges.models import Badge, BadgeState, Batch, BatchRow, BatchState, ChangeKind, Issuance
from badges.models.badge import BadgeQuerySet
from badges.models.issuance import IssuanceQuerySet
from badges.searching import keys_of_issuances
from issuers.permissions import issuers_to_design_for, issuers_to_issue_for, of_own_issuers

_UUID = "<uuid:badge_id>"
_BATCHES_OFFERED = 10


def state_tag(word: str, tone: str) -> str:
    """A state as `{% tag %}` writes it, small enough for a list."""
    icons = {"valid": "circle-check", "warn": "clock", "danger": "circle-x", "calm": "info"}
    return format_html(
        '<span class="tag nowrap" data-tone="{}"><svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>{}</span>',
        tone,
        static("img/icons.svg"),
        icons[tone],
        word,
    )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


class BadgeFilter(admin.SimpleListFilter):
    """By badge, offering one's own only."""

    title = gettext_lazy("badge")
    parameter_name = "badge"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        badges = Badge.objects.managed_by(request.user).order_by("current_version__name")
        return [(str(pk), name) for pk, name in badges.values_list("pk", "current_version__name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        offered = {key for key, _name in self.lookup_choices}
        if self.value() is None:
            return None
        return queryset.filter(badge_id=self.value()) if self.value() in offered else queryset.none()


class BatchFilter(admin.SimpleListFilter):
    """By batch, offering one's own newest; an older one by its address."""

    title = gettext_lazy("batch")
    parameter_name = "batch"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        own = Batch.objects.managed_by(request.user).filter(state=BatchState.ISSUED)
        chosen = request.GET.get(self.parameter_name, "")
        named = own.filter(pk=chosen) if _is_uuid(chosen) else own.none()
        rows = [*named, *own.order_by("-finished_at")[:_BATCHES_OFFERED]]
        return [(str(batch.pk), batch.file_name) for batch in dict.fromkeys(rows)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        offered = {key for key, _name in self.lookup_choices}
        if self.value() is None:
            return None
        return queryset.filter(batch_id=self.value()) if self.value() in offered else queryset.none()


class IssuanceStateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("unclaimed", _("Not claimed yet")),
            ("claimed", _("Claimed")),
            ("declined", _("Declined")),
            ("expiring", _("Expires within 60 days")),
            ("expired", _("Expired")),
            ("suspended", _("Under review")),
            ("revoked", _("Revoked")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        standing, today = Q(revoked_at=None, erased_at=None), clock.today()
        conditions = {
            "unclaimed": standing & Q(claimed_at=None, declined_at=None),
            "claimed": standing & Q(claimed_at__isnull=False),
            "declined": standing & Q(declined_at__isnull=False),
            "expiring": standing & Q(suspended_at=None, expires_on__range=(today, today + EXPIRING_WITHIN)),
            "expired": standing & Q(expires_on__lt=today),
            "suspended": standing & Q(suspended_at__isnull=False),
            "revoked": Q(revoked_at__isnull=False),
        }
        condition = conditions.get(self.value() or "")
        return None if condition is None else queryset.filter(condition)


@admin.register(Badge)
class BadgeAdmin(StaffAdmin[Badge]):
    list_display = ("picture", "name", "state_word", "issued_count", "expiry", "changed")
    list_display_links = ("name",)
    list_filter = ("state",)
    search_fields = ("current_version__name",)
    search_help_text = gettext_lazy("Name of a badge")
    list_select_related = ("current_version__picture", "issuer")
    ordering = ("current_version__name",)

    def get_queryset(self, request: HttpRequest) -> BadgeQuerySet:
        found = super().get_queryset(request)
        pictures = "current_version__picture__"
        return found.annotate(issued=issued_by_now()).defer(  # type: ignore[return-value]
            *(pictures + kind for kind in ("png", "webp", "svg"))
        )

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        return [
            path("preview/", site.admin_view(admin_views.preview_art), name="preview_art"),
            path(f"{_UUID}/publish/", site.admin_view(admin_views.publish), name="publish_badge"),
            path(f"{_UUID}/retire/", site.admin_view(admin_views.retire), name="retire_badge"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return issuers_to_design_for(request.user).exists()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return admin_views.badge_form(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return admin_views.badge_form(request, self.find(request, object_id))

    changed = moment_column("updated_at", gettext_lazy("Changed"))

    @admin.display(description=gettext_lazy("Picture"))
    def picture(self, badge: Badge) -> str:
        kept = badge.current_version.picture
        address = reverse("picture_variant", args=[kept.sha256, "svg" if kept.has_svg else "webp"])
        return format_html('<img src="{}" alt="" width="48" height="48" loading="lazy">', address)

    @admin.display(description=gettext_lazy("Name"), ordering="current_version__name")
    def name(self, badge: Badge) -> str:
        return badge.current_version.name

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def state_word(self, badge: Badge) -> str:
        tones = {BadgeState.DRAFT: "warn", BadgeState.PUBLISHED: "calm", BadgeState.RETIRED: "calm"}
        return state_tag(badge.get_state_display(), tones[BadgeState(badge.state)])

    @admin.display(description=gettext_lazy("Issued"), ordering="issued")
    def issued_count(self, badge: Badge) -> int:
        return badge.issued  # type: ignore[attr-defined,no-any-return]  # annotated above

    @admin.display(description=gettext_lazy("Expires"))
    def expiry(self, badge: Badge) -> str:
        return badge.get_expiry_rule_display()


@admin.register(Issuance)
class IssuanceAdmin(StaffAdmin[Issuance]):
    list_display = ("holder", "badge_name", "grouped_code", "state_word", "issued_on", "expires_on")
    list_display_links = ("holder",)
    list_filter = (BadgeFilter, IssuanceStateFilter, BatchFilter)
    search_fields = ("current_version__recipient_name", "recipient_email", "code")
    search_help_text = gettext_lazy("Name, e-mail address or code")
    list_select_related = ("current_version__badge_version", "issuer")
    actions = ("renew", "suspend", "restore", "revoke", "reinstate")
    actions_selection_counter = True

    def get_queryset(self, request: HttpRequest) -> IssuanceQuerySet:
        return Issuance.objects.filter(of_own_issuers(request.user))

    def get_ordering(self, request: HttpRequest) -> Any:
        """What expires next, or did last, comes first."""
        by_day = {"expiring": ("expires_on", "pk"), "expired": ("-expires_on", "-pk")}
        return by_day.get(request.GET.get("state", "")) or super().get_ordering(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.POST.get("select_across") == "1" and ACTION_CHECKBOX_NAME not in request.POST:
            # Django asks for a chosen row even where all are meant.
            posted = request.POST.copy()
            posted[ACTION_CHECKBOX_NAME] = "all"
            request.POST = posted  # type: ignore[assignment]  # nobody changes it from here on
        return super().changelist_view(request, extra_context)

    def has_issue_permission(self, request: HttpRequest) -> bool:
        return issuers_to_issue_for(request.user).exists()

    @admin.action(permissions=["issue"], description=gettext_lazy("Renew …"))
    def renew(self, request: HttpRequest, chosen: IssuanceQuerySet) -> HttpResponse | None:
        return self._drafted(request, ChangeKind.RENEW, chosen)

    @admin.action(permissions=["issue"], description=gettext_lazy("Put under review …"))
    def suspend(self, request: HttpRequest, chosen: IssuanceQuerySet) -> HttpResponse | None:
        return self._drafted(request, ChangeKind.SUSPEND, chosen)

    @admin.action(permissions=["issue"], description=gettext_lazy("Restore …"))
    def restore(self, request: HttpRequest, chosen: IssuanceQuerySet) -> HttpResponse | None:
        return self._drafted(request, ChangeKind.RESTORE, chosen)

    @admin.action(permissions=["issue"], description=gettext_lazy("Revoke …"))
    def revoke(self, request: HttpRequest, chosen: IssuanceQuerySet) -> HttpResponse | None:
        return self._drafted(request, ChangeKind.REVOKE, chosen)

    @admin.action(permissions=["issue"], description=gettext_lazy("Reinstate …"))
    def reinstate(self, request: HttpRequest, chosen: IssuanceQuerySet) -> HttpResponse | None:
        return self._drafted(request, ChangeKind.REINSTATE, chosen)

    def _drafted(self, request: HttpRequest, kind: ChangeKind, chosen: IssuanceQuerySet) -> HttpResponse | None:
        """Its preview comes first; nothing is changed yet."""
        # A search may join: each issuance once, whatever it was found by.
        found = Issuance.objects.filter(pk__in=chosen.order_by().values("pk"))
        with refusals_as_messages(request):
            return admin_views.drafted(draft_decision(kind, found, by=admin_views.staff(request)))
        return None

    def get_urls(self) -> list[URLPattern]:
        decisions = "|".join(admin_views.DECISIONS)
        return [
            re_path(
                rf"^(?P<issuance_id>[0-9a-f-]{{36}})/(?P<decision>{decisions})/$",
                self.admin_site.admin_view(admin_views.decide),
                name="decide_issuance",
            ),
            path(
                "<uuid:issuance_id>/correct/",
                self.admin_site.admin_view(admin_views.correct),
                name="correct_issuance",
            ),
            path("<uuid:issuance_id>/renew/", self.admin_site.admin_view(admin_views.renew), name="renew_issuance"),
            *super().get_urls(),
        ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Issuance], search_term: str
    ) -> tuple[QuerySet[Issuance], bool]:
        """A code is found in every spelling in which it is printed or read aloud."""
        if search_term.split():
            found = keys_of_issuances(self.get_queryset(request), search_term)
            queryset = queryset.filter(pk__in=found)
        return queryset, False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return admin_views.issuance_page(request, self.find(request, object_id))

    @admin.display(description=gettext_lazy("Name"), ordering="current_version__recipient_name")
    def holder(self, issuance: Issuance) -> str:
        return format_html("<bdi>{}</bdi>", issuance.current_version.recipient_name)

    @admin.display(description=gettext_lazy("Badge"), ordering="current_version__badge_version__name")
    def badge_name(self, issuance: Issuance) -> str:
        return issuance.current_version.badge_version.name

    @admin.display(description=gettext_lazy("Code"), ordering="code")
    def grouped_code(self, issuance: Issuance) -> str:
        """Leads to the public page."""
        return format_html(
            '<a class="nowrap" href="{}">{}</a>', issuance.get_absolute_url(), codes.grouped(issuance.code)
        )

    @admin.display(description=gettext_lazy("State"))
    def state_word(self, issuance: Issuance) -> str:
        return state_tag(*admin_views.staff_state(issuance))

    @admin.display(description=gettext_lazy("Issued on"), ordering="current_version__issued_on")
    def issued_on(self, issuance: Issuance) -> Any:
        return issuance.current_version.issued_on

    @admin.display(description=gettext_lazy("Valid until"), ordering="expires_on")
    def expires_on(self, issuance: Issuance) -> Any:
        return issuance.expires_on or _("No end")


@admin.register(Batch)
class BatchAdmin(StaffAdmin[Batch]):
    list_display = ("file_name", "badge_name", "state_word", "rows_count", "held_count", "uploaded_by", "uploaded")
    list_filter = (BadgeFilter, "state")
    search_fields = ("file_name",)
    search_help_text = gettext_lazy("Name of a file")
    list_select_related = ("badge_version", "issuer", "uploaded_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        held = BatchRow.objects.held().filter(batch=OuterRef("pk")).order_by()
        return super().get_queryset(request).annotate(rows_held=BoundedCount(held.values("pk")[: SOME + 1]))

    def get_urls(self) -> list[URLPattern]:
        site, batch = self.admin_site, "<uuid:batch_id>"
        return [
            path(f"{batch}/confirm/", site.admin_view(admin_views.confirm), name="confirm_batch"),
            path(f"{batch}/columns/", site.admin_view(admin_views.batch_columns), name="batch_columns"),
            path(f"{batch}/rows/", site.admin_view(admin_views.decide_rows), name="decide_rows"),
            path(f"{batch}/rows/<uuid:row_id>/", site.admin_view(admin_views.edit_row), name="edit_row"),
            path(f"{batch}/rows/<uuid:row_id>/decide/", site.admin_view(admin_views.decide_row), name="decide_row"),
            path(f"{batch}/undo/", site.admin_view(admin_views.undo), name="undo_batch"),
            path(f"{batch}/send/", site.admin_view(admin_views.send), name="send_batch"),
            path(f"{batch}/mend/", site.admin_view(admin_views.mend), name="mend_batch"),
            path(f"{batch}/revoke/", site.admin_view(admin_views.revoke_all), name="revoke_batch"),
            path(f"{batch}/held.csv", site.admin_view(admin_views.held_rows), name="held_rows"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return admin_views.batch_page(request, self.find(request, object_id))

    uploaded = moment_column("created_at", gettext_lazy("Uploaded"))

    @admin.display(description=gettext_lazy("Badge"), ordering="badge_version__name")
    def badge_name(self, batch: Batch) -> str:
        return batch.badge_version.name

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def state_word(self, batch: Batch) -> str:
        return state_tag(*admin_views.batch_state(batch))

    @admin.display(description=gettext_lazy("Held"))
    def held_count(self, batch: Batch) -> str:
        return some(batch.rows_held)  # type: ignore[attr-defined]  # annotated above
