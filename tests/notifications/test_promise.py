"""Within so many business days: what is beyond an organisation's promise, or near it."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from badgecert.core import clock
from badgecert.core.text import canonical_email
from badges.actions.batches import draft_batch
from badges.models import BatchRow
from issuers.models import StaffRole
from notifications.actions.delivery import deliver_due_messages
from notifications.models import Message
from notifications.promise import Promise, beyond_the_promise
from tests.factories import issue, make_issuer, make_published_badge, make_staff

# A Friday.
NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_friday_in_november():
    with clock.at(NOW):
        yield


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def line_of_a_file(badge, staff, completed_on: date, *, problem: str = "", name: str = "Ana Ito") -> BatchRow:
    number = BatchRow.objects.count()
    row = BatchRow(
        line=2,
        recipient_name=name,
        recipient_email=f"p{number}@example.org",
        issued_on=date(2026, 11, 20),
        completed_on=completed_on,
        problem=problem,
    )
    row.recipient_key = canonical_email(row.recipient_email)
    draft_batch(badge, rows=[row], file_name=f"course{number}.csv", file_sha256=f"{number:064}", by=staff)
    return BatchRow.objects.order_by("pk").last()


@pytest.mark.parametrize(
    ("holidays", "promised", "beyond", "soon"),
    [
        # Ten business days from Thursday the 5th end on Thursday the 19th, those from the 10th on Tuesday the 24th.
        ([], 10, date(2026, 11, 5), date(2026, 11, 10)),
        # A holiday makes the promise a day longer.
        (["2026-11-11"], 10, date(2026, 11, 4), date(2026, 11, 9)),
        # What was completed on a Saturday counts from Monday, as what was completed on Friday.
        ([], 1, date(2026, 11, 18), date(2026, 11, 23)),
    ],
)
def test_promise_counts_business_days_less_holidays(issuer, holidays, promised, beyond, soon):
    issuer.holidays, issuer.issue_days = holidays, promised

    promise = Promise(issuer)

    assert (promise.beyond, promise.soon) == (beyond, soon)
    assert promise.due_on(promise.beyond) < date(2026, 11, 20) <= promise.due_on(promise.beyond + timedelta(days=1))


def test_lines_that_wait_count_until_they_are_issued(issuer, badge, staff):
    line_of_a_file(badge, staff, date(2026, 11, 5))
    line_of_a_file(badge, staff, date(2026, 11, 6), problem="The address has no @.")
    line_of_a_file(badge, staff, date(2026, 11, 10))
    line_of_a_file(badge, staff, date(2026, 11, 11))

    assert beyond_the_promise(staff) == (1, 2)


def test_mail_that_has_not_left_counts_and_one_that_has_does_not(issuer, badge, staff, smtp):
    issue(badge, completed_on=date(2026, 11, 2))
    waiting = beyond_the_promise(staff)
    deliver_due_messages()

    assert (waiting, beyond_the_promise(staff)) == ((1, 0), (0, 0))


def test_badges_without_a_day_of_completion_are_promised_nothing(issuer, badge, staff):
    issue(badge)

    assert beyond_the_promise(staff) == (0, 0)


def test_what_left_late_is_told_by_the_day_on_which_it_left(issuer, badge, smtp):
    # Completed on Monday the 2nd: due on Monday the 16th.
    for name, sent_at in (
        ("In Time", datetime(2026, 11, 16, 22, 59, tzinfo=UTC)),
        ("Too Late", datetime(2026, 11, 16, 23, 1, tzinfo=UTC)),
    ):
        issuer.time_zone = "Europe/Brussels"
        issuer.save()
        with clock.at(sent_at):
            issue(badge, name=name, completed_on=date(2026, 11, 2))
            deliver_due_messages()

    promise = Promise(issuer)

    assert [message.issuance.current_version.recipient_name for message in promise.sent_late()] == ["Too Late"]
    assert promise.sent().count() == 2


def test_promise_of_one_organisation_shows_nothing_of_another(issuer, badge, staff):
    elsewhere = make_published_badge(make_issuer())
    line_of_a_file(elsewhere, make_staff(elsewhere.issuer), date(2026, 10, 1))

    assert beyond_the_promise(staff) == (0, 0)


def test_question_what_is_beyond_costs_the_same_for_many_organisations(issuer, badge, staff, django_assert_num_queries):
    operator = make_staff(issuer, is_superuser=True)
    for _number in range(3):
        other = make_published_badge(make_issuer())
        issue(other, completed_on=date(2026, 10, 1))

    with django_assert_num_queries(3):
        assert beyond_the_promise(operator) == (3, 0)


# --- the desk ------------------------------------------------------------------------------------


def test_desk_shows_what_is_beyond_and_what_to_do(desk, badge, staff):
    line_of_a_file(badge, staff, date(2026, 11, 2), problem="The address has no @.", name="Bo Lind")

    page = desk.get(reverse("admin:promise")).content.decode()

    assert "Bo Lind" in page
    assert "The address has no @." in page
    assert "Beyond" in page
    assert "within 10 business days" in page
    assert (
        next(one.words for one in desk.get(reverse("admin:index")).context["waiting"]) == "Badges beyond your promise"
    )


def test_desk_pages_through_many_with_the_same_questions(desk, badge, staff):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            desk.get(reverse("admin:promise"))
        return len(asked)

    issue(badge, completed_on=date(2026, 11, 2))
    desk.get(reverse("admin:promise"))
    with_one = cost()
    for _number in range(4):
        issue(badge, completed_on=date(2026, 11, 2))

    assert cost() == with_one


def test_desk_file_holds_every_line_and_no_formula(desk, badge, staff, smtp):
    line_of_a_file(badge, staff, date(2026, 11, 5), name="=1+1")
    line_of_a_file(badge, staff, date(2026, 11, 10), name="Bo Lind")
    issue(badge, name="Cy Dee", completed_on=date(2026, 10, 1))
    deliver_due_messages()

    answer = desk.get(reverse("admin:promise_csv"))

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[:7] for row in rows[1:]] == [
        ["Not issued", "'=1+1", "Infection Control Practitioner", "2026-11-05", "2026-11-19", "", "yes"],
        ["Not issued", "Bo Lind", "Infection Control Practitioner", "2026-11-10", "2026-11-24", "", "no"],
        ["Sent late", "Cy Dee", "Infection Control Practitioner", "2026-10-01", "2026-10-15", "2026-11-20", "yes"],
    ]


def test_desk_looks_at_the_newest_mails_and_its_file_at_all(desk, badge, smtp, monkeypatch):
    for day in range(3):
        with clock.at(NOW + timedelta(minutes=day)):
            issue(badge, name=f"Person {day}", completed_on=date(2026, 10, 1))
            deliver_due_messages()
    monkeypatch.setattr(Promise, "newest", 2)
    monkeypatch.setattr(Promise.__init__, "__defaults__", (2,))

    with clock.at(NOW + timedelta(hours=1)):
        page = desk.get(reverse("admin:promise"), {"show": "sent-late"})
        file = desk.get(reverse("admin:promise_csv"))

    assert [line.name for line in page.context["lines"]] == ["Person 2", "Person 1"]
    assert "0 of 2 mails left in time, of the newest 2; the CSV has the last 13 weeks." in page.content.decode()
    assert file.content.decode().count("Sent late") == 3


def test_desk_of_others_is_not_found(desk, badge):
    elsewhere = make_issuer()

    answers = [desk.get(reverse(name), {"issuer": elsewhere.pk}) for name in ("admin:promise", "admin:promise_csv")]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_owner_changes_the_promise_and_strangers_read_it(client, issuer, badge):
    owner = make_staff(issuer, role=StaffRole.OWNER)
    client.force_login(owner)
    page = client.get(reverse("admin:issuers_issuer_change", args=[issuer.pk])).content.decode()
    issuer.issue_days = 7
    issuer.save()
    client.logout()

    assert 'name="issue_days"' in page
    assert "within 7 business days" in client.get(f"/issuers/{issuer.slug}/").content.decode()
    assert Message.objects.count() == 0
