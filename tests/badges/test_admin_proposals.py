"""Changing many badges at the desk: chosen in the list, by a file, of one person; and the second person's page."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from badges.actions.issuances import revoke_issuance
from badges.actions.proposals import draft_decision, submit_proposal
from badges.change_words import differences
from badges.models import ChangeKind, Issuance, Proposal, ProposalState
from issuers.models import Issuer
from tests.factories import issue, make_issuer, make_published_badge, make_staff

pytestmark = pytest.mark.django_db

LIST = "/admin/badges/issuance/"


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def held(badge):
    return [issue(badge, to=f"p{n}@example.org", name=f"Person {n}") for n in range(3)]


def page_of(proposal):
    return reverse("admin:badges_proposal_change", args=[proposal.pk])


def upload(desk, text):
    file = io.BytesIO(text.encode())
    file.name = "names.csv"
    issuer = Issuer.objects.get()
    return desk.post(reverse("admin:correct_file"), {"issuer": issuer.pk, "file": file}, follow=True)


def test_chosen_badges_are_revoked_by_a_button_that_says_how_many(desk, held):
    revoke_issuance(held[2], reason="issued in error", by=desk_user(desk))
    chosen = {"action": "revoke", "index": 0, "_selected_action": [one.pk for one in held]}

    preview = desk.post(LIST, chosen, follow=True)
    proposal = Proposal.objects.get()
    before = Issuance.objects.filter(revoked_at=None).count()
    done = desk.post(
        reverse("admin:submit_proposal", args=[proposal.pk]), {"usual": "Earned by misconduct"}, follow=True
    )

    text = preview.content.decode()
    assert "Revoke 2 badges" in text
    assert "This badge was revoked on" in text
    assert before == 2
    assert "2 badges were changed" in done.content.decode()
    assert Issuance.objects.filter(revocation_reason="Earned by misconduct").count() == 2


def desk_user(desk):
    return desk.get("/admin/").wsgi_request.user


def test_all_that_the_list_shows_is_chosen_without_a_script(desk, held, badge):
    issue(make_published_badge(badge.issuer))

    desk.post(f"{LIST}?badge={badge.pk}", {"action": "suspend", "index": 0, "select_across": "1"})

    assert Proposal.objects.get().changes.count() == 3


def test_sending_without_a_reason_asks_for_one_and_changes_nothing(desk, held, staff):
    proposal = draft_decision(ChangeKind.SUSPEND, Issuance.objects.all(), by=staff)

    page = desk.post(reverse("admin:submit_proposal", args=[proposal.pk]), {"usual": ""})

    assert page.context["form"].errors == {"usual": ["Write why, in a few words."]}
    assert Proposal.objects.get().state == ProposalState.DRAFT


def test_a_file_finds_badges_by_code_or_by_whose_they_are(desk, held, badge):
    name = badge.current_version.name
    page = upload(
        desk,
        "code,email,badge,name,issued_on,expires_on\n"
        f"{held[0].code.lower()},,,Ana Ito,,\n"
        f",P1@example.org,{name},,2026-10-30,2028-03-13\n",
    )

    rows = [[tuple(difference) for difference in differences(row)] for row, _shown in page.context["rows"]]
    assert rows == [
        [("Name", "Person 0", "Ana Ito")],
        [("Issued on", "1 November 2026", "30 October 2026"), ("Valid until", "No end", "13 March 2028")],
    ]

    desk.post(reverse("admin:submit_proposal", args=[Proposal.objects.get().pk]), {
        "public_reason": "spelling", "reason": "the list was wrong",
    })  # fmt: skip
    says = [Issuance.objects.get(pk=one.pk).current_version for one in held]
    assert [(v.number, v.recipient_name, v.issued_on, v.public_reason) for v in says] == [
        (2, "Ana Ito", date(2026, 11, 1), "misspelling"),
        (2, "Person 1", date(2026, 10, 30), "misspelling"),
        (1, "Person 2", date(2026, 11, 1), ""),
    ]


def test_lines_that_cannot_be_used_say_why_and_go_back_as_they_came(desk, held, badge):
    foreign = issue(make_published_badge(make_issuer()))
    Issuer.objects.exclude(pk=badge.issuer_id).update(name="Z")
    file = io.BytesIO(
        (
            "code,email,badge,name,expires_on\n"
            f"{foreign.code},,,Ana Ito,\n"
            "ABC,,,Ana Ito,\n"
            ",p0@example.org,,Ana Ito,\n"
            ",p0@example.org,Cooking,Ana Ito,\n"
            f"{held[1].code},,,Person 1,\n"
            f"{held[2].code},,,AmÃ©lie,\n"
            f"{held[0].code},,,,31/12/27\n"
            f"{held[0].code},,,=Ana,\n"
            f"{held[0].code},,,Bo,\n"
        ).encode()
    )
    file.name = "names.csv"

    desk.post(reverse("admin:correct_file"), {"issuer": badge.issuer_id, "file": file})
    proposal = Proposal.objects.get()
    left_out = b"".join(desk.get(reverse("admin:held_changes", args=[proposal.pk])).streaming_content)

    rows = {row["reason"].split(":")[0][:32] for row in csv.DictReader(io.StringIO(left_out.decode("utf-8-sig")))}
    assert rows == {
        "You issued no badge with the cod",
        "“ABC” is not a code",
        "Say which badge of p0@example.or",
        "p0@example.org has no badge “Coo",
        "Nothing differs from what the ba",
        "The letters look broken",
        "expires_on",
        "The same badge as row 9. Leave o",
    }
    assert [row.line for row in proposal.changes.ready()] == [9]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "This file is empty."),
        ("name,email\nAna,a@example.org\n", "must name a column “code”"),
        ("code,colour\n7KQ4,red\n", "No column says what to correct."),
        ("code,Code,name\n7KQ4,,Ana\n", "Two columns are called"),
        ("code,name\n", "no rows below it"),
    ],
)
def test_a_file_of_which_nothing_can_be_used_is_refused(desk, issuer, text, sentence):
    page = upload(desk, text)

    assert sentence in page.content.decode()
    assert Proposal.objects.count() == 0


def test_the_name_on_all_badges_of_one_person_and_one_date(desk, badge, staff):
    other = make_published_badge(badge.issuer)
    first, second = issue(badge, to="ana@example.org"), issue(other, to="ana@example.org")
    address = reverse("admin:correct_person", args=[badge.issuer_id, first.earner_id])
    typed = {
        "recipient_name": "Amara Okafor",
        **{f"issued_on_{one.pk}": "2026-11-01" for one in (first, second)},
        f"expires_on_{first.pk}": "2027-01-31",
        f"expires_on_{second.pk}": "",
    }

    nothing = desk.post(address, {**typed, "recipient_name": "", f"expires_on_{first.pk}": ""})
    desk.post(address, typed)

    assert nothing.context["form"].non_field_errors() == ["Nothing differs from what these badges say now."]
    stated = {row.issuance_id: row.says_anew for row in Proposal.objects.get().changes.all()}
    assert stated == {
        first.pk: {"recipient_name": "Amara Okafor", "expires_on": date(2027, 1, 31)},
        second.pk: {"recipient_name": "Amara Okafor"},
    }


def test_a_second_person_sees_it_on_the_start_page_and_agrees(client, held, staff, issuer):
    Issuer.objects.filter(pk=issuer.pk).update(bulk_changes_need_approval=True)
    proposal = draft_decision(ChangeKind.REVOKE, Issuance.objects.all(), by=staff)
    submit_proposal(proposal, by=staff, reason="Issued in error")
    second = make_staff(issuer)
    client.force_login(staff)
    own = client.get(page_of(proposal)).content.decode()

    client.force_login(second)
    start = client.get("/admin/").content.decode()
    page = client.get(page_of(proposal)).content.decode()
    client.post(reverse("admin:approve_proposal", args=[proposal.pk]))

    assert "Take it back" in own
    assert "Revoke 3 badges" not in own
    assert "Changes wait for you to agree" in start
    assert "Revoke 3 badges" in page
    assert Issuance.objects.filter(revoked_at=None).count() == 0


def test_one_correction_waits_where_the_organisation_asks_for_it(desk, issuance, issuer):
    Issuer.objects.filter(pk=issuer.pk).update(corrections_need_approval=True)
    now = issuance.current_version
    typed = {
        "seen_version": 1,
        "recipient_name": "Ana Ito",
        "issued_on": now.issued_on.isoformat(),
        "public_reason": "spelling",
        "reason": "ticket 7",
    }

    page = desk.post(reverse("admin:correct_issuance", args=[issuance.pk]), typed, follow=True)

    assert "Waits for a second person" in page.content.decode()
    assert Proposal.objects.get().state == ProposalState.WAITING
    assert issuance.versions.count() == 1


def test_preview_costs_the_same_for_3_and_30_rows(desk, badge, staff, held):
    few = draft_decision(ChangeKind.SUSPEND, Issuance.objects.all(), by=staff)
    for n in range(27):
        issue(badge, to=f"q{n}@example.org")
    many = draft_decision(ChangeKind.SUSPEND, Issuance.objects.all(), by=staff)

    counts = []
    for proposal in (few, many):
        with CaptureQueriesContext(connection) as queries:
            desk.get(page_of(proposal))
        counts.append(len(queries))

    assert counts[0] == counts[1]
