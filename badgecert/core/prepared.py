"""Questions whose SQL is written once: Django takes several times as long to write it as the database to answer it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)


class Prepared(Generic[M]):
    """A queryset that is asked again and again, each time with other values in the places of its parameters."""

    def __init__(self, queryset: Callable[[], QuerySet[M, Any]]) -> None:
        """`queryset` is called when first asked, when all models are known; what it is filtered by does not matter."""
        self._queryset = queryset

    def rows(self, *parameters: str) -> list[tuple[Any, ...]]:
        """As the models' fields give their values."""
        compiler, sql, converters, places = self._written
        if len(parameters) != places:
            msg = f"This question takes {places} value(s), not {len(parameters)}."
            raise TypeError(msg)
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            found = cursor.fetchall()
        return list(map(tuple, compiler.apply_converters(found, converters)))

    def objects(self, *parameters: str) -> list[M]:
        return [self._made(row) for row in self.rows(*parameters)]

    @cached_property
    def _written(self) -> tuple[Any, str, dict[int, Any], int]:
        compiler = self._queryset().query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        converters = compiler.get_converters([expression for expression, *_rest in compiler.select])
        return compiler, sql, converters, len(parameters)

    @cached_property
    def _made(self) -> Callable[[tuple[Any, ...]], M]:
        """As a queryset makes its objects."""
        compiler, *_rest = self._written
        info, select = compiler.klass_info, compiler.select
        model, columns = info["model"], slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        names = [expression.target.attname for expression, *_rest in select[columns]]
        related = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # as in Django 5.2
        annotated = compiler.annotation_col_map.items()

        def made(row: tuple[Any, ...]) -> M:
            one: M = model.from_db(DEFAULT_DB_ALIAS, names, row[columns])
            for populator in related:
                populator.populate(row, one)
            for name, column in annotated:
                setattr(one, name, row[column])
            return one

        return made
