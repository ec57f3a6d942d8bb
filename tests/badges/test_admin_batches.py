import csv
import io
from datetime import date, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from badgecert.accounts.actions.erasing import ErasureGround
from badgecert.core import clock
from badges.actions import files
from badges.actions.erasing import erase_issuances
from badges.actions.files import check_waiting_files
from badges.actions.leases import taken
from badges.actions.leaving import issue_due_batches
from badges.models import (
    Badge,
    BadgeState,
    Batch,
    BatchRow,
    BatchState,
    ColumnMapping,
    HolderPolicy,
    Issuance,
    IssuanceVersion,
    Proposal,
    RowState,
)
from badges.spreadsheets import open_sheet
from notifications.actions.bounces import record_bounce
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.reminders import queue_due_reminders
from notifications.models import BounceKind, Message, MessageState
from tests.factories import issue, make_issuer, make_published_badge, make_staff


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


def match(client, batch, **columns):
    return client.post(reverse("admin:batch_columns", args=[batch.pk]), columns, follow=True)


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
        show: [row.line for row in page_of(desk, batch, show=show).context["page"]]
        for show in ("all", "ready", "refused")
    }

    assert lines == {"all": [3, 2, 4], "ready": [2, 4], "refused": [3]}


def test_preview_is_paginated(desk, badge):
    upload(desk, badge, people(120))

    page = page_of(desk, Batch.objects.get(), page=3)

    assert [row.line for row in page.context["page"]] == list(range(102, 122))


def test_unknown_columns_are_said(desk, badge):
    upload(desk, badge, b"name,email,shoe size\nAna,ana@example.org,38\n")
    batch = Batch.objects.get()
    page = match(desk, batch, column_0="name", column_1="email", column_2="")

    assert (batch.state, page.context["batch"].unread_headings) == (BatchState.UPLOADED, ["shoe size"])
    assert "Their cells stay with the rows." in page.content.decode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"%PDF-1.7", "This is a PDF file, whatever its name says. Save the table as CSV or XLSX."),
        (
            b"Ana Ito,ana@example.org\nBo Li,bo@example.org\n",
            "The first row must name the columns, such as name, email, issued_on. Put it above the first person.",
        ),
    ],
)
def test_file_that_cannot_be_used_is_refused_whole(desk, badge, content, sentence):
    page = upload(desk, badge, content)

    assert dict(page.context["form"].errors) == {"file": [sentence]}
    assert not Batch.objects.exists()


def test_file_over_the_byte_limit_is_refused_c46(desk, badge, settings):
    settings.BATCH_BYTES_LIMIT = 1_000_000

    page = upload(desk, badge, b"x" * 1_100_000)

    assert dict(page.context["form"].errors) == {"file": ["The file has 1.1 MB; at most 1 MB fit. Split it."]}


def test_holder_is_held_with_the_day_c109(desk, badge):
    issue(badge, to="p0@example.org")

    upload(desk, badge, people(2))

    day = clock.today()
    assert [(row.said, row.state) for row in BatchRow.objects.order_by("line")] == [
        (f"Already holds this badge since {day.day} {day:%B %Y}. Left as it is.", RowState.LOOK),
        ("", RowState.READY),
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

    assert said(page) == ["This batch has been issued already. Revoke it with a reason instead."]
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
    match(desk, Batch.objects.get(), column_0="name", column_1="email")

    file = desk.get(reverse("admin:held_rows", args=[Batch.objects.get().pk]))

    rows = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
    assert rows == [
        ["name", "email", "team", "reason"],
        ["'=1+1", "nobody", "B", "E-mail “nobody”: This e-mail address has no @."],
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

    assert [(one.number, one.words) for one in page.context["waiting"]] == [(1, "Files checked and not issued yet")]


# --- columns -------------------------------------------------------------------------------------


def test_columns_are_matched_once_and_remembered(desk, badge):
    upload(desk, badge, b"Wie,Waar,shoe size\nAna,ana@example.org,38\n")
    batch = Batch.objects.get()

    page = match(desk, batch, column_0="name", column_1="email", column_2="")
    again = upload(desk, badge, b"Wie,Waar,shoe size\nBo,bo@example.org,41\n", name="next.csv")

    assert (page.context["ready"], again.context["ready"]) == (1, 1)
    assert again.redirect_chain[0][0].endswith("/change/")
    assert dict(ColumnMapping.objects.values_list("heading", "column")) == {
        "wie": "name",
        "waar": "email",
        "shoesize": "",
    }


def test_columns_of_another_organisation_are_not_remembered(desk, badge, client):
    upload(desk, badge, b"Wie,Waar\nAna,ana@example.org\n")
    match(desk, Batch.objects.get(), column_0="name", column_1="email")
    other = make_published_badge(make_issuer(), slug="other")
    client.force_login(make_staff(other.issuer))

    page = upload(client, other, b"Wie,Waar\nAna,ana@example.org\n")

    assert page.redirect_chain[0][0].endswith("/columns/")


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (
            {"column_0": "name"},
            "No column holds the e-mail address. Choose it below, or call it “email” in the first row.",
        ),
        ({"column_0": "email", "column_1": "email"}, "Two columns hold the same. Choose one of them."),
    ],
)
def test_columns_that_do_not_suffice_are_refused_c29(desk, badge, columns, sentence):
    upload(desk, badge, b"Wie,Waar\nAna,ana@example.org\n")
    batch = Batch.objects.get()

    page = match(desk, batch, **columns)

    assert page.context["form"].non_field_errors() == [sentence]
    assert not BatchRow.objects.exists()


