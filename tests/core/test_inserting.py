from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction

from badgecert.accounts.models import User
from badgecert.core import audit
from badgecert.core.inserting import insert_alike, insert_many, insert_values, like
from badgecert.core.models import AuditEvent, Picture
from tests.factories import make_user

pytestmark = pytest.mark.django_db

# Tabs, backslashes and line ends mean something to COPY.
HARD_WORDS = "tab\t, backslash \\N, line\nend, quote ', “ﬁ”, \U0001f600"


def test_rows_are_written_as_bulk_create_writes_them() -> None:
    by = make_user()
    audit.record("by copy", by, by=by, reason=HARD_WORDS, words=HARD_WORDS, number=None)
    copied = AuditEvent.objects.get()
    twin = AuditEvent(**{**_values(copied), "id": by.pk})
    AuditEvent.objects.bulk_create([twin])

    assert _values(AuditEvent.objects.get(pk=by.pk)) == {**_values(copied), "id": by.pk}
    assert (copied.reason, copied.details) == (HARD_WORDS, {"words": HARD_WORDS, "number": None})


def test_bytes_and_numbers_that_the_database_gives_are_written() -> None:
    user = make_user()
    insert_many([Picture(sha256="a" * 64, png=b"\x00\\x\n\xff", width=1, height=2)])
    insert_many([EmailAddress(user=user, email=f"{n}@example.org") for n in range(3)])

    assert bytes(Picture.objects.get(sha256="a" * 64).png) == b"\x00\\x\n\xff"
    assert EmailAddress.objects.filter(user=user, email__endswith="@example.org", pk__isnull=False).count() >= 3


def test_written_rows_can_be_changed() -> None:
    user = User(email="new@example.org", password="!")
    insert_many([user])

    user.locked_at = datetime(2026, 11, 22, tzinfo=UTC)
    user.save()

    assert User.objects.get(email="new@example.org").locked_at == user.locked_at


def test_values_are_written_as_the_rows_that_they_make_up() -> None:
    by = make_user()
    audit.record("by hand", by, by=by, reason=HARD_WORDS, words=HARD_WORDS, number=None)
    names = [field.attname for field in AuditEvent._meta.concrete_fields]
    values = {**_values(AuditEvent.objects.get()), "id": by.pk}

    insert_values(AuditEvent, names, [[values[name] for name in names]])

    assert _values(AuditEvent.objects.get(pk=by.pk)) == values


def test_whoever_makes_rows_alike_may_ask_the_database_something() -> None:
    by = make_user()
    ContentType.objects.clear_cache()
    event = AuditEvent(verb="alike", by=by, reason=HARD_WORDS)

    insert_alike(
        event,
        ({"content_type_id": ContentType.objects.get_for_model(User).pk, "object_id": by.pk} for _number in range(3)),
    )

    made = AuditEvent.objects.filter(verb="alike", by=by, reason=HARD_WORDS, object_id=by.pk, details={})
    assert len({event.pk, *made.values_list("pk", flat=True)}) == 4


def test_row_like_another_keeps_what_is_not_its_own() -> None:
    by = make_user()
    event = AuditEvent(verb="like", by=by, issuer_id=by.pk)

    made = like(event, object_id=by.pk, issuer_id=None)

    assert (made.verb, made.by_id, made.object_id, made.issuer_id) == ("like", by.pk, by.pk, None)
    assert made.pk != event.pk
    assert made._state.fields_cache == {"by": by}


def test_a_broken_rule_is_an_integrity_error() -> None:
    user = make_user()

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many([User(email=user.email, password="!")])

    assert User.objects.filter(email=user.email).count() == 1


def test_nothing_to_write_asks_nothing(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        insert_many([])


def _values(event: AuditEvent) -> dict[str, object]:
    return {field.attname: getattr(event, field.attname) for field in event._meta.concrete_fields}
