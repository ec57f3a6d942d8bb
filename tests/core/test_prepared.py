from threading import Thread

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from badgecert.core.prepared import Prepared
from issuers.models import Issuer
from tests.factories import make_issuer


def issuers() -> Prepared[Issuer]:
    return Prepared(lambda: Issuer.objects.filter(slug="").order_by("slug"))


def test_prepared_makes_the_same_objects_as_its_queryset(issuer: Issuer) -> None:
    [found] = issuers().objects(issuer.slug)

    assert {field.attname: getattr(found, field.attname) for field in Issuer._meta.concrete_fields} == {
        field.attname: getattr(Issuer.objects.get(slug=issuer.slug), field.attname)
        for field in Issuer._meta.concrete_fields
    }


def test_prepared_answers_for_each_value_in_one_query(db: None) -> None:
    question = issuers()
    slugs = [make_issuer().slug for _ in range(2)]

    with CaptureQueriesContext(connection) as queries:
        found = [question.objects(slug)[0].slug for slug in slugs]

    assert found == slugs
    assert len(queries) == 2


def test_prepared_finds_nothing(db: None) -> None:
    assert issuers().objects("nobody") == []
    assert issuers().rows("nobody") == []


def test_prepared_gives_rows_as_their_fields_do(issuer: Issuer) -> None:
    question = Prepared(lambda: Issuer.objects.filter(slug="").order_by().values_list("pk", "contacts", "created_at"))

    assert question.rows(issuer.slug) == [(issuer.pk, issuer.contacts, issuer.created_at)]


def test_prepared_keeps_what_is_annotated(issuer: Issuer) -> None:
    question = Prepared(lambda: Issuer.objects.filter(slug="").annotate(called=F("name")))

    assert question.objects(issuer.slug)[0].called == issuer.name


def test_prepared_refuses_too_few_values(db: None) -> None:
    with pytest.raises(TypeError, match="takes 1 value"):
        issuers().rows()


@pytest.mark.django_db(transaction=True)
def test_prepared_asks_on_the_connection_of_its_thread() -> None:
    question, issuer, found = issuers(), make_issuer(), []
    question.objects(issuer.slug)

    def ask() -> None:
        found.extend(question.objects(issuer.slug))
        connection.close()

    thread = Thread(target=ask)
    thread.start()
    thread.join()

    assert found == [issuer]