def test_columns_can_be_matched_again_in_the_preview(desk, badge):
    upload(desk, badge, b"name,email,holder e-mail\nAna,wrong,ana@example.org\n")
    batch = Batch.objects.get()
    match(desk, batch, column_0="name", column_1="email")

    page = match(desk, batch, column_0="name", column_2="email")

    assert [row.recipient_email for row in page.context["page"]] == ["ana@example.org"]


# --- rows ----------------------------------------------------------------------------------------


def decide(client, row, query="", **said):
    address = reverse("admin:decide_row", args=[row.batch_id, row.pk])
    return client.post(f"{address}{query}", said, follow=True)


def the_row(line: int) -> BatchRow:
    return BatchRow.objects.select_related("batch__issuer", "holding__current_version").get(line=line)


def test_cell_is_corrected_in_place_and_the_filter_stays(desk, badge):
    upload(desk, badge, b"name,email\nJo Whitlock,jo.whitlock.example\n")

    page = decide(desk, the_row(2), "?show=refused", value="jo@whitlock.example")

    assert said(page) == ["Row 2 is ready."]
    assert page.redirect_chain[0][0].endswith("?show=refused#row-2")
    row = the_row(2)
    assert (row.state, row.recipient_email, row.cells[1]) == (
        RowState.READY,
        "jo@whitlock.example",
        ["email", "jo@whitlock.example"],
    )


def test_cell_that_is_still_wrong_says_so(desk, badge):
    upload(desk, badge, b"name,email\nJo Whitlock,jo\n")

    page = decide(desk, the_row(2), value="jo@")

    assert said(page) == ["Row 2: E-mail “jo@”: Enter an e-mail address like ana@example.org."]


def test_correcting_the_first_of_two_frees_the_second(desk, badge):
    upload(desk, badge, b"name,email\nAna,ana@example.org\nBo,ana@example.org\n")
    edit = reverse("admin:edit_row", args=[the_row(2).batch_id, the_row(2).pk])

    desk.post(edit, {"name": "Ana", "email": "ana.ito@example.org"})

    assert [(row.line, row.state) for row in BatchRow.objects.order_by("line")] == [
        (2, RowState.READY),
        (3, RowState.READY),
    ]


def test_correcting_a_cell_to_somebody_elses_address_is_a_duplicate(desk, badge):
    upload(desk, badge, b"name,email\nAna,ana@example.org\nBo,bo\n")

    page = decide(desk, the_row(3), value="ana@example.org")

    assert said(page) == ["Row 3: The same address as row 2. Leave one out, or give this person another address."]


