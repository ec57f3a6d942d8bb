"""The outbox at the issuers' desk: every message that an organisation's badges caused."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.accounts.models import User
from badgecert.core.admin import StaffAdmin, moment_column
from badgecert.core.growing_lists import REACH, reached_in_any
from badges.admin import state_tag
from badges.admin_views import staff
from badges.models import Badge, Batch, Issuance
from badges.searching import keys_of_issuances
from issuers.permissions import of_own_issuers
from notifications import admin_views
from notifications.actions.resending import retriable
from notifications.desk import bounced, came_back, is_held, state_of, undelivered, with_bounces
from notifications.models import ABOUT_AN_ISSUANCE, MANY, WAITING, Message, MessageKind, MessageState

_BATCHES_OFFERED = 20
# What the others are about is between the site and the person.
OF_ORGANISATIONS = (
    *ABOUT_AN_ISSUANCE,
    MessageKind.FIRST_COPY,
    MessageKind.EXPIRING,
    MessageKind.REQUEST,
    MessageKind.REQUEST_DESK,
    MessageKind.QUESTION,
    MessageKind.TRIAL,
)


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("attention", _("Needs you")),
            ("waiting", _("Waiting")),
            ("paused", _("Paused")),
            ("uncertain", _("Uncertain")),
            ("sent", _("Sent")),
            ("bounced", _("Came back")),
            ("failed", _("Failed")),
            ("cancelled", _("Cancelled")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message] | None:
        match self.value():
            case "attention":
                return queryset.filter(pk__in=_needing_somebody(queryset))
            case "waiting":
                return queryset.filter(state__in=WAITING)
            case "paused":
                return queryset.filter(is_held())
            case "bounced":
                return bounced(queryset)
            case "uncertain" | "sent" | "failed" | "cancelled" as state:
                return queryset.filter(state=state)
        return None


def _needing_somebody(messages: QuerySet[Message]) -> QuerySet[Message, dict[str, Any]]:
    plain = messages.order_by().select_related(None)
    return undelivered(plain).values("pk").union(came_back(plain).values("pk"))  # type: ignore[return-value]


class KindFilter(admin.SimpleListFilter):
    """Organisations owe no mail about accounts; the site itself does."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        is_operator = isinstance(request.user, User) and request.user.is_superuser
        return [(kind.value, str(kind.label)) for kind in MessageKind if is_operator or kind in OF_ORGANISATIONS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message] | None:
        if not self.value():
            return None
        chosen = queryset.filter(kind=self.value())
        # Said, because only what is not one of many has an index of its own.
        return chosen if self.value() in MANY else chosen.exclude(kind__in=MANY)


