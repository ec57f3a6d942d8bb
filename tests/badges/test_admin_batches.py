import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from badgecert.core import clock
from badges.actions.batches import issue_due_batches
from badges.models import Batch, BatchRow, BatchState, Issuance
from tests.factories import issue


@pytest.fixture
def desk(client, badge, staff):
    client.force_login(staff)
    return client


def people(count: int, *, held: int = 0) -> bytes:
    good = [f"Person {number},p{number}@example.org" for number in range(count)]
    wrong = [f"Wrong {number},nobody" for number in range(held)]
    return "\n".join(["name,email", *good, *wrong, ""]).encode()


def upload(client, badge, content: bytes, *, name: str = "people.csv"):
    return client.post(
        reverse("admin:issue_file"), {"badge": str(badge.pk), "file": SimpleUploadedFile(name, content)}, follow=True
    )


def page_of(client, batch, **query):
    return client.get(reverse("admin:badges_batch_change", args=[batch.pk]), query)


def order(client, name, batch):
    return client.post(reverse(f"admin:{name}", args=[batch.pk]), follow=True)


def said(page) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def after_the_time_to_undo(batch):
    batch.refresh_from_db()
    return clock.at(batch.due_at + timedelta(seconds=1))


def test_file_becomes_a_preview_and_issues_nothing(desk, badge, staff):
    page = upload(desk, badge, people(3, held=2))

    batch = Batch.objects.get()
    assert page.redirect_chain == [(reverse("admin:badges_batch_change", args=[batch.pk]), 302)]
    assert (batch.state, batch.file_name, batch.uploaded_by) == (BatchState.DRAFT, "people.csv", staff)
    assert [page.context[name] for name in ("total", "ready", "held")] == [5, 3, 2]
    assert "Issue 3 badges" in page.content.decode()
    assert not Issuance.objects.exists()


def test_preview_shows_held_rows_first_and_filters(desk, badge):
    upload(desk, badge, b"name,email\nAna,ana@example.org\nBo,nobody\nCy,cy@example.org\n")
    batch = Batch.objects.get()

    lines = {
        show: [row.line for row in page_of(desk, batch, show=show).context["page"]] for show in ("all", "ready", "held")
    }

    assert lines == {"all": [3, 2, 4], "ready": [2, 4], "held": [3]}


def test_preview_is_paginated(desk, badge):
    upload(desk, badge, people(120))

    page = page_of(desk, Batch.objects.get(), page=3)

    assert [row.line for row in page.context["page"]] == list(range(102, 122))


def test_unknown_columns_are_said(desk, badge):
    page = upload(desk, badge, b"name,email,shoe size\nAna,ana@example.org,38\n")

    assert said(page) == ["These columns are not read: “shoe size”."]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"%PDF-1.7", "This is a PDF file, whatever its name says. Save the table as CSV or XLSX."),
        (b"name,phone\nAna,1\n", "There is no column for the e-mail address. Call it “email” in the first row."),
    ],
)
def test_file_that_cannot_be_used_is_refused_whole(desk, badge, content, sentence):
    page = upload(desk, badge, content)

    assert dict(page.context["form"].errors) == {"file": [sentence]}
    assert not Batch.objects.exists()


def test_file_over_the_byte_limit_is_refused_c46(desk, badge, settings):
    settings.UPLOAD_BYTES_LIMIT = 1_000_000

    page = upload(desk, badge, b"x" * 1_100_000)

    assert dict(page.context["form"].errors) == {"file": ["The file has 1.1 MB; at most 1 MB fit. Split it."]}


def test_holder_is_held_with_the_day_c109(desk, badge):
    issue(badge, to="p0@example.org")

    upload(desk, badge, people(2))

    day = clock.today()
    assert [row.problem for row in BatchRow.objects.order_by("line")] == [
        f"Already holds this badge since {day.day} {day:%B %Y}. Correct or renew that one.",
        "",
    ]


def test_checking_200_rows_costs_as_many_queries_as_10(desk, badge):
    counts = []
    for content in (people(10, held=3), people(200, held=30)):
        with CaptureQueriesContext(connection) as queries:
            upload(desk, badge, content)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_200_people_are_issued_after_the_time_to_undo(desk, badge, staff):
    upload(desk, badge, people(200, held=3))
    batch = Batch.objects.get()

    page = order(desk, "confirm_batch", batch)

    assert page.context["is_waiting"] is True
    assert not Issuance.objects.exists()
    with after_the_time_to_undo(batch):
        assert issue_due_batches() == 200
        page = page_of(desk, batch)
    assert [page.context[name] for name in ("is_issued", "issued", "held")] == [True, 200, 3]
    assert Issuance.objects.filter(batch=batch, issued_by=staff).count() == 200