def test_all_cells_of_a_row_can_be_corrected(desk, badge):
    upload(desk, badge, b"name,email,expires_on\nAna,ana@example.org,tomorrow\n")
    edit = reverse("admin:edit_row", args=[the_row(2).batch_id, the_row(2).pk])

    refused = desk.post(edit, {"name": "Ana", "email": "ana@example.org", "expires_on": "01/02/2028"})
    desk.post(edit, {"name": "Ana Ito", "email": "ana@example.org", "expires_on": "2028-02-01"})

    assert refused.context["form"].errors["expires_on"] == [
        "Valid until: Write 01/02/2028 as 2028-02-01 or 2028-01-02."
    ]
    row = the_row(2)
    assert (row.recipient_name, f"{row.expires_on}", row.state) == ("Ana Ito", "2028-02-01", RowState.READY)


def test_odd_name_is_kept_or_replaced_by_what_was_meant(desk, badge):
    upload(desk, badge, b"name,email\nANA ITO,ana@example.org\nBO LINDQVIST,bo@example.org\n")

    decide(desk, the_row(2), keep="1")
    decide(desk, the_row(3), suggested="1")

    assert list(BatchRow.objects.order_by("line").values_list("recipient_name", "state")) == [
        ("ANA ITO", RowState.READY),
        ("Bo Lindqvist", RowState.READY),
    ]


def test_all_odd_names_are_kept_at_once_but_not_what_is_wrong(desk, badge):
    upload(desk, badge, b"name,email\nANA ITO,ana@example.org\nBO LINDQVIST,bo@example.org\nCYRA,nobody\n")

    desk.post(reverse("admin:decide_rows", args=[Batch.objects.get().pk]), {"keep": "1"})

    assert list(BatchRow.objects.order_by("line").values_list("state", flat=True)) == [
        RowState.READY,
        RowState.READY,
        RowState.REFUSED,
    ]


def test_all_suggestions_are_taken_at_once_and_the_rest_stays(desk, badge):
    upload(
        desk,
        badge,
        b"name,email\nANA ITO,ana@example.org\nBO LINDQVIST,bo@example.org\nCYRA,nobody\nBO LI,BO@example.org\n",
    )

    page = desk.post(reverse("admin:decide_rows", args=[Batch.objects.get().pk]), {"suggested": "1"}, follow=True)

    assert said(page) == ["2 names were corrected."]
    assert list(BatchRow.objects.order_by("line").values_list("recipient_name", "state", "duplicate_of")) == [
        ("Ana Ito", RowState.READY, None),
        ("Bo Lindqvist", RowState.READY, None),
        ("CYRA", RowState.REFUSED, None),
        ("BO LI", RowState.REFUSED, 3),
    ]
    assert BatchRow.objects.get(line=2).cells == [["name", "Ana Ito"], ["email", "ana@example.org"]]


def test_suggestions_for_200_names_cost_as_many_queries_as_10(desk, badge):
    costs = []
    for number in (10, 200):
        names = "".join(f"ODD NAME,p{number}-{one}@example.org\n" for one in range(number))
        upload(desk, badge, f"name,email\n{names}".encode())
        batch = Batch.objects.order_by("-created_at")[0]
        with CaptureQueriesContext(connection) as queries:
            desk.post(reverse("admin:decide_rows", args=[batch.pk]), {"suggested": "1"})
        costs.append(len(queries))

    assert costs[0] == costs[1]
    assert BatchRow.objects.filter(state=RowState.READY, recipient_name="Odd Name").count() == 210


# --- pasted rows -----------------------------------------------------------------------------------


def paste(client, badge, text: str):
    return client.post(reverse("admin:issue_file"), {"badge": str(badge.pk), "pasted": text}, follow=True)


def test_rows_pasted_from_a_spreadsheet_are_checked_like_a_file(desk, badge):
    paste(desk, badge, "name\temail\r\nAna Ito\tana@example.org\r\nBo\tnobody\r\n")

    assert Batch.objects.get().file_name == "Pasted rows"
    assert list(BatchRow.objects.values_list("recipient_name", "state")) == [
        ("Ana Ito", RowState.READY),
        ("Bo", RowState.REFUSED),
    ]


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({}, {"file": ["Choose a file, or paste rows below."]}),
        ({"pasted": " \r\n"}, {"file": ["Choose a file, or paste rows below."]}),
        (
            {"pasted": "name,email\n", "file": SimpleUploadedFile("people.csv", b"name,email\nAna,a@example.org\n")},
            {"pasted": ["Either choose a file or paste rows, not both."]},
        ),
        ({"pasted": "name,email\n"}, {"pasted": ["This file has a header and no rows below it."]}),
        (
            {"pasted": "x" * 200_001},
            {"pasted": ["You pasted 200001 characters; at most 200000 fit. Upload them as a file."]},
        ),
    ],
)
def test_nothing_too_much_and_both_are_refused_with_a_sentence(desk, badge, given, errors):
    page = desk.post(reverse("admin:issue_file"), {"badge": str(badge.pk), **given})

    assert dict(page.context["form"].errors) == errors
    assert not Batch.objects.exists()


