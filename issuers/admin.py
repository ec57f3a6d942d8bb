"""Organisations and their staff at the issuers' desk."""

import uuid
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.accounts.mfa import second_factors_of
from badgecert.core.admin import StaffAdmin, moment_column
from badgecert.core.templatetags.ui import tag
from issuers import admin_views
from issuers.models import Issuer, StaffMember
from issuers.permissions import issuers_owned_by


@admin.register(Issuer)
class IssuerAdmin(StaffAdmin[Issuer]):
    list_display = ("name", "email", "url")
    search_fields = ("name",)
    list_select_related = ("logo",)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Whoever works for one organisation goes straight to it."""
        own = list(self.get_queryset(request).values_list("pk", flat=True)[:2])
        if len(own) == 1:
            return redirect("admin:issuers_issuer_change", own[0])
        return super().changelist_view(request, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return admin_views.organisation(request, self.find(request, object_id))


@admin.register(StaffMember)
class StaffMemberAdmin(StaffAdmin[StaffMember]):
    list_display = ("person", "address", "role", "issuer", "second_factor", "since", "account")
    list_display_links = ("person",)
    list_filter = ("role",)
    search_fields = ("user__name", "user__email")
    search_help_text = gettext_lazy("Name or e-mail address")
    list_select_related = ("user", "issuer")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return issuers_owned_by(request.user).exists()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return admin_views.add_staff_member(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return admin_views.staff_member(request, self.find(request, object_id))

    def get_urls(self) -> list[URLPattern]:
        return [
            path("<uuid:object_id>/remove/", self.admin_site.admin_view(self.remove_view), name="remove_staff_member"),
            path("<uuid:object_id>/unlock/", self.admin_site.admin_view(self.unlock_view), name="unlock_staff_member"),
            path(
                "<uuid:object_id>/reset-second-factor/",
                self.admin_site.admin_view(self.reset_second_factor_view),
                name="reset_staff_second_factor",
            ),
            *super().get_urls(),
        ]

    def remove_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        return admin_views.remove_staff_member(request, self.find(request, str(object_id)))

    def unlock_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        return admin_views.unlock_staff_member(request, self.find(request, str(object_id)))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Whoever works for one organisation knows which it is."""
        has_several = Issuer.objects.managed_by(request.user)[1:2].exists()
        return [name for name in self.list_display if has_several or name != "issuer"]

    def reset_second_factor_view(self, request: HttpRequest, object_id: uuid.UUID) -> HttpResponse:
        return admin_views.reset_staff_second_factor(request, self.find(request, str(object_id)))

    def get_queryset(self, request: HttpRequest) -> QuerySet[StaffMember]:
        return super().get_queryset(request).annotate(is_protected=Exists(second_factors_of(OuterRef("user"))))

    since = moment_column("created_at", gettext_lazy("Since"))

    @admin.display(description=gettext_lazy("Account"), ordering="user__locked_at")
    def account(self, member: StaffMember) -> str:
        if not member.user.is_locked:
            return ""
        locked = tag(text=_("Locked"), tone="danger")
        url = reverse("admin:unlock_staff_member", args=[member.pk])
        return format_html('{} <a href="{}">{}</a>', locked, url, _("Unlock"))

    @admin.display(description=gettext_lazy("Passkey or app"), ordering="is_protected")
    def second_factor(self, member: StaffMember) -> str:
        if not member.is_protected:  # type: ignore[attr-defined]  # annotated above
            return _("None")
        return format_html(
            '{} <a href="{}">{}</a>',
            _("Yes"),
            reverse("admin:reset_staff_second_factor", args=[member.pk]),
            _("Take away"),
        )

    @admin.display(description=gettext_lazy("Name"), ordering="user__name")
    def person(self, member: StaffMember) -> str:
        return format_html("<bdi>{}</bdi>", member.user)

    @admin.display(description=gettext_lazy("E-mail address"), ordering="user__email")
    def address(self, member: StaffMember) -> str:
        return member.user.email
