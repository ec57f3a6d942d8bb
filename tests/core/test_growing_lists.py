"""Lists of the desk over tables that grow for ever; the issuances stand for all of them."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from badgecert.core import clock, growing_lists
from badges.actions.batches import draft_batch
from badges.admin import lists
from badges.models import BatchRow, Issuance
from badges.searching import keys_of_issuances
from tests.factories import issue

LIST = "admin:badges_issuance_changelist"


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def reach(monkeypatch):
    """Four rows, of which people read three, search three and sort three."""
    for limit in ("REACH", "FOUND", "SORTED"):
        monkeypatch.setattr(growing_lists, limit, 3)


@pytest.fixture
def four(badge):
    return [issue(badge, to=f"p{n}@example.org", name=f"{name} Holder") for n, name in enumerate("DCBA")]


def names(page):
    return [row.current_version.recipient_name[0] for row in page.context["cl"].result_list]


def test_list_counts_as_far_as_people_read_and_says_so(desk, four, reach):
    page = desk.get(reverse(LIST))

    assert page.context["cl"].result_count == 3
    assert "The first 3 issuances. Search or choose a filter to see others." in page.content.decode()
    assert "All, more than 3" in page.content.decode()


def test_list_that_can_be_counted_says_how_many_there_are(desk, four):
    page = desk.get(reverse(LIST))

    assert page.context["cl"].result_count == 4
    assert "The first" not in page.content.decode()


def test_list_is_sorted_by_a_column_where_it_can_be_counted(desk, four):
    assert names(desk.get(reverse(LIST), {"o": "1"})) == ["A", "B", "C", "D"]


def test_list_too_long_to_sort_stays_in_its_order_and_says_so(desk, four, reach):
    page = desk.get(reverse(LIST), {"o": "1"})

    assert names(page) == ["A", "B", "C", "D"][: len(names(page))]
    assert "There are too many to sort them by this column" in page.content.decode()


def test_search_that_finds_too_many_asks_for_another_word_and_acts_on_no_more(desk, four, reach):
    page = desk.get(reverse(LIST), {"q": "holder"}).content.decode()

    assert "More than 3 found: add a word" in page
    assert "select_across" not in page.partition('class="actions-all"')[2]


def test_rows_of_a_page_come_in_the_order_of_the_list_and_once(desk, four):
    page = desk.get(reverse(LIST), {"q": "holder example"})

    assert names(page) == []
    assert names(desk.get(reverse(LIST), {"q": "holder"})) == ["A", "B", "C", "D"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ana", ["Ana Okafor-Lindqvist"]),
        ("OKAFOR ana", ["Ana Okafor-Lindqvist"]),
        ("lind", ["Ana Okafor-Lindqvist", "Bo Linden"]),
        ("bo@ex", ["Bo Linden"]),
        ("linden bo@ex", ["Bo Linden"]),
        ("example.org", ["Ana Okafor-Lindqvist", "Bo Linden"]),
        ("100%", []),
        ("Okafor Linden", []),
    ],
)
def test_words_are_found_inside_names_and_addresses(badge, text, found):
    issue(badge, to="ana@example.org", name="Ana Okafor-Lindqvist")
    issue(badge, to="bo@example.org", name="Bo Linden")

    rows = Issuance.objects.filter(pk__in=keys_of_issuances(Issuance.objects.all(), text))

    assert sorted(row.current_version.recipient_name for row in rows.select_related("current_version")) == found


@pytest.mark.parametrize(("table", "column"), [("issuance", "recipient_email"), ("issuanceversion", "recipient_name")])
def test_words_are_looked_for_by_an_index(issuance, table, column):
    rows = apps.get_model("badges", table).objects.filter(**{f"{column}__icontains": "okafor"}).order_by()
    with connection.cursor() as cursor:
        # So few rows are read whole otherwise.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")

    assert f"badges_{table}_{column}_within" in rows.explain()


def test_what_expires_next_stands_first_and_what_expired_last(desk, badge):
    today = clock.today()
    for name, days in (("B", 40), ("A", 20), ("C", 90), ("Y", -40), ("Z", -20)):
        issue(
            badge,
            to=f"{name}@example.org",
            name=f"{name} Holder",
            issued_on=today - timedelta(days=100),
            expires_on=today + timedelta(days=days),
        )

    expiring, expired = (names(desk.get(reverse(LIST), {"state": state})) for state in ("expiring", "expired"))

    assert (expiring, expired) == (["A", "B"], ["Z", "Y"])


def test_what_expires_is_found_by_an_index(badge):
    today = clock.today()
    rows = Issuance.objects.filter(
        issuer=badge.issuer, revoked_at=None, erased_at=None, expires_on__range=(today, today)
    ).order_by("expires_on")
    with connection.cursor() as cursor:
        # So few rows are read whole otherwise.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")

    assert "issuances_by_expiry" in rows.explain()


@pytest.mark.parametrize(("held", "said"), [(0, "0"), (3, "3"), (4, "3+")])
def test_rows_behind_a_row_are_counted_as_far_as_it_matters(desk, badge, staff, monkeypatch, held, said):
    monkeypatch.setattr(lists, "SOME", 3)
    monkeypatch.setattr(growing_lists, "SOME", 3)
    rows = [BatchRow(line=line + 2, recipient_email="", problem="No address.") for line in range(held)]
    good = BatchRow(line=9, recipient_name="Ana", recipient_email="ana@example.org")
    draft_batch(badge, rows=[*rows, good], file_name="a.csv", file_sha256="0" * 64, by=staff)

    [batch] = desk.get(reverse("admin:badges_batch_changelist")).context["cl"].result_list

    assert (batch.rows_count, lists.BatchAdmin.held_count(None, batch)) == (held + 1, said)