class BadgeFilter(admin.SimpleListFilter):
    """By badge, offering one's own only."""

    title = gettext_lazy("badge")
    parameter_name = "badge"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        badges = Badge.objects.managed_by(request.user).order_by("current_version__name")
        return [(str(pk), name) for pk, name in badges.values_list("pk", "current_version__name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message] | None:
        chosen = self.value()
        if chosen is None:
            return None
        if chosen not in {key for key, _name in self.lookup_choices}:
            return queryset.none()
        if request.GET.keys() - {self.parameter_name, PAGE_VAR}:
            return queryset.filter(issuance__badge=UUID(chosen))
        # Alone it shows as many as people read: those of its newest issuances, which an index gives.
        newest = Issuance.objects.filter(badge=UUID(chosen)).order_by("-issued_at").values("pk")
        return queryset.filter(issuance__in=newest[: REACH + 1])


class BatchFilter(admin.SimpleListFilter):
    """By file: the newest are offered, an older one is reached from its own page."""

    title = gettext_lazy("batch")
    parameter_name = "batch"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        issued = Batch.objects.managed_by(request.user).filter(state="issued").order_by("-created_at")
        return [(str(pk), name) for pk, name in issued.values_list("pk", "file_name")[:_BATCHES_OFFERED]]

    def has_output(self) -> bool:
        return super().has_output() or self.value() is not None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message] | None:
        chosen = self.value()
        if chosen is None:
            return None
        try:
            batch_id = UUID(chosen)
        except ValueError:
            return queryset.none()
        return queryset.filter(issuance__batch__in=Batch.objects.managed_by(request.user).filter(pk=batch_id))


@admin.register(Message)
class MessageAdmin(StaffAdmin[Message]):
    list_title = gettext_lazy("Mail")
    change_list_template = "admin/notifications/outbox.html"
    list_display = ("to", "state_word", "subject_line", "badge_name", "written")
    list_filter = (StateFilter, KindFilter, BadgeFilter, BatchFilter)
    search_fields = ("to_address",)
    search_help_text = gettext_lazy("Name, e-mail address or code")

    def get_queryset(self, request: HttpRequest) -> Any:
        own = Message.objects.managed_by(request.user)
        if not staff(request).is_superuser:
            own = Message.objects.filter(of_own_issuers(request.user))
        # Sealed bodies are large, and nobody may read them.
        return with_bounces(
            own.select_related(
                "issuer",
                "user",
                "issuance__issuer",
                "issuance__badge__issuer",
                "issuance__earner",
                "issuance__current_version__badge_version",
            ).defer("sealed_body")
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        """By a whole address to which they went, or by whose badge they are about."""
        if not search_term.split():
            return queryset, False
        plain = Message.objects.managed_by(request.user)
        badges = keys_of_issuances(Issuance.objects.filter(of_own_issuers(request.user)), search_term)
        found = [
            plain.filter(to_address__iexact=search_term.strip()),
            plain.filter(issuance__in=badges),
            plain.filter(facts__issuance__in=badges),
        ]
        return queryset.filter(pk__in=reached_in_any(found)), False

    def get_urls(self) -> list[URLPattern]:
        view, one = self.admin_site.admin_view, "<uuid:message_id>"
        return [
            path("retry-failed/", view(self.retry_failed), name="retry_failed_messages"),
            path("why/", view(admin_views.why_not), name="why_not"),
            path("promise/", view(admin_views.promise), name="promise"),
            path("promise.csv", view(admin_views.promise_csv), name="promise_csv"),
            path("words/", view(admin_views.wordings), name="wordings"),
            path("words/<uuid:issuer_id>/<slug:kind>/", view(admin_views.edit_wording), name="edit_wording"),
            path(
                "words/<uuid:issuer_id>/<slug:kind>/preview/",
                view(admin_views.preview_wording),
                name="preview_wording",
            ),
            path("sending/", view(admin_views.sending), name="sending"),
            path("sending/pause/", view(admin_views.pause_all), name="pause_all_mail"),
            path("sending/resume/", view(admin_views.resume_all), name="resume_all_mail"),
            path("sending/<uuid:issuer_id>/pause/", view(admin_views.pause), name="pause_mail"),
            path("sending/<uuid:issuer_id>/resume/", view(admin_views.resume), name="resume_mail"),
            path(f"{one}/retry/", view(admin_views.retry), name="retry_message"),
            path(f"{one}/resend/", view(admin_views.resend), name="resend_message"),
            path(f"{one}/set-aside/", view(admin_views.set_message_aside), name="set_message_aside"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        own = Message.objects.managed_by(request.user).order_by()
        counts = dict(own.exclude(state=MessageState.SENT).values_list("state").annotate(Count("pk")))
        figures = [
            ("attention", _("Needs you"), _needing_somebody(own).count()),
            ("waiting", _("Waiting"), sum(counts.get(state, 0) for state in WAITING)),
            ("paused", _("Paused"), own.filter(is_held()).count()),
            ("uncertain", _("Uncertain"), counts.get(MessageState.UNCERTAIN, 0)),
            ("failed", _("Failed"), counts.get(MessageState.FAILED, 0)),
            ("cancelled", _("Cancelled"), counts.get(MessageState.CANCELLED, 0)),
        ]
        address = reverse("admin:notifications_message_changelist")
        context = {
            "figures": [
                (words, number, f"{address}?state={state}", request.GET.get("state") == state)
                for state, words, number in figures
                if number
            ],
            "all_address": address,
            "is_all": "state" not in request.GET,
            "retriable_count": retriable(own, by=staff(request)).count() if counts.get(MessageState.FAILED) else 0,
            "filters": request.GET.urlencode(),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def retry_failed(self, request: HttpRequest) -> HttpResponse:
        """Those of the list as it was filtered."""
        listed = self.get_changelist_instance(request).get_queryset(request)
        return admin_views.retry_failed_page(request, Message.objects.filter(pk__in=listed.order_by().values("pk")))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return admin_views.message_page(request, self.find(request, object_id))

    written = moment_column("created_at", gettext_lazy("Written"))

    @admin.display(description=gettext_lazy("To"), ordering="to_address")
    def to(self, message: Message) -> str:
        # A narrow column breaks it there rather than before its last letter.
        name, at, host = message.to_address.partition("@")
        return format_html("<bdi>{}{}<wbr>{}</bdi>", name, at, host) if at else _("Erased")

    @admin.display(description=gettext_lazy("Subject"), ordering="subject")
    def subject_line(self, message: Message) -> str:
        return message.subject or message.get_kind_display()

    @admin.display(description=gettext_lazy("Badge"))
    def badge_name(self, message: Message) -> str:
        return message.issuance.current_version.badge_version.name if message.issuance else ""

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def state_word(self, message: Message) -> str:
        return state_tag(*state_of(message))
