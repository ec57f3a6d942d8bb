"""One row of each kind of a checked file, as its page, its mail and its certificate will be."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from badgecert.accounts.models import User
from badgecert.core.models import AuditEvent
from badges.actions.batches import confirm_batch
from badges.actions.files import upload_file
from badges.actions.rows import choose_policy
from badges.models import Batch, BatchRow, HolderPolicy, Issuance, IssuanceVersion
from certificates.models import Credential, Document, LogEntry, StatusBit
from notifications.actions.delivery import deliver_due_messages
from notifications.models import Message
from tests.factories import issue, make_issuer, make_published_badge, make_staff

pytestmark = pytest.mark.django_db

TABLES = (Issuance, IssuanceVersion, Credential, StatusBit, LogEntry, Message, AuditEvent, Document, User, BatchRow)
FILE = (
    "name,email,issued_on,expires_on\n"
    "Ana New,ana@example.org,2026-11-01,2029-10-31\n"
    "Bo Known,bo@example.org,2026-11-01,2029-10-31\n"
    "Cy Held,cy@example.org,2026-11-02,2029-10-31\n"
    "Di Held,di@example.org,2026-11-02,2029-10-31\n"
    "Ed New,ed@example.org,2026-11-01,2029-10-31\n"
)


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def batch(badge, issuer, staff, mailoutbox) -> Batch:
    """Row 2 and 6 are strangers, 3 has an account, 4 is replaced and 5 is renewed."""
    issue(make_published_badge(issuer), to="bo@example.org")
    for address in ("cy@example.org", "di@example.org"):
        issue(badge, to=address, name="Old Name", issued_on=date(2025, 11, 1), expires_on=date(2027, 10, 31))
    deliver_due_messages()
    batch = upload_file(badge, content=FILE.encode(), file_name="course.csv", by=staff)
    choose_policy(batch, HolderPolicy.REPLACE, by=staff)
    choose_policy(batch, HolderPolicy.RENEW, rows=[batch.rows.get(line=5)], by=staff)
    return batch


def page_of(desk, batch, **query):
    return desk.get(reverse("admin:badges_batch_change", args=[batch.pk]), query)


def preview(desk, what, batch, line):
    row = batch.rows.get(line=line)
    return desk.post(reverse(f"admin:preview_tried_{what}", args=["file", batch.pk, row.pk]), follow=True)


def text_of(page) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def everything() -> list[list[object]]:
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


def test_page_leads_to_one_of_each_kind(desk, batch):
    page = page_of(desk, batch)

    assert [tuple(kind) for kind in page.context["kinds"]] == [
        ("New person", 2),
        ("Has an account", 3),
        ("Renewed", 5),
        ("Replaced", 4),
    ]
    assert '?row=5#sample"' in page.content.decode()
    assert page_of(desk, batch, row="5").context["sample"].row.recipient_name == "Di Held"


def test_mail_of_each_kind_is_the_one_that_its_person_will_get(desk, batch):
    before = everything()

    stranger, known, replaced, renewed = (text_of(preview(desk, "mail", batch, line)) for line in (2, 3, 4, 5))

    assert "You earned" in stranger or "ana@example.org" in stranger
    assert "bo@example.org" in known or "Bo Known" in known
    assert "Old Name" in replaced
    assert "31 October 2029" in renewed
    assert len({stranger, known, replaced, renewed}) == 4
    assert everything() == before


@pytest.mark.parametrize(("line", "name"), [(2, "Ana New"), (3, "Bo Known"), (4, "Cy Held"), (5, "Old Name")])
def test_page_of_each_kind_says_what_it_will_say_and_nothing_of_it_stays(desk, batch, line, name):
    before = everything()

    page = text_of(preview(desk, "page", batch, line))

    assert name in page
    assert "31 October 2029" in page
    assert "Nothing has happened. The page says this once you send it off." in page
    assert everything() == before


def test_row_that_would_make_nothing_says_why(desk, batch, staff):
    Issuance.objects.filter(recipient_email="di@example.org").update(suspended_at=None)
    batch.issuer.corrections_need_approval = True
    batch.issuer.save()

    page = preview(desk, "page", batch, 4)

    assert "Your organisation asks that a second person agrees to this." in text_of(page)
    assert page.redirect_chain[-1][0] == reverse("admin:badges_batch_change", args=[batch.pk])


@pytest.mark.parametrize("what", ["page", "mail", "certificate"])
def test_rows_of_others_and_those_that_are_confirmed_cannot_be_looked_at(client, desk, batch, staff, issuer, what):
    row = batch.rows.get(line=2)
    address = reverse(f"admin:preview_tried_{what}", args=["file", batch.pk, row.pk])
    answers = []
    for person in (make_staff(make_issuer()), make_staff(issuer, role="viewer")):
        client.force_login(person)
        answers.append(client.post(address).status_code)
    client.force_login(staff)
    answers.append(client.post(address.replace("/file/", "/folder/")).status_code)
    confirm_batch(batch, by=staff)

    answers.append(client.post(address).status_code)

    assert answers == [404, 403, 404, 404]
