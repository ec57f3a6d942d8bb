from django.db import connection


def tamper(statement: str, *parameters: object) -> None:
    """Change one row as somebody could who rules the database: with its triggers asleep."""
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute(statement, parameters)
        changed = cursor.rowcount
        cursor.execute("set session_replication_role = origin")
    assert changed == 1
