"""Writing many new rows at once."""

from collections.abc import Sequence
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
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create(rows)
        return
    # A number that the database gives is not written.
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]
    quoted = connection.ops.quote_name
    names = ", ".join(quoted(str(field.column)) for field in fields)
    values_of = attrgetter(*(field.attname for field in fields))
    converted = [(place, field) for place, field in enumerate(fields) if _is_converted(field)]
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quoted(model._meta.db_table)} ({names}) FROM STDIN") as copied,
    ):
        for row in rows:
            values = list(values_of(row))
            for place, field in converted:
                values[place] = field.get_db_prep_save(field.pre_save(row, add=True), connection)
            copied.write_row(values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _is_converted(field: "Field[object, object]") -> bool:
    """The database takes the others as they stand in the row."""
    return isinstance(field, JSONField) or bool(getattr(field, "auto_now", False))
