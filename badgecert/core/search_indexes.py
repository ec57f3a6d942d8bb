"""Looking for words inside a column without reading all of it, where the database can: PostgreSQL, by pg_trgm."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def searched_within(table: str, column: str) -> migrations.RunPython:
    """A migration step: `icontains` of three letters or more reads an index. SQLite goes on reading the table."""
    name = f"{table}_{column}_within"

    def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            # A trusted extension: whoever owns the database may add it.
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            schema_editor.execute(f"CREATE INDEX {name} ON {table} USING gin (upper({column}::text) gin_trgm_ops)")

    def backwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX {name}")

    return migrations.RunPython(forwards, backwards)