def test_confirming_twice_issues_once_c51(desk, badge):
    upload(desk, badge, people(2))
    batch = Batch.objects.get()

    order(desk, "confirm_batch", batch)
    order(desk, "confirm_batch", batch)
    with after_the_time_to_undo(batch):
        issue_due_batches()
    order(desk, "confirm_batch", batch)

    batch.refresh_from_db()
    assert (batch.state, Issuance.objects.count()) == (BatchState.ISSUED, 2)


def test_undo_in_time_leaves_nothing(desk, badge):
    upload(desk, badge, people(2))
    batch = Batch.objects.get()
    order(desk, "confirm_batch", batch)

    page = order(desk, "undo_batch", batch)

    assert said(page) == ["Undone. Nobody was told, and nothing was issued."]
    with clock.at(clock.now() + timedelta(days=1)):
        assert issue_due_batches() == 0
    assert not Issuance.objects.exists()


def test_undo_too_late_says_so(desk, badge):
    upload(desk, badge, people(1))
    batch = Batch.objects.get()
    order(desk, "confirm_batch", batch)
    with after_the_time_to_undo(batch):
        issue_due_batches()

    page = order(desk, "undo_batch", batch)

    assert said(page) == ["This batch has been issued already. Revoke single badges instead."]
    assert Issuance.objects.count() == 1


def test_same_file_again_is_refused_with_a_sentence_c49(desk, badge, staff):
    upload(desk, badge, people(2))
    order(desk, "confirm_batch", Batch.objects.get())

    page = upload(desk, badge, people(2))

    day = clock.today()
    assert dict(page.context["form"].errors) == {
        "file": [f"This very file was issued on {day.day} {day:%B %Y} by {staff}. Nothing is issued twice."]
    }
    assert Batch.objects.count() == 1


def test_same_file_in_two_previews_is_confirmed_once_c49(desk, badge):
    upload(desk, badge, people(2))
    upload(desk, badge, people(2))
    first, second = Batch.objects.order_by("created_at")
    order(desk, "confirm_batch", first)

    page = order(desk, "confirm_batch", second)

    assert said(page) == ["This very file was issued before, so nothing was issued twice."]
    assert list(Batch.objects.filter(state=BatchState.CONFIRMED)) == [first]


def test_file_without_a_good_row_cannot_be_confirmed(desk, badge):
    upload(desk, badge, people(0, held=2))

    page = order(desk, "confirm_batch", Batch.objects.get())

    assert said(page) == ["No row of this file can be issued. Download the rows with their reasons."]


def test_held_rows_download_with_reasons(desk, badge):
    upload(desk, badge, b"name,email,team\nAna,ana@example.org,A\n=1+1,nobody,B\n")

    file = desk.get(reverse("admin:held_rows", args=[Batch.objects.get().pk]))

    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows == [
        ["name", "email", "team", "reason"],
        ["'=1+1", "nobody", "B", "E-mail: This e-mail address has no @."],
    ]
    assert file["Content-Disposition"] == 'attachment; filename="held-rows.csv"'


def test_batch_that_is_leaving_looks_again_by_itself(desk, badge):
    upload(desk, badge, people(1))
    batch = Batch.objects.get()
    assert "Refresh" not in page_of(desk, batch)
    order(desk, "confirm_batch", batch)

    with after_the_time_to_undo(batch):
        page = page_of(desk, batch)

    assert (page.context["is_leaving"], page["Refresh"]) == (True, "3")


def test_start_page_counts_what_waits(desk, badge):
    upload(desk, badge, b"name,email\nAna,ana@example.org\nBo,nobody\n")

    page = desk.get(reverse("admin:index"))

    assert [(number, words) for number, words, _address in page.context["waiting"]] == [
        (1, "Files checked and not issued yet")
    ]
    assert [(batch.file_name, batch.total, batch.held, word) for batch, word, _tone in page.context["batches"]] == [
        ("people.csv", 2, 1, "Not sent yet")
    ]
