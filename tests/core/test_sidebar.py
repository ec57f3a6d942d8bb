import re

import pytest
from django.urls import reverse

from badgecert.core import growing_lists
from badgecert.sidebar import how_many_wait
from badges.actions.batches import draft_batch
from badges.actions.proposals import propose_changes
from badges.models import ChangeKind, Proposal
from earners.actions.requests import Wish, open_request
from earners.models import RequestKind
from issuers.models import Issuer
from notifications.models import Message, MessageState
from tests.factories import make_issuer, make_published_badge, make_staff


def marked(html):
    return re.findall(r'<a href="[^"]*" aria-current="(page|true)">([^<]*)</a>', html)


@pytest.mark.parametrize(
    ("url_name", "expected"),
    [
        ("admin:index", ("page", "Dashboard")),
        ("admin:issue_badge", ("page", "Issue a badge")),
        # Its address lies behind that of "Issue a badge".
        ("admin:issue_file", ("page", "Issue from a file")),
        ("admin:badges_batch_changelist", ("page", "Batches")),
    ],
)
def test_sidebar_marks_this_page(client, staff, url_name, expected):
    client.force_login(staff)

    html = client.get(reverse(url_name)).content.decode()

    assert marked(html) == [expected]


def test_sidebar_marks_the_list_that_a_page_lies_behind(client, staff, issuance):
    client.force_login(staff)

    html = client.get(reverse("admin:badges_issuance_change", args=[issuance.pk])).content.decode()

    assert marked(html) == [("true", "Issuances")]


def counts(html):
    found = re.findall(
        r'<a href="[^"]*"[^>]*>([^<]*)<span class="count">([^<]*)<span class="visually-hidden"> waiting', html
    )
    return dict(found)


def test_sidebar_says_how_many_wait_behind_each_list(client, staff, issuer, badge, issuance, monkeypatch):
    open_request(issuance, Wish(kind=RequestKind.OTHER, text="Where is my paper copy?"), by=issuance.earner)
    Message.objects.filter(issuance=issuance, kind="issuance").update(state=MessageState.FAILED)
    for number in range(2):
        draft_batch(badge, rows=[], file_name="a.csv", file_sha256=str(number) * 64, by=staff)
    elsewhere = make_published_badge(make_issuer())
    draft_batch(elsewhere, rows=[], file_name="b.csv", file_sha256="3" * 64, by=make_staff(elsewhere.issuer))
    client.force_login(staff)

    html = client.get(reverse("admin:badges_badge_changelist")).content.decode()
    monkeypatch.setattr(growing_lists, "SOME", 1)
    many = client.get(reverse("admin:badges_badge_changelist")).content.decode()

    assert counts(html) == {"Requests": "1", "Mail": "1", "Batches": "2"}
    assert counts(many) == {"Requests": "1", "Mail": "1", "Batches": "1+"}


def test_sidebar_counts_in_one_statement(staff, issuance, django_assert_num_queries):
    with django_assert_num_queries(2):
        how_many_wait(staff)


def test_change_that_waits_is_counted_for_the_second_person_only(client, staff, issuer, issuance):
    Issuer.objects.update(corrections_need_approval=True)
    propose_changes(ChangeKind.CORRECT, [(issuance, {"recipient_name": "Ana Ito"})], by=staff, reason="slip")
    second = make_staff(issuer)

    assert [how_many_wait(person)[Proposal] for person in (staff, second)] == [0, 1]
