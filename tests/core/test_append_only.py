import pytest
from django.db import DatabaseError, connection, transaction

from badgecert.core.models import AuditEvent, Picture
from badges.models import BadgeVersion, Issuance, IssuanceVersion

FROZEN = [
    (BadgeVersion, "name", "'changed'"),
    (IssuanceVersion, "recipient_name", "'changed'"),
    (AuditEvent, "verb", "'changed'"),
    (Picture, "width", "1"),
]


@pytest.mark.parametrize(("model", "column", "value"), FROZEN)
def test_the_database_refuses_to_change_what_was_said(issuance: Issuance, model: type, column: str, value: str) -> None:
    before = list(model.objects.values())

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update {model._meta.db_table} set {column} = {value}")  # noqa: S608

    assert list(model.objects.values()) == before


@pytest.mark.parametrize("model", [model for model, _column, _value in FROZEN])
def test_the_database_refuses_to_forget_what_was_said(issuance: Issuance, model: type) -> None:
    count = model.objects.count()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"delete from {model._meta.db_table}")  # noqa: S608

    assert model.objects.count() == count > 0
