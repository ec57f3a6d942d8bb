"""People to whom one's organisation gave a badge: find them, see what they hold, lock and unlock their account."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.accounts.models import User
from badgecert.core.admin import StaffAdmin
from badgecert.core.text import canonical_email
from badges.admin import state_tag
from badges.models import Issuance
from badges.searching import keys_of_issuances
from earners.admin_views import addresses, leaving, people
from issuers.permissions import of_own_issuers


class LockFilter(admin.SimpleListFilter):
    title = gettext_lazy("account")
    parameter_name = "locked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", _("Locked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        return queryset.filter(locked_at__isnull=False) if self.value() == "yes" else None


@admin.register(User)
class EarnerAdmin(StaffAdmin[User]):
    """Shows the names and addresses that the organisation used itself; a person's other addresses are theirs."""

    list_title = gettext_lazy("Earners")
    list_display = ("person", "address", "badges_held", "account")
    list_filter = (LockFilter,)
    search_fields = ("email",)
    search_help_text = gettext_lazy("Name or e-mail address")
    ordering_when_long = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        own = Issuance.objects.filter(of_own_issuers(request.user))
        held = own.filter(earner=OuterRef("pk")).order_by().values("earner").annotate(number=Count("pk"))
        newest = own.filter(earner=OuterRef("pk")).order_by("-issued_at")
        return (
            User.objects.filter(Exists(own.filter(earner=OuterRef("pk"))))
            .annotate(
                known_name=Subquery(newest.values("current_version__recipient_name")[:1]),
                known_address=Subquery(newest.values("recipient_email")[:1]),
                held=Subquery(held.values("number")),
            )
            .order_by("known_name")
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Searches what one's own organisation wrote, in any version; of the person's own addresses a whole one only.

        Whoever writes from another address of theirs is found by it, and a part of one finds nobody.
        """
        if not search_term.split():
            return queryset, False
        own = Issuance.objects.filter(of_own_issuers(request.user))
        found = Issuance.objects.filter(
            pk__in=keys_of_issuances(own, search_term, in_any_version=True), earner__isnull=False
        )
        proven = EmailAddress.objects.filter(email=canonical_email(search_term), verified=True)
        keys = found.order_by().values("earner").union(proven.values("user"))
        return queryset.filter(pk__in=keys), False

    def get_urls(self) -> list[URLPattern]:
        return [
            path("<uuid:earner_id>/lock/", self.admin_site.admin_view(people.lock_earner), name="lock_earner"),
            path("<uuid:earner_id>/unlock/", self.admin_site.admin_view(people.unlock_earner), name="unlock_earner"),
            path(
                "<uuid:earner_id>/address/",
                self.admin_site.admin_view(addresses.change_earner_address),
                name="change_earner_address",
            ),
            path(
                "<uuid:earner_id>/address/vouch/",
                self.admin_site.admin_view(addresses.vouch_for_earner_address),
                name="vouch_for_earner_address",
            ),
            path(
                "<uuid:earner_id>/reset-second-factor/",
                self.admin_site.admin_view(leaving.reset_earner_second_factor),
                name="reset_earner_second_factor",
            ),
            path("<uuid:earner_id>/erase/", self.admin_site.admin_view(leaving.erase_earner), name="erase_earner"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return people.earner_page(request, self.find(request, object_id))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Other organisations' decisions stand in an account's trail: nobody here may read it."""
        raise Http404

    @admin.display(description=gettext_lazy("Name"), ordering="known_name")
    def person(self, earner: User) -> str:
        return format_html("<bdi>{}</bdi>", earner.known_name)  # type: ignore[attr-defined]  # annotated above

    @admin.display(description=gettext_lazy("E-mail address"), ordering="known_address")
    def address(self, earner: User) -> str:
        return format_html("<bdi>{}</bdi>", earner.known_address)  # type: ignore[attr-defined]  # annotated above

    @admin.display(description=gettext_lazy("Badges"), ordering="held")
    def badges_held(self, earner: User) -> int:
        return earner.held  # type: ignore[attr-defined,no-any-return]  # annotated above

    @admin.display(description=gettext_lazy("Account"))
    def account(self, earner: User) -> str:
        if earner.is_locked:
            return state_tag(_("Locked"), "danger")
        return state_tag(_("Has logged in"), "calm") if earner.last_login else state_tag(_("Never logged in"), "calm")
