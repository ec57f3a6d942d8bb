"""What every list of the issuers' desk has in common.

An organisation must never see another one's rows, not by a list, a page, a filter, a search, a history or a lookup in
the address (reliability.md T46). So the rule is here once: rows come from `.managed_by(user)`, nothing can be added,
changed or deleted unless a list says so, and an address may ask only for what the list offers as a filter.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from badgecert.core.exceptions import RefusedError
from badgecert.core.growing_lists import GrowingList, ReachingPaginator
from badgecert.core.models import AuditEvent
from badgecert.core.written import moment

M = TypeVar("M", bound=models.Model)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    class _ModelAdmin(admin.ModelAdmin[M]):
        pass
else:
    # Django's own class takes a type parameter in its stubs only.
    class _ModelAdmin(admin.ModelAdmin, Generic[M]):
        pass


class StaffAdmin(_ModelAdmin[M]):
    """Read-only and scoped to one's own organisations; a subclass opens what one of the actions can do."""

    list_title: "str | _StrPromise" = ""
    """The words of the sidebar for this list; empty: the model's own name."""

    actions: Any = None
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    paginator = ReachingPaginator
    ordering_when_long: tuple[str, ...] = ()
    """Instead of `ordering`, where that cannot be read from an index."""
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[M]":
        return self.model._default_manager.managed_by(request.user)  # type: ignore[attr-defined,no-any-return]  # each model here has it

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[GrowingList]:
        return GrowingList

    def find(self, request: HttpRequest, object_id: str) -> M:
        """The row of this address, if it is one's own. Raises Http404."""
        found = self.get_object(request, unquote(object_id))
        if found is None:
            raise Http404
        return found

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = self.list_title or capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    # --- rights ----------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        filters = self.get_list_filter(request)
        return lookup in {
            f"{chosen}__exact" if isinstance(chosen, str) else getattr(chosen, "parameter_name", "")
            for chosen in filters
        }

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        related = db_field.remote_field.model._default_manager
        scoped = related.managed_by(request.user) if hasattr(related, "managed_by") else related.none()
        return super().formfield_for_foreignkey(db_field, request, **{"queryset": scoped, **kwargs})

    # --- history ---------------------------------------------------------------------------------

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        # Django sends people to the front page with a message that repeats what they asked for.
        raise Http404

    def log_addition(self, request: HttpRequest, obj: M, message: Any) -> None:  # type: ignore[override]
        """The actions write the audit trail; Django's own log would say it twice."""

    def log_change(self, request: HttpRequest, obj: M, message: Any) -> None:  # type: ignore[override]
        """See log_addition."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who did what to this row, from the audit trail."""
        found = self.find(request, object_id)
        return desk_page(
            request,
            "admin/object_history.html",
            title=_("History"),
            opts=self.opts,
            object=found,
            page=Paginator(audit_events(found), self.list_per_page).get_page(request.GET.get("page")),
        )


def desk_page(
    request: HttpRequest, template: str, *, title: "str | _StrPromise", **context: object
) -> TemplateResponse:
    """A page of our own inside the desk's frame."""
    return TemplateResponse(request, template, {**admin.site.each_context(request), "title": title, **context})


def moment_column(name: str, description: "str | _StrPromise") -> Callable[..., str]:
    """A column with an instant, written as on every other page."""

    @admin.display(description=description, ordering=name)
    def column(_: Any, row: models.Model) -> str:
        return moment(getattr(row, name))

    return column


def audit_events(thing: models.Model) -> "models.QuerySet[AuditEvent]":
    return AuditEvent.objects.filter(
        content_type=ContentType.objects.get_for_model(thing), object_id=thing.pk
    ).select_related("by")


@contextmanager
def refusals_as_messages(request: HttpRequest) -> Iterator[None]:
    """When an action inside refuses, its sentence stands on the next page and nothing else happens."""
    try:
        yield
    except RefusedError as error:
        messages.error(request, str(error))
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
