"""Writing many new rows at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import TypeVar

from django.db import connection
from django.db.models import AutoField, Field, JSONField, Model

from badgecert.core.models import new_id

M = TypeVar("M", bound=Model)


def insert_many(rows: Sequence[Model]) -> None:
    """As bulk_create() does. PostgreSQL gets them by COPY: writing and reading one long statement takes ten times as long.

    Nothing is read back, so every value is made here. Raises IntegrityError.
    """
    if not rows:
        return
    model = type(rows[0])
    # A number that the database gives is not written.
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]
    values_of = attrgetter(*(field.attname for field in fields))
    dated = [field for field in fields if getattr(field, "auto_now", False)]
    for row in rows:
        for field in dated:
            field.pre_save(row, add=True)
    insert_values(model, [field.attname for field in fields], map(values_of, rows))
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def insert_values(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """As insert_many(), for rows that nobody needs as objects: each the values of all these columns, in their order."""
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create([model(**dict(zip(names, row, strict=True))) for row in rows])
        return
    fields: dict[str, Field[object, object]] = {field.attname: field for field in model._meta.concrete_fields}
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(str(fields[name].column)) for name in names)
    # The database takes the others as they stand in the row.
    converted = [(place, fields[name]) for place, name in enumerate(names) if isinstance(fields[name], JSONField)]
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quoted(model._meta.db_table)} ({columns}) FROM STDIN") as copied,
    ):
        for row in rows:
            copied.write_row(_converted(row, converted))


def _converted(row: Sequence[object], fields: "Collection[tuple[int, Field[object, object]]]") -> Sequence[object]:
    if not fields:
        return row
    values = list(row)
    for place, field in fields:
        values[place] = field.get_db_prep_save(values[place], connection)
    return values


def insert_alike(example: Model, each: Iterable[Mapping[str, object]]) -> None:
    """As insert_many(), of rows like an unsaved one but for their ids and these columns; nobody needs them as objects."""
    names = _columns(type(example))
    place = {name: number for number, name in enumerate(names)}
    alike = [getattr(example, name) for name in names]
    # All of them first: whoever makes them may ask the database something, which hears nothing else during a COPY.
    rows = []
    for own in each:
        values = alike.copy()
        values[place["id"]] = new_id()
        for name, value in own.items():
            values[place[name]] = value
        rows.append(values)
    insert_values(type(example), names, rows)


def like(example: M, **own: object) -> M:
    """An unsaved row that says the same as this one, but for its id and what is its own: columns, `…_id` for keys.

    Filled by place, which takes a third of the time of filling by name.
    """
    values = {**example.__dict__, "id": new_id(), **own}
    row = type(example)(*[values[column] for column in _columns(type(example))])
    row._state.fields_cache.update(
        (name, thing) for name, thing in example._state.fields_cache.items() if f"{name}_id" not in own
    )
    return row


@cache
def _columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]
