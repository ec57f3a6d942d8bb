"""Tables that the database itself refuses to change: a trigger on PostgreSQL and on SQLite.

Application code can be wrong, a shell can be open: what was issued and who did what stay as they were written.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def append_only(*tables: str) -> migrations.RunPython:
    """A migration step after which UPDATE and DELETE on the tables fail."""

    def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            for statement in _statements(schema_editor.connection.vendor, table):
                # "%" in the text must not be taken for a parameter.
                schema_editor.execute(statement, params=None)

    def backwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            for statement in _reverse_statements(schema_editor.connection.vendor, table):
                schema_editor.execute(statement, params=None)

    return migrations.RunPython(forwards, backwards)


def _statements(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [
            f"""create function {table}_is_append_only() returns trigger language plpgsql as $$
                begin raise exception '{table} is append-only' using errcode = 'integrity_constraint_violation'; end $$""",
            f"""create trigger {table}_is_append_only before update or delete on {table}
                for each row execute function {table}_is_append_only()""",
        ]
    return [
        f"""create trigger {table}_refuses_{event} before {event} on {table}
            begin select raise(abort, '{table} is append-only'); end"""
        for event in ("update", "delete")
    ]


def _reverse_statements(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [
            f"drop trigger {table}_is_append_only on {table}",
            f"drop function {table}_is_append_only()",
        ]
    return [f"drop trigger {table}_refuses_{event}" for event in ("update", "delete")]