# --- what an issued batch left behind ----------------------------------------------------------------


@pytest.fixture
def issued(desk, badge):
    """A batch of which one row was issued and two were held."""
    upload(desk, badge, b"name,email\nAna,ana@example.org\nBo,nobody\nANA ITO,ana@example.org\n")
    batch = Batch.objects.get()
    order(desk, "confirm_batch", batch)
    with after_the_time_to_undo(batch):
        issue_due_batches()
    return batch


def test_held_rows_are_mended_and_issued_after_their_batch(desk, issued):
    order(desk, "mend_batch", issued)
    page = order(desk, "mend_batch", issued)
    draft = Batch.objects.get(state=BatchState.DRAFT)
    decide(desk, draft.rows.get(line=3), value="bo@example.org")
    order(desk, "confirm_batch", draft)
    with after_the_time_to_undo(draft):
        issue_due_batches()

    assert page.redirect_chain[-1][0] == reverse("admin:badges_batch_change", args=[draft.pk])
    assert list(draft.rows.order_by("line").values_list("line", "outcome", "duplicate_of")) == [
        (3, "issued", None),
        (4, "", None),
    ]
    assert sorted(Issuance.objects.values_list("recipient_key", flat=True)) == ["ana@example.org", "bo@example.org"]
    assert issued.rows.count() == 3


def test_held_rows_of_a_batch_that_is_not_issued_or_not_ones_own_stay(desk, badge, client):
    upload(desk, badge, people(1, held=1))
    batch = Batch.objects.get()

    page = order(desk, "mend_batch", batch)

    assert said(page) == ["Only rows of a file that an issued batch left behind can be mended."]
    client.force_login(make_staff(make_issuer()))
    assert order(client, "mend_batch", batch).status_code == 404
    assert Batch.objects.count() == 1


def test_issued_batch_says_how_far_its_mails_are(desk, issued):
    before = page_of(desk, issued).content.decode()
    with after_the_time_to_undo(issued):
        deliver_due_messages()
    after = page_of(desk, issued).content.decode()

    assert "Mail: 0 sent, 1 waiting." in before
    assert "Mail: 1 sent, 0 waiting." in after


def test_person_whose_mail_came_back_is_issued_written_to_once_more_and_reported_c111(desk, badge, staff, mailoutbox):
    other = make_published_badge(badge.issuer)
    issue(other, to="ana@example.org")
    deliver_due_messages()
    record_bounce(Message.objects.get(), kind=BounceKind.HARD)
    upload(desk, badge, b"name,email\nAna,ana@example.org\n")
    batch = Batch.objects.get()
    order(desk, "confirm_batch", batch)
    with after_the_time_to_undo(batch):
        issue_due_batches()
        deliver_due_messages()

    why = desk.get("/admin/notifications/message/why/", {"address": "ana@example.org"}).content.decode()

    issued = Issuance.objects.get(badge=badge)
    mail = Message.objects.get(issuance=issued)
    with clock.at(clock.now() + timedelta(days=31)):
        queue_due_reminders()
        deliver_due_messages()
    assert (issued.batch, the_row(2).outcome) == (batch, "issued")
    # The first mail about a badge is owed whatever came before (decision 017); nothing follows it.
    assert mail.state == MessageState.SENT
    assert len(mailoutbox) == 2
    assert why.count("Correct the address, then send the mail again. Until then no reminder goes there.") == 1


