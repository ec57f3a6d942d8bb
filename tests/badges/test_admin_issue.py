import re

import pytest
from django.urls import reverse

from badgecert.core import clock
from badges.actions.batches import issue_due_batches
from badges.disclosure import PREVIEW_CODE
from badges.models import Batch, BatchState, Issuance
from issuers.models import StaffRole
from tests.factories import issue, make_published_badge, make_staff


@pytest.fixture
def typed(client, badge, staff):
    """What a manager who is logged in types."""
    client.force_login(staff)
    return {"badge": str(badge.pk), "recipient_name": "Ngọc Ánh Trần", "recipient_email": "anh@example.org"}


def token_of(page) -> str:
    return re.search(r'name="token" value="([^"]+)"', page.content.decode())[1]


def preview(client, typed):
    return client.post(reverse("admin:preview_issue"), typed)


def test_preview_shows_what_will_be_issued_and_issues_nothing(client, typed):
    page = preview(client, {**typed, "issued_on": "2026-11-02", "evidence_url": "https://example.org/thesis"})

    new = page.context["new"]
    assert (new.recipient_name, new.issued_on.isoformat(), new.expires_on) == ("Ngọc Ánh Trần", "2026-11-02", None)
    assert new.evidence == [{"name": "https://example.org/thesis", "url": "https://example.org/thesis"}]
    assert not Issuance.objects.exists()


def test_issue_gives_the_badge_and_leads_to_its_page(client, typed, badge, staff):
    done = client.post(
        reverse("admin:issue_badge"), {"token": token_of(preview(client, {**typed, "narrative": "Ran the ward."}))}
    )

    issuance = Issuance.objects.get()
    said = issuance.current_version
    assert done.url == reverse("admin:badges_issuance_change", args=[issuance.pk])
    assert (issuance.badge, issuance.issued_by, issuance.recipient_email) == (badge, staff, "anh@example.org")
    assert (said.recipient_name, said.narrative, said.issued_on) == ("Ngọc Ánh Trần", "Ran the ward.", clock.today())
    assert issuance.public_url in client.get(done.url).content.decode()


def test_issue_pressed_twice_issues_once_and_lands_on_the_same_page(client, typed):
    token = token_of(preview(client, typed))

    first = client.post(reverse("admin:issue_badge"), {"token": token})
    second = client.post(reverse("admin:issue_badge"), {"token": token})

    assert (second.url, Issuance.objects.count()) == (first.url, 1)


def test_issue_to_somebody_who_holds_it_says_since_when(client, typed, badge):
    issue(badge, to="ANH@example.org")

    page = preview(client, typed)

    [sentence] = page.context["form"].errors["recipient_email"]
    assert re.fullmatch(r"Already holds this badge since \d+ \w+ \d{4}. Correct or renew that one.", sentence)


def test_issue_takes_the_expiry_of_the_badge(client, issuer, typed):
    yearly = make_published_badge(issuer, expiry_rule="period", expiry_months=12)

    page = preview(client, {**typed, "badge": str(yearly.pk), "issued_on": "2026-03-14"})

    assert page.context["new"].expires_on.isoformat() == "2027-03-13"


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"recipient_name": "Ana http://evil.example"}, "recipient_name", "A name cannot hold a web address."),
        (
            {"recipient_name": "Ana \U00013080"},
            "recipient_name",
            "The certificate has no letters for \U00013080. Leave them out.",
        ),
        (
            {"recipient_email": "a b@example.org"},
            "recipient_email",
            "An e-mail address has no spaces. Enter one address only.",
        ),
        ({"issued_on": "31.12.2026x"}, "issued_on", "Enter a valid date."),
        (
            {"issued_on": "2026-03-14", "expires_on": "2026-03-13"},
            "expires_on",
            "It would expire on 13 March 2026, before it is issued on 14 March 2026.",
        ),
        (
            {"evidence_url": "javascript:alert(1)"},
            "evidence_url",
            "Enter a whole web address that starts with https://.",
        ),
        ({"badge": ""}, "badge", "This field is required."),
    ],
)
def test_wrong_field_is_named(client, typed, wrong, field, sentence):
    page = preview(client, {**typed, **wrong})

    assert dict(page.context["form"].errors) == {field: [sentence]}


