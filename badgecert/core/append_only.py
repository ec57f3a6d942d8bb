"""Tables that the database itself refuses to change: a trigger on PostgreSQL and on SQLite.

Application code can be wrong, a shell can be open: what was issued and who did what stay as they were written.
"""

from collections.abc import Mapping, Sequence

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# Stands in conditions until it is known which database reads them: both compare, and hold null for a value.
_DIFFERS = "{differs}"


def append_only(*tables: str) -> migrations.RunPython:
    """A migration step after which UPDATE and DELETE on the tables fail."""
    return _triggers(*((table, "") for table in tables))


def append_only_but(
    table: str, *, frozen: Sequence[str], given_once: Sequence[str] = (), destroyed: Sequence[str] = ()
) -> migrations.RunPython:
    """As append_only(), but a column of `given_once` may leave null once, and one of `destroyed` may become null."""
    changes = [
        *(_differs(column) for column in frozen),
        *(f"(old.{_quoted(column)} is not null and {_differs(column)})" for column in given_once),
        *(f"(new.{_quoted(column)} is not null and {_differs(column)})" for column in destroyed),
    ]
    return _triggers((table, " or ".join(changes)))


def append_only_until_erased(
    table: str, *, frozen: Sequence[str], blanks: Mapping[str, str], thing: str
) -> migrations.RunPython:
    """As append_only(), but once an Erasure names the thing that a row speaks of, its personal columns may go blank.

    `blanks` gives each of these columns its blank value, the only one it can take; `thing` is SQL for the thing's id.
    """
    is_erased = f"exists (select 1 from core_erasure where object_id = {thing})"  # noqa: S608  both are written in migrations
    changes = [
        *(_differs(column) for column in frozen),
        *(
            f"({_differs(column)} and (new.{_quoted(column)} {_DIFFERS} {blank} or not {is_erased}))"
            for column, blank in blanks.items()
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
    if vendor == "postgresql":
        # A trigger's own condition could not look into another table.
        condition = refused.replace(_DIFFERS, "is distinct from") or "true"
        return [
            f"""create function {table}_is_append_only() returns trigger language plpgsql as $$
            begin
                if tg_op = 'DELETE' or {condition} then
                    raise exception '{table} is append-only' using errcode = 'integrity_constraint_violation';
                end if;
                return new;
            end $$""",
            *(
                f"create trigger {table}_refuses_{event} before {event} on {table}"
                f" for each row execute function {table}_is_append_only()"
                for event in ("update", "delete")
            ),
        ]
    when = f"when {refused.replace(_DIFFERS, 'is not')}" if refused else ""
    body = f"begin select raise(abort, '{table} is append-only'); end"
    return [
        f"create trigger {table}_refuses_update before update on {table} {when} {body}",
        f"create trigger {table}_refuses_delete before delete on {table} {body}",
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


def _differs(column: str) -> str:
    return f"old.{_quoted(column)} {_DIFFERS} new.{_quoted(column)}"