def test_rows_of_others_cannot_be_decided_seen_or_confirmed_c50(desk, badge, client):
    upload(desk, badge, b"name,email\nAna,nobody\n")
    row = the_row(2)
    client.force_login(make_staff(make_issuer()))

    answers = [
        decide(client, row, value="a@example.org").status_code,
        client.get(reverse("admin:edit_row", args=[row.batch_id, row.pk])).status_code,
        client.get(reverse("admin:batch_columns", args=[row.batch_id])).status_code,
        client.post(reverse("admin:confirm_batch", args=[row.batch_id])).status_code,
        client.post(reverse("admin:send_batch", args=[row.batch_id])).status_code,
        client.post(reverse("admin:revoke_batch", args=[row.batch_id])).status_code,
        client.post(reverse("admin:decide_rows", args=[row.batch_id])).status_code,
    ]

    assert answers == [404] * 7


def test_rows_are_found_by_name_and_address(desk, badge):
    upload(desk, badge, people(60))

    page = page_of(desk, Batch.objects.get(), q="p59@")

    assert [row.recipient_email for row in page.context["page"]] == ["p59@example.org"]


# --- people who hold the badge -------------------------------------------------------------------


def policy(client, value: str, row: BatchRow | None = None):
    batch = Batch.objects.get()
    if row is not None:
        return decide(client, row, policy=value)
    return client.post(reverse("admin:decide_rows", args=[batch.pk]), {"policy": value}, follow=True)


@pytest.fixture
def held(desk, badge):
    """A file with a newcomer and two people who hold the badge, the second without an end."""
    issue(badge, to="ana@example.org", name="Ana Ito", issued_on=date(2026, 1, 1), expires_on=date(2026, 12, 31))
    issue(badge, to="bo@example.org", name="Bo Li", issued_on=date(2026, 1, 1), expires_on=None)
    upload(
        desk,
        badge,
        b"name,email,issued_on,expires_on\n"
        b"Ana Ito-Li,ana@example.org,2026-11-01,2028-10-31\n"
        b"Bo Li,bo@example.org,2026-11-01,2028-10-31\n"
        b"Cy New,cy@example.org,2026-11-01,2028-10-31\n",
    )
    return Batch.objects.get()


@pytest.mark.parametrize(
    ("chosen", "states"),
    [
        (HolderPolicy.SKIP, [RowState.LOOK, RowState.LOOK, RowState.READY]),
        (HolderPolicy.RENEW, [RowState.READY, RowState.REFUSED, RowState.READY]),
        (HolderPolicy.REPLACE, [RowState.READY, RowState.READY, RowState.READY]),
    ],
)
def test_policy_decides_about_all_who_hold_it(desk, held, chosen, states):
    policy(desk, HolderPolicy.REPLACE)
    policy(desk, chosen)

    rows = BatchRow.objects.select_related("batch__issuer", "holding__current_version").order_by("line")
    assert [row.state for row in rows] == states
    # One row says what the whole file says.
    for row in rows:
        row.settle()
    assert [row.state for row in rows] == states


def test_row_may_have_a_policy_of_its_own(desk, held):
    policy(desk, HolderPolicy.RENEW, the_row(2))
    policy(desk, HolderPolicy.REPLACE)
    policy(desk, HolderPolicy.SKIP)

    assert [(row.policy, row.state) for row in BatchRow.objects.order_by("line")] == [
        ("renew", RowState.READY),
        ("", RowState.LOOK),
        ("", RowState.READY),
    ]


def test_holders_are_renewed_replaced_or_left_alone(desk, held):
    policy(desk, HolderPolicy.REPLACE)
    policy(desk, HolderPolicy.RENEW, the_row(2))
    order(desk, "confirm_batch", held)

    with after_the_time_to_undo(held):
        assert issue_due_batches() == 3

    versions = [
        (
            version.issuance.recipient_email,
            version.number,
            version.kind,
            version.recipient_name,
            str(version.expires_on),
        )
        for version in IssuanceVersion.objects.filter(issuance__current_version=F("pk"))
        .select_related("issuance")
        .order_by("issuance__recipient_key")
    ]
    assert versions == [
        ("ana@example.org", 2, "renewed", "Ana Ito", "2028-10-31"),
        ("bo@example.org", 2, "corrected", "Bo Li", "2028-10-31"),
        ("cy@example.org", 1, "issued", "Cy New", "2028-10-31"),
    ]
    page = page_of(desk, held)
    assert [page.context[name] for name in ("issued", "renewed", "replaced", "held")] == [1, 1, 1, 0]


