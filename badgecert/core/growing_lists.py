"""Lists over tables that grow for ever: what somebody waits for does not grow with them.

They count as far as people read, find the keys of a page before its rows, and sort by a column only what they can count.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Paginator
from django.db.models import IntegerField, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.functional import cached_property

# Nobody reads on after so many rows: they search, or choose a filter.
REACH = 2_000
# So many are found in each place that is searched; with more, another word is asked for.
FOUND = 1_000
# So many are sorted by a column.
SORTED = 10_000
# So many are counted of what stands behind one row of a list, or beside a word of the sidebar.
SOME = 999


def reached_in_any(found: "Sequence[QuerySet[Any]]") -> "QuerySet[Any, Any]":
    """The keys of what one of these finds, FOUND of each and one more: they are asked one by one, each by its index."""
    first, *others = (
        rows.model._default_manager.order_by().filter(pk__in=rows.order_by().values("pk")[: FOUND + 1]).values("pk")
        for rows in found
    )
    keys: QuerySet[Any, Any] = first.union(*others)
    return keys


class BoundedCount(Subquery):
    """How many rows these are, counted as far as the slice they are cut to."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) bounded)"
    output_field = IntegerField()


def some(number: int) -> str:
    """A number that was counted up to SOME and one more, in words."""
    return f"{SOME}+" if number > SOME else str(number)


class ReachingPaginator(Paginator):  # type: ignore[type-arg]  # a class without parameters at run time
    @cached_property
    def count(self) -> int:
        """Up to REACH; how many more there are is not asked."""
        return min(self._counted, REACH)

    @property
    def has_more(self) -> bool:
        return self._counted > REACH

    @cached_property
    def _counted(self) -> int:
        found: Any = self.object_list
        counted: int = found.order_by()[: REACH + 1].count()
        return counted


class GrowingList(ChangeList):
    has_more = False
    reach = REACH
    is_too_long_to_sort = False

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        found = super().get_queryset(request, exclude_parameters)
        when_long = self.model_admin.ordering_when_long  # type: ignore[attr-defined]  # every list of the desk has it
        is_chosen = ORDER_VAR in self.params
        if (is_chosen or when_long) and found.order_by().values("pk")[: SORTED + 1].count() > SORTED:
            self.is_too_long_to_sort = is_chosen
            ordering = list(when_long or self._get_default_ordering())  # type: ignore[attr-defined]  # not in the stubs
            found = found.order_by(*self._get_deterministic_ordering(ordering))  # type: ignore[attr-defined]  # as above
        return found

    def get_results(self, request: HttpRequest) -> None:
        whole = self.queryset
        self.queryset = whole.values_list("pk", flat=True)
        super().get_results(request)
        keys = list(self.result_list)
        self.queryset = whole
        rows = self.root_queryset.filter(pk__in=keys)
        if not rows.query.select_related:
            rows = self.apply_select_related(rows)
        self.result_list = sorted(rows, key=lambda row: keys.index(row.pk))
        self.has_more = self.paginator.has_more or (bool(self.query) and self.result_count > FOUND)
        self.reach = FOUND if self.query else REACH
