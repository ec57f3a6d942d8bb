"""Tables that the database itself refuses to change: a trigger on PostgreSQL and on SQLite.

Application code can be wrong, a shell can be open: what was issued and who did what stay as they were written.
"""

from collections.abc import Sequence

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def append_only(*tables: str) -> migrations.RunPython:
    """A migration step after which UPDATE and DELETE on the tables fail."""
    return _triggers(*((table, "") for table in tables))


def append_only_but(
    table: str, *, frozen: Sequence[str], given_once: Sequence[str] = (), destroyed: Sequence[str] = ()
) -> migrations.RunPython:
    """As append_only(), but a column of `given_once` may leave null once, and one of `destroyed` may become null."""
    changes = [
        *(f"old.{_quoted(column)} {{differs}} new.{_quoted(column)}" for column in frozen),
        *(
            f"(old.{_quoted(column)} is not null and old.{_quoted(column)} {{differs}} new.{_quoted(column)})"
            for column in given_once
        ),
        *(
            f"(new.{_quoted(column)} is not null and old.{_quoted(column)} {{differs}} new.{_quoted(column)})"
            for column in destroyed
        ),
    ]
    return _triggers((table, " or ".join(changes)))


def _triggers(*tables: tuple[str, str]) -> migrations.RunPython:
    """Of each table its name, and which updates are refused; empty is all of them."""

    def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table, refused in tables:
            for statement in _statements(schema_editor.connection.vendor, table, refused):
                # "%" in the text must not be taken for a parameter.
                schema_editor.execute(statement, params=None)

    def backwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table, _refused in tables:
            for statement in _reverse_statements(schema_editor.connection.vendor, table):
                schema_editor.execute(statement, params=None)

    return migrations.RunPython(forwards, backwards)


def _statements(vendor: str, table: str, refused: str) -> list[str]:
    is_postgresql = vendor == "postgresql"
    # Both hold null for a value.
    when = f"when ({refused.format(differs='is distinct from' if is_postgresql else 'is not')})" if refused else ""
    if is_postgresql:
        function = f"""create function {table}_is_append_only() returns trigger language plpgsql as $$
            begin raise exception '{table} is append-only' using errcode = 'integrity_constraint_violation'; end $$"""
        body = f"for each row {{when}} execute function {table}_is_append_only()"
    else:
        function = ""
        body = f"{{when}} begin select raise(abort, '{table} is append-only'); end"
    return [
        *filter(None, [function]),
        f"create trigger {table}_refuses_update before update on {table} {body.format(when=when)}",
        f"create trigger {table}_refuses_delete before delete on {table} {body.format(when='')}",
    ]


def _reverse_statements(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [
            *(f"drop trigger {table}_refuses_{event} on {table}" for event in ("update", "delete")),
            f"drop function {table}_is_append_only()",
        ]
    return [f"drop trigger {table}_refuses_{event}" for event in ("update", "delete")]


def _quoted(column: str) -> str:
    return f'"{column}"'