def test_badge_of_another_organisation_or_a_draft_cannot_be_chosen(client, typed, issuer, staff):
    from tests.factories import make_issuer  # noqa: PLC0415

    other = make_published_badge(make_issuer())

    page = preview(client, {**typed, "badge": str(other.pk)})

    assert list(page.context["form"].errors) == ["badge"]


def test_changed_token_issues_nothing(client, typed):
    page = client.post(reverse("admin:issue_badge"), {"token": token_of(preview(client, typed))[:-1]}, follow=True)

    assert [str(m) for m in page.context["messages"]] == ["This preview is more than a day old. Enter it again."]
    assert not Issuance.objects.exists()


def test_change_leads_back_to_what_was_typed(client, typed):
    token = token_of(preview(client, typed))

    form = client.post(reverse("admin:issue_badge"), {"token": token, "change": "1"}).context["form"]

    assert (form["recipient_name"].value(), form["recipient_email"].value()) == ("Ngọc Ánh Trần", "anh@example.org")


def test_preview_token_of_a_manager_is_of_no_use_to_a_viewer(client, typed, issuer):
    token = token_of(preview(client, typed))
    client.force_login(make_staff(issuer, role=StaffRole.VIEWER))

    assert client.post(reverse("admin:issue_badge"), {"token": token}).status_code == 403
    assert not Issuance.objects.exists()


def test_preview_of_page_and_mail_show_the_person(client, typed):
    token = token_of(preview(client, typed))

    page = client.post(reverse("admin:preview_page"), {"token": token}).content.decode()
    mail = client.post(reverse("admin:preview_mail"), {"token": token})

    assert ("This is a preview" in page, "Ngọc Ánh Trần" in page) == (True, True)
    assert "anh@example.org" in mail.content.decode()
    assert "sandbox" in mail["Content-Security-Policy"]
    assert not Issuance.objects.exists()


@pytest.mark.slow
def test_preview_of_the_certificate_is_a_pdf_that_is_not_kept(client, typed):
    from certificates.models import Document  # noqa: PLC0415

    pdf = client.post(reverse("admin:preview_certificate"), {"token": token_of(preview(client, typed))})

    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert not Document.objects.exists()


def test_preview_code_is_well_formed_and_nobodys(client):
    from badgecert.core import codes  # noqa: PLC0415

    assert codes.normalise(PREVIEW_CODE) == PREVIEW_CODE


def test_delay_of_the_organisation_makes_a_batch_of_one(client, typed, issuer, staff):
    issuer.single_delay_minutes = 5
    issuer.save()
    token = token_of(preview(client, {**typed, "narrative": "Ran the ward."}))

    client.post(reverse("admin:issue_badge"), {"token": token})

    batch = Batch.objects.get()
    assert (batch.state, batch.issuances.count()) == (BatchState.CONFIRMED, 0)
    with clock.at(batch.due_at):
        issue_due_batches()
    assert Issuance.objects.get().current_version.narrative == "Ran the ward."


def test_delay_of_the_organisation_and_two_presses_make_one_batch_that_leaves(client, typed, issuer):
    issuer.single_delay_minutes = 5
    issuer.save()
    token = token_of(preview(client, typed))

    client.post(reverse("admin:issue_badge"), {"token": token})
    client.post(reverse("admin:issue_badge"), {"token": token})

    assert Batch.objects.filter(state=BatchState.CONFIRMED).count() == 1
    assert Batch.objects.count() == 1


@pytest.mark.parametrize(("decision", "field"), [("suspend", "suspended_at"), ("revoke", "revoked_at")])
def test_decision_needs_a_reason_and_takes_effect(client, staff, issuance, decision, field):
    client.force_login(staff)
    address = reverse("admin:decide_issuance", args=[issuance.pk, decision])

    page = client.post(address, {"reason": " "})
    assert list(page.context["form"].errors) == ["reason"]

    client.post(address, {"reason": "Issued to the wrong Ana"})
    issuance.refresh_from_db()
    assert getattr(issuance, field) is not None


def test_decision_against_the_state_says_why_not(client, staff, issuance):
    client.force_login(staff)

    page = client.post(
        reverse("admin:decide_issuance", args=[issuance.pk, "restore"]), {"reason": "Unfounded"}, follow=True
    )

    assert [str(message) for message in page.context["messages"]] == ["This badge is not under review."]
