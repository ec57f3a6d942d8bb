"""One of the badges that are about to be changed, as its page, its mail and its certificate would be."""

import io
import re
from html import unescape

import pypdf
import pytest
from django.urls import reverse

from badgecert.core.models import AuditEvent
from badges.actions.issuances import set_visibility
from badges.actions.proposals import draft_decision, propose_changes, submit_proposal
from badges.models import ChangeKind, Issuance, IssuanceVersion, Proposal, Visibility
from certificates.models import Credential, Document, LogEntry, StatusBit
from issuers.models import Issuer
from notifications.actions.delivery import deliver_due_messages
from notifications.models import Message
from tests.factories import issue, make_issuer, make_published_badge, make_staff

pytestmark = pytest.mark.django_db

TABLES = (Issuance, IssuanceVersion, Credential, StatusBit, LogEntry, Message, AuditEvent, Document)


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def held(badge, mailoutbox):
    issued = [issue(badge, to=f"p{n}@example.org", name=f"Person {n}") for n in range(3)]
    deliver_due_messages()
    return issued


def drafted(kind, staff) -> Proposal:
    return draft_decision(kind, Issuance.objects.all(), by=staff)


def page_of(desk, proposal, **query):
    return desk.get(reverse("admin:badges_proposal_change", args=[proposal.pk]), query)


def preview(desk, what, proposal, *, line=1, **typed):
    change = proposal.changes.get(line=line)
    return desk.post(
        reverse(f"admin:preview_tried_{what}", args=["change", proposal.pk, change.pk]), typed, follow=True
    )


def text_of(page) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def everything() -> list[list[object]]:
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


def test_page_and_mail_say_the_reason_that_is_typed_and_nothing_of_it_stays(desk, held, staff):
    proposal = drafted(ChangeKind.REVOKE, staff)
    before = everything()

    page = preview(desk, "page", proposal, usual="own", reason="Earned in somebody's place")
    mail = preview(desk, "mail", proposal, usual="own", reason="Earned in somebody's place")

    assert "Earned in somebody's place" in text_of(page)
    assert "Nothing has happened. The page says this once you send it off." in text_of(page)
    assert "Person 0" not in text_of(page)
    assert "Earned in somebody's place" in text_of(mail)
    assert "sandbox" in mail["Content-Security-Policy"]
    assert everything() == before


def test_corrected_badge_is_shown_with_its_new_name_and_history(desk, held, badge, staff):
    Issuer.objects.update(bulk_changes_need_approval=True)
    changes = [(one, {"recipient_name": f"Ana {one.pk}"}) for one in held]
    proposal = propose_changes(ChangeKind.CORRECT, changes, by=staff, reason="list", public_reason="misspelling")
    desk.force_login(make_staff(badge.issuer))
    before = everything()

    shown = text_of(page_of(desk, proposal))
    page, mail = text_of(preview(desk, "page", proposal)), text_of(preview(desk, "mail", proposal))

    assert "Look at one of them first" in shown
    assert f"Ana {held[0].pk}" in page
    assert "misspelling" in page
    assert f"Ana {held[0].pk}" in mail
    assert "Person 0" in mail
    assert everything() == before


@pytest.mark.slow
def test_certificate_of_a_proposed_correction_is_a_pdf_that_is_not_kept(desk, held, badge, staff):
    Issuer.objects.update(bulk_changes_need_approval=True)
    changes = [(one, {"recipient_name": "Ana Ito"}) for one in held]
    proposal = propose_changes(ChangeKind.CORRECT, changes, by=staff, reason="list")
    desk.force_login(make_staff(badge.issuer))
    before = everything()

    certificate = preview(desk, "certificate", proposal)

    assert (certificate["Content-Type"], certificate.content[:5]) == ("application/pdf", b"%PDF-")
    # It was signed for a moment, and must not leave.
    assert not list(pypdf.PdfReader(io.BytesIO(certificate.content)).attachments)
    assert everything() == before


def test_another_one_is_shown_and_those_left_out_are_not(desk, held, staff):
    proposal = drafted(ChangeKind.SUSPEND, staff)
    proposal.changes.filter(line=2).update(problem="Somebody changed this badge meanwhile.")

    first, last = page_of(desk, proposal), page_of(desk, proposal, row="2")

    assert (first.context["sample"].row.line, first.context["sample"].later) == (1, 3)
    assert (last.context["sample"].row.line, last.context["sample"].earlier) == (3, 1)
    assert '?row=3#sample"' in first.content.decode()
    assert page_of(desk, proposal, row="nonsense").context["sample"].row.line == 1


def test_private_badge_is_shown_as_its_earner_sees_it(desk, held, staff):
    set_visibility(held[0], visibility=Visibility.PRIVATE, by=held[0].earner)
    proposal = drafted(ChangeKind.SUSPEND, staff)

    page = preview(desk, "page", proposal, usual="Evidence is being checked again")

    assert "Person 0" in text_of(page)


def test_nobody_is_told_who_has_not_heard_of_the_badge_yet(desk, badge, staff):
    issue(badge, to="new@example.org")
    proposal = drafted(ChangeKind.SUSPEND, staff)

    mail = preview(desk, "mail", proposal, usual="Evidence is being checked again")

    assert "This person would get no mail. The mail about the badge itself has not left." in text_of(mail)


@pytest.mark.parametrize("what", ["page", "mail", "certificate"])
def test_what_was_changed_meanwhile_is_said(desk, held, staff, what):
    proposal, other = drafted(ChangeKind.RESTORE, staff), drafted(ChangeKind.SUSPEND, staff)
    proposal.changes.update(problem="")
    submit_proposal(other, by=staff, reason="A complaint")
    Issuance.objects.update(suspended_at=None)

    page = preview(desk, what, proposal)

    assert "This badge is not under review." in text_of(page)


@pytest.mark.parametrize("what", ["page", "mail", "certificate"])
def test_changes_of_others_and_those_that_are_made_cannot_be_looked_at(desk, held, staff, what):
    other = make_issuer()
    foreign = issue(make_published_badge(other))
    theirs = draft_decision(ChangeKind.SUSPEND, Issuance.objects.filter(pk=foreign.pk), by=foreign.issued_by)
    made = draft_decision(ChangeKind.SUSPEND, Issuance.objects.filter(issuer=held[0].issuer), by=staff)
    submit_proposal(made, by=staff, reason="A complaint")

    assert preview(desk, what, theirs).status_code == 404
    assert preview(desk, what, made).status_code == 404


def test_who_proposed_it_looks_at_one_of_them_while_it_waits(desk, held, badge, staff):
    Issuer.objects.update(bulk_changes_need_approval=True)
    changes = [(one, {"recipient_name": f"Ana {one.pk}"}) for one in held]
    proposal = propose_changes(ChangeKind.CORRECT, changes, by=staff, reason="list", public_reason="misspelling")

    shown, page = text_of(page_of(desk, proposal)), text_of(preview(desk, "page", proposal))

    assert "Look at one of them first" in shown
    assert "Take it back" in shown
    assert f"Ana {held[0].pk}" in page
