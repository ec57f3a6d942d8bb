"""Writing many new rows at once."""

from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter

from django.db import connection
from django.db.models import AutoField, Field, JSONField, Model


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