def test_same_people_in_another_file_hold_it_already(desk, badge):
    upload(desk, badge, people(3))
    upload(desk, badge, people(3) + b"\n", name="again.csv")
    for batch in Batch.objects.order_by("created_at"):
        order(desk, "confirm_batch", batch)

    with clock.at(clock.now() + timedelta(minutes=11)):
        assert issue_due_batches() == 3

    assert Issuance.objects.count() == 3
    again = Batch.objects.get(file_name="again.csv")
    assert (again.state, again.rows.filter(state=RowState.LOOK).count()) == (BatchState.ISSUED, 3)


# --- when it leaves ------------------------------------------------------------------------------


def test_batch_leaves_on_a_chosen_day_and_is_dated_by_it(desk, badge):
    badge.issuer.time_zone = "Pacific/Auckland"
    badge.issuer.save()
    upload(desk, badge, b"name,email,issued_on\nAna,ana@example.org,\nBo,bo@example.org,2026-10-01\n")
    batch = Batch.objects.get()
    day = clock.today("Pacific/Auckland") + timedelta(days=30)

    desk.post(reverse("admin:confirm_batch", args=[batch.pk]), {"leaves_on": day.isoformat(), "leaves_time": "09:30"})

    batch.refresh_from_db()
    local = batch.due_at.astimezone(ZoneInfo("Pacific/Auckland"))
    assert (local.date(), f"{local:%H:%M}") == (day, "09:30")
    assert list(batch.rows.order_by("line").values_list("issued_on", flat=True)) == [day, date(2026, 10, 1)]


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2020-01-01", "This is over. Choose a later day, or leave it empty."),
        ("01/02/2027", "Write the day like 2025-03-14 or 14 March 2025."),
        ("2100-01-01", "Choose a day within the next year."),
    ],
)
def test_day_on_which_nothing_can_leave_is_refused(desk, badge, day, sentence):
    upload(desk, badge, people(1))
    batch = Batch.objects.get()

    page = desk.post(reverse("admin:confirm_batch", args=[batch.pk]), {"leaves_on": day}, follow=True)

    batch.refresh_from_db()
    assert (said(page), batch.state) == ([sentence], BatchState.DRAFT)


def test_waiting_batch_can_be_sent_now(desk, badge):
    upload(desk, badge, people(2))
    batch = Batch.objects.get()
    order(desk, "confirm_batch", batch)

    order(desk, "send_batch", batch)

    assert issue_due_batches() == 2


def test_issued_batch_is_revoked_with_a_reason(desk, badge):
    upload(desk, badge, people(3))
    batch = Batch.objects.get()
    order(desk, "confirm_batch", batch)
    with after_the_time_to_undo(batch):
        issue_due_batches()

    preview = desk.post(reverse("admin:revoke_batch", args=[batch.pk]), follow=True)
    desk.post(
        reverse("admin:submit_proposal", args=[Proposal.objects.get().pk]), {"reason": "The course was cancelled"}
    )

    assert "Revoke 3 badges" in preview.content.decode()
    assert set(Issuance.objects.values_list("revocation_reason", flat=True)) == {"The course was cancelled"}


def test_holders_are_left_alone_where_a_second_person_must_agree(desk, badge, held):
    policy(desk, HolderPolicy.REPLACE)
    order(desk, "confirm_batch", held)
    type(badge.issuer).objects.update(corrections_need_approval=True)

    with after_the_time_to_undo(held):
        assert issue_due_batches() == 1

    assert set(BatchRow.objects.filter(state=RowState.REFUSED).values_list("problem", flat=True)) == {
        "Your organisation asks that a second person agrees to this. Send this row as a file of corrections."
    }
    assert IssuanceVersion.objects.count() == 3


# --- long files ----------------------------------------------------------------------------------


@pytest.fixture
def _long_from_ten_lines(monkeypatch):
    monkeypatch.setattr(files, "LINES_AT_ONCE", 10)
    monkeypatch.setattr(files, "ROWS_AT_ONCE", 10)


