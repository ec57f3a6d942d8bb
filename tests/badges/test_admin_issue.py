import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from badgecert.accounts.models import User
from badgecert.core import clock, codes
from badges.actions.badges import retire_badge
from badges.actions.leaving import issue_due_batches
from badges.admin_views import staff_state
from badges.disclosure import PREVIEW_CODE
from badges.models import Batch, BatchState, Issuance
from certificates.models import Document
from issuers.models import StaffRole
from tests.factories import issue, make_issuer, make_published_badge, make_staff


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
        ({"issued_on": "31.12.2026x"}, "issued_on", "Write the day like 2025-03-14 or 14 March 2025."),
        (
            {"issued_on": "2026-03-14", "expires_on": "2026-03-13"},
            "expires_on",
            "It would expire on 13 March 2026, before it is issued on 14 March 2026. Correct one of the two.",
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
    pdf = client.post(reverse("admin:preview_certificate"), {"token": token_of(preview(client, typed))})

    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert not Document.objects.exists()


def test_preview_code_is_well_formed_and_nobodys(client):
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

    first = client.post(reverse("admin:issue_badge"), {"token": token})
    second = client.post(reverse("admin:issue_badge"), {"token": token})

    batch = Batch.objects.get()
    assert (first.url, second.url) == (reverse("admin:badges_batch_change", args=[batch.pk]),) * 2
    assert batch.state == BatchState.CONFIRMED


def test_delay_of_the_organisation_and_a_holder_say_since_when(client, typed, badge, issuer):
    issuer.single_delay_minutes = 5
    issuer.save()
    token = token_of(preview(client, typed))
    issue(badge, to="anh@example.org")

    page = client.post(reverse("admin:issue_badge"), {"token": token})

    assert list(page.context["form"].errors) == ["recipient_email"]
    assert not Batch.objects.exists()


@pytest.mark.parametrize("name", ["preview_page", "preview_mail", "preview_certificate"])
def test_preview_with_a_changed_token_leads_back_with_a_sentence(client, typed, name):
    page = client.post(reverse(f"admin:{name}"), {"token": "no token of ours"}, follow=True)

    assert [str(m) for m in page.context["messages"]] == ["This preview is more than a day old. Enter it again."]


def test_preview_of_somebody_who_got_it_meanwhile_says_so(client, typed, badge):
    token = token_of(preview(client, typed))
    issue(badge, to="anh@example.org")

    page = client.post(reverse("admin:preview_page"), {"token": token}, follow=True)

    [sentence] = [str(message) for message in page.context["messages"]]
    assert sentence.startswith("Already holds this badge since")


def test_preview_of_a_certificate_that_the_badge_does_not_have_says_so(client, typed, issuer):
    without = make_published_badge(issuer, content={"certificate_design": ""})
    token = token_of(preview(client, {**typed, "badge": str(without.pk)}))

    page = client.post(reverse("admin:preview_certificate"), {"token": token}, follow=True)

    assert [str(message) for message in page.context["messages"]] == ["This badge comes without a certificate."]


def test_badge_retired_after_the_preview_is_not_issued(client, typed, badge):
    token = token_of(preview(client, typed))
    retire_badge(badge, by=User.objects.get(staff_memberships__issuer=badge.issuer, staff_memberships__role="owner"))

    page = client.post(reverse("admin:issue_badge"), {"token": token})

    assert list(page.context["form"].errors) == ["badge"]
    assert not Issuance.objects.exists()


def test_site_without_sealing_key_refuses_with_a_sentence(client, typed, settings):
    token = token_of(preview(client, typed))
    settings.SEALING_KEYS = []

    page = client.post(reverse("admin:issue_badge"), {"token": token})

    assert page.context["form"].non_field_errors() == [
        "Nothing can be issued: the operator must set SEALING_KEYS first."
    ]


def test_viewer_cannot_open_a_decision(client, issuer, issuance):
    client.force_login(make_staff(issuer, role=StaffRole.VIEWER))

    assert client.get(reverse("admin:decide_issuance", args=[issuance.pk, "revoke"])).status_code == 403


def test_list_and_filter_tell_every_state(client, staff, badge):
    earlier, now = clock.now() - timedelta(days=1), clock.now()
    states = {
        "unclaimed": ("Not claimed yet", {}),
        "claimed": ("Claimed", {"claimed_at": now}),
        "declined": ("Declined", {"declined_at": now}),
        "suspended": ("Under review", {"suspended_at": now}),
        "revoked": ("Revoked", {"revoked_at": earlier, "revocation_reason": "x"}),
        "erased": ("Erased", {"erased_at": now}),
    }
    made = {name: issue(badge, by=staff) for name in states}
    for name, (_word, fields) in states.items():
        Issuance.objects.filter(pk=made[name].pk).update(**fields)
    made["expired"] = issue(badge, by=staff, expires_on=date(2026, 11, 2))
    made["expiring"] = issue(badge, by=staff, expires_on=clock.today() + timedelta(days=5))
    client.force_login(staff)
    address = reverse("admin:badges_issuance_changelist")

    words = {row.pk: staff_state(row)[0] for row in client.get(address).context["cl"].result_list}
    found = {
        name: {row.pk for row in client.get(address, {"state": name}).context["cl"].result_list}
        for name in ("claimed", "declined", "suspended", "revoked", "expired", "expiring")
    }

    assert {name: words[made[name].pk] for name in states} == {name: word for name, (word, _fields) in states.items()}
    assert words[made["expired"].pk] == "Expired"
    assert found == {name: {made[name].pk} for name in found}


@pytest.mark.parametrize(("decision", "field"), [("suspend", "suspended_at"), ("revoke", "revoked_at")])
def test_decision_needs_a_reason_and_takes_effect(client, staff, issuance, decision, field):
    client.force_login(staff)
    address = reverse("admin:decide_issuance", args=[issuance.pk, decision])

    page = client.post(address, {"reason": " "})
    assert page.context["form"].errors == {"usual": ["Write why, in a few words."]}

    client.post(address, {"reason": "Issued to the wrong Ana"})
    issuance.refresh_from_db()
    assert getattr(issuance, field) is not None


def test_decision_against_the_state_says_why_not(client, staff, issuance):
    client.force_login(staff)

    page = client.post(
        reverse("admin:decide_issuance", args=[issuance.pk, "restore"]), {"reason": "Unfounded"}, follow=True
    )

    assert [str(message) for message in page.context["messages"]] == ["This badge is not under review."]
