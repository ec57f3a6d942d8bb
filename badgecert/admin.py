from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.accounts.models import User
from badgecert.core.growing_lists import some
from badgecert.core.models import AuditEvent
from badgecert.dashboard.views import dashboard, dashboard_csv
from badgecert.sidebar import how_many_wait
from badges import admin_views as issuing
from badges.models import Badge, Batch, Issuance, Proposal
from certificates import admin_views as proof
from earners.models import EarnerRequest, Question
from issuers.models import Issuer, StaffMember
from issuers.permissions import issuers_shut_to, issuers_to_design_for, issuers_to_issue_for
from notifications import admin_views as mail
from notifications.desk import pauses_for
from notifications.models import Message

_ROW = "try/<slug:work>/<uuid:work_id>/<uuid:row_id>"
# Autocomplete and view_on_site answer about any row of any model; we use neither.
_LEFT_OUT = {"app_list", "autocomplete", "password_change_done", "view_on_site"}


class StaffSite(admin.AdminSite):
    """The issuers' desk. Whoever is staff of an organisation may open it; what they see there is their own."""

    site_header = gettext_lazy("BadgeCert")
    site_title = gettext_lazy("Issuer's desk")
    index_title = gettext_lazy("Issuer's desk")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return isinstance(user, User) and user.is_active and (user.is_superuser or user.is_staff)

    def admin_view(  # as Django calls it
        self,
        view: Callable[..., HttpResponseBase],
        cacheable: bool = False,  # noqa: FBT001, FBT002
    ) -> Any:
        """Every page of the desk stays shut to staff without the second factor that their organisation asks for."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if self.has_permission(request) and (issuers := list(issuers_shut_to(request.user))):
                return render(request, "issuers/second_factor_required.html", {"issuers": issuers}, status=403)
            return inner(request, *args, **kwargs)

        return guarded

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [
            path("dashboard.csv", self.admin_view(dashboard_csv), name="dashboard_csv"),
            path("issue/", self.admin_view(issuing.issue_badge), name="issue_badge"),
            path("issue/preview/", self.admin_view(issuing.preview_issue), name="preview_issue"),
            path("issue/preview/page/", self.admin_view(proof.preview_page), name="preview_page"),
            path("issue/preview/certificate/", self.admin_view(proof.preview_certificate), name="preview_certificate"),
            path(
                "issue/batches/<uuid:batch_id>/certificates/",
                self.admin_view(proof.export_certificates),
                name="export_certificates",
            ),
            path("issue/exports/<uuid:export_id>.zip", self.admin_view(proof.exported_zip), name="exported_zip"),
            path("certificates/signing/<uuid:issuer_id>/", self.admin_view(proof.document_key), name="document_key"),
            path("certificates/domain/<uuid:issuer_id>/", self.admin_view(proof.domain), name="issuer_domain"),
            path("certificates/letter/<uuid:issuance_id>/", self.admin_view(proof.letter), name="letter"),
            path("certificates/preview/", self.admin_view(proof.preview_design), name="preview_new_design"),
            path("certificates/preview/<uuid:badge_id>/", self.admin_view(proof.preview_design), name="preview_design"),
            path(
                "correct/<uuid:issuance_id>/preview/page/",
                self.admin_view(proof.preview_corrected_page),
                name="preview_corrected_page",
            ),
            path(
                "correct/<uuid:issuance_id>/preview/certificate/",
                self.admin_view(proof.preview_corrected_certificate),
                name="preview_corrected_certificate",
            ),
            path(
                "correct/<uuid:issuance_id>/preview/mail/",
                self.admin_view(mail.preview_corrected_mail),
                name="preview_corrected_mail",
            ),
            path("issue/preview/mail/", self.admin_view(mail.preview_mail), name="preview_mail"),
            path(
                "issue/batches/<uuid:batch_id>/first-copy/",
                self.admin_view(mail.send_first_copy),
                name="send_first_copy",
            ),
            path(f"{_ROW}/page/", self.admin_view(proof.preview_tried_page), name="preview_tried_page"),
            path(
                f"{_ROW}/certificate/",
                self.admin_view(proof.preview_tried_certificate),
                name="preview_tried_certificate",
            ),
            path(f"{_ROW}/mail/", self.admin_view(mail.preview_tried_mail), name="preview_tried_mail"),
            path("issue/file/", self.admin_view(issuing.issue_file), name="issue_file"),
            path("issue/file/template.csv", self.admin_view(issuing.template_file), name="template_file"),
            *(url for url in super().get_urls() if getattr(url, "name", None) not in _LEFT_OUT),
        ]

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Staff log in at the door everybody uses, which counts failures and locks."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def password_change(  # type: ignore[override]  # a redirect in the place of a page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("change_password")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        names = list(Issuer.objects.managed_by(request.user).values_list("name", flat=True)[:2])
        return {
            **super().each_context(request),
            "organisation_name": names[0] if len(names) == 1 else "",
            "mail_pauses": pauses_for(request.user),
        }

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """The sections of the sidebar, by what people do rather than by where the code is."""
        if not self.has_permission(request):
            return []
        waiting = how_many_wait(issuing.staff(request))
        may_issue = issuers_to_issue_for(request.user).exists()
        may_design = issuers_to_design_for(request.user).exists()
        sections = [
            _section(
                _("Desk"),
                _link(_("Dashboard"), "admin:index"),
                *([_link(_("Issue a badge"), "admin:issue_badge")] if may_issue else []),
                *([_link(_("Issue from a file"), "admin:issue_file")] if may_issue else []),
                _list_of(EarnerRequest, _("Requests"), waiting=waiting),
                _list_of(Question, _("Questions"), waiting=waiting),
                _list_of(Message, _("Mail"), waiting=waiting),
                _link(_("Your promise"), "admin:promise"),
            ),
            _section(
                _("Issuing"),
                _list_of(Badge, _("Badges"), adds=may_design),
                _list_of(Issuance, _("Issuances")),
                _list_of(Batch, _("Batches"), waiting=waiting),
                _list_of(Proposal, _("Changes"), adds=may_issue, waiting=waiting),
            ),
            _section(_("People"), _list_of(User, _("Earners"))),
            _section(
                _("Organisation"),
                _list_of(Issuer, _("Profile")),
                _list_of(StaffMember, _("Staff")),
                _list_of(AuditEvent, _("Audit trail")),
            ),
        ]
        _show_where(sections, request.path)
        return sections

    def index(  # type: ignore[override]  # a page of our own
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return dashboard(request)


def _list_of(
    model: type[Model], name: str, *, adds: bool = False, waiting: Mapping[type[Model], int] | None = None
) -> dict[str, Any]:
    prefix = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    number = (waiting or {}).get(model, 0)
    return {
        **_link(name, f"{prefix}_changelist"),
        "add_url": reverse(f"{prefix}_add") if adds else "",
        "waiting": some(number) if number else "",
    }


def _link(name: str, url_name: str) -> dict[str, Any]:
    return {"name": name, "admin_url": reverse(url_name), "add_url": "", "current": "", "waiting": ""}


def _section(name: str, *links: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "app_label": "", "models": links}


def _show_where(sections: list[dict[str, Any]], path: str) -> None:
    """What `aria-current` says of each link: this page, or the one that this page lies behind."""
    links = [link for section in sections for link in section["models"]]
    home = reverse("admin:index")
    before = [link["admin_url"] for link in links if path.startswith(link["admin_url"]) and link["admin_url"] != home]
    nearest = max(before, key=len, default="")
    for link in links:
        if link["admin_url"] == path:
            link["current"] = "page"
        elif link["admin_url"] == nearest:
            link["current"] = "true"