@pytest.mark.usefixtures("_long_from_ten_lines")
def test_long_file_is_checked_by_a_worker_and_its_page_looks_again(desk, badge):
    page = upload(desk, badge, people(30, held=1))

    assert (page["Refresh"], page.context["lines_read"]) == ("2", 0)
    assert "Checked 0 of about 32 rows." in page.content.decode()
    assert check_waiting_files() is False
    page = page_of(desk, Batch.objects.get())
    assert [page.context[name] for name in ("total", "ready", "refused")] == [31, 30, 1]


@pytest.mark.usefixtures("_long_from_ten_lines")
def test_checking_goes_on_after_a_worker_died(desk, badge, settings):
    upload(desk, badge, people(30) + b"Twice,p3@example.org\n")
    batch = taken(Batch.objects.to_check(clock.now()))
    sheet = open_sheet(bytes(batch.file.content), file_name="people.csv")
    files._keep(batch, list(islice(sheet.rows, 10)), {})  # and the process ends here

    assert (check_waiting_files(), Batch.objects.get().state) == (False, BatchState.CHECKING)
    with clock.at(clock.now() + timedelta(seconds=settings.BATCH_LEASE_SECONDS + 1)):
        check_waiting_files()

    assert list(BatchRow.objects.order_by("line").values_list("line", flat=True)) == list(range(2, 33))
    assert BatchRow.objects.get(line=32).duplicate_of == 5


@pytest.mark.usefixtures("_long_from_ten_lines")
def test_long_file_that_breaks_off_is_refused_whole_c43(desk, badge):
    upload(desk, badge, people(30) + b'"Bo,bo@example.org\n')

    check_waiting_files()

    page = page_of(desk, Batch.objects.get())
    assert page.context["is_refused"] is True
    assert "The quotes do not match from line 32 on" in page.content.decode()
    assert not BatchRow.objects.exists()


def test_200_000_rows_are_refused_before_anything_is_checked_c45(desk, badge):
    page = upload(desk, badge, b"name,email\n" + b"A,a@example.org\n" * 200_000)

    assert dict(page.context["form"].errors) == {"file": ["This file has more than 100000 rows. Split it."]}
    assert not Batch.objects.exists()


# --- the corpus of reliability.md §4.1 that needs a database -------------------------------------


def test_person_with_two_badges_has_one_account_c08(desk, badge):
    other = make_published_badge(badge.issuer)
    for one in (badge, other):
        upload(desk, one, b"name,email\nAna,ana@example.org\n")
    for batch in Batch.objects.all():
        order(desk, "confirm_batch", batch)

    with clock.at(clock.now() + timedelta(minutes=11)):
        issue_due_batches()

    assert Issuance.objects.count() == 2
    assert Issuance.objects.values("earner").distinct().count() == 1


@pytest.mark.parametrize("which", ["none", "of others", "retired"])
def test_badge_that_cannot_be_issued_is_one_that_does_not_exist_c99_c100_c101(desk, badge, which):
    chosen = {
        "none": badge,
        "of others": make_published_badge(make_issuer()),
        "retired": make_published_badge(badge.issuer),
    }[which]
    if which == "retired":
        Badge.objects.filter(pk=chosen.pk).update(state=BadgeState.RETIRED)
    address = reverse("admin:issue_file")
    pk = "0" * 32 if which == "none" else str(chosen.pk)

    page = desk.post(address, {"badge": pk, "file": SimpleUploadedFile("people.csv", people(1))})

    assert page.context["form"].errors["badge"] == [
        "Select a valid choice. That choice is not one of the available choices."
    ]
    assert not Batch.objects.exists()


def test_person_who_was_erased_gets_a_fresh_account_c110(desk, badge, staff):
    before = issue(badge, to="ana@example.org")
    erase_issuances(Issuance.objects.all(), ground=ErasureGround.WRITTEN_REQUEST, by=staff)
    upload(desk, badge, b"name,email\nAna,ana@example.org\n")
    batch = Batch.objects.get()
    order(desk, "confirm_batch", batch)

    with after_the_time_to_undo(batch):
        assert issue_due_batches() == 1

    assert Issuance.objects.get(batch=batch).pk != before.pk
