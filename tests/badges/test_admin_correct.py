"""Correct, renew and reinstate one badge at the desk: what it says now beside what it will say."""

import io
from datetime import date
from urllib.parse import urlsplit

import pypdf
import pytest
from django.urls import reverse

from badgecert.core.models import AuditEvent
from badges.actions.issuances import correct_issuance, revoke_issuance
from badges.correcting import difference_between
from badges.disclosure import State, can_see
from badges.models import ExpiryRule, VersionKind
from issuers.models import StaffRole
from notifications.actions.delivery import deliver_due_messages
from tests.factories import issue, make_issuer, make_published_badge, make_staff


@pytest.fixture
def badge(issuer):
    return make_published_badge(issuer, expiry_rule=ExpiryRule.PERIOD, expiry_months=24)


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def address(what, issuance):
    return reverse(f"admin:{what}_issuance", args=[issuance.pk])


def typed(issuance, **changed):
    """The form as it stands when it is opened, with what somebody changed."""
    now_says = issuance.current_version
    return {
        "seen_version": now_says.number,
        "recipient_name": now_says.recipient_name,
        "issued_on": now_says.issued_on.isoformat(),
        "expires_on": now_says.expires_on.isoformat(),
        "narrative": now_says.narrative,
        "evidence": "",
        "public_reason": "none",
        "reason": "ticket 7",
        **changed,
    }


def sentences(page):
    return [sentence for errors in page.context["form"].errors.values() for sentence in errors]


def test_correct_shows_what_it_says_now_beside_what_it_will_say(desk, issuance):
    rows = list(desk.get(address("correct", issuance)).context["form"].compared())

    assert [(row.field.name, row.now, row.is_changed) for row in rows] == [
        ("recipient_name", "Amara Okafor-Lindqvist", False),
        ("issued_on", "1 November 2026", False),
        ("expires_on", "31 October 2028", False),
        ("narrative", "", False),
        ("evidence", "", False),
    ]


def test_correct_makes_a_new_version_under_the_same_code(desk, staff, issuance):
    form = typed(
        issuance,
        recipient_name="Amara Okafor",
        expires_on="2029-01-31",
        evidence="https://thesis.example/7 Her thesis\n",
        public_reason="name",
        hides_earlier_name="on",
    )

    page = desk.post(address("correct", issuance), form, follow=True)

    code = issuance.code
    issuance.refresh_from_db()
    new = issuance.current_version
    assert issuance.code == code
    assert (new.number, new.kind, new.recipient_name) == (2, VersionKind.CORRECTED, "Amara Okafor")
    assert (new.expires_on, new.issued_on) == (date(2029, 1, 31), date(2026, 11, 1))
    assert new.evidence == [{"name": "Her thesis", "url": "https://thesis.example/7"}]
    assert (new.public_reason, new.hides_earlier_name, new.made_by) == ("change of name", True, staff)
    assert new.changed_fields == ["recipient_name", "expires_on", "evidence"]
    assert AuditEvent.objects.get(verb="badge corrected").reason == "ticket 7"
    assert can_see(code, version=1).state == State.SUPERSEDED
    assert "Corrected. The link and the code are the same." in page.content.decode()


def test_correct_keeps_the_title_of_evidence_that_nobody_touched(desk, badge, earner):
    evidence = [
        {"name": "Thesis", "url": "https://thesis.example/1"},
        {"name": "https://a.example", "url": "https://a.example"},
    ]
    issuance = issue(badge, to=earner, evidence=evidence)
    shown = desk.get(address("correct", issuance)).context["form"]["evidence"].value()

    desk.post(address("correct", issuance), typed(issuance, recipient_name="Ana", evidence=shown))

    issuance.refresh_from_db()
    assert issuance.current_version.evidence == evidence
    assert issuance.current_version.changed_fields == ["recipient_name"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({}, "Nothing differs from what the badge says now."),
        ({"recipient_name": " "}, "This field is required."),
        ({"recipient_name": "Ana www.example.org"}, "A name cannot hold a web address."),
        (
            {"recipient_name": "AmÃ©lie"},
            "The letters look broken: the file was read in another encoding. Save it as “CSV UTF-8”.",
        ),
        (
            {"expires_on": "2026-10-31"},
            "It would expire on 31 October 2026, before it is issued on 1 November 2026. Correct one of the two.",
        ),
        ({"issued_on": "01/02/2026"}, "Enter a valid date."),
        ({"recipient_name": "Ana", "reason": ""}, "Write why, in a few words."),
        ({"recipient_name": "Ana", "public_reason": "own"}, "Write what the public history is to say."),
        ({"evidence": "thesis.example"}, "Enter a whole web address that starts with https://."),
        ({"evidence": "https://a.example\n\n" * 11}, "Give at most 10 web addresses."),
        (
            {"recipient_name": "Ana", "seen_version": "7"},
            "Somebody changed this badge meanwhile. Check what it says now and enter the change again.",
        ),
    ],
)
def test_correct_refuses_with_a_sentence(desk, issuance, changed, sentence):
    page = desk.post(address("correct", issuance), typed(issuance, **changed))

    assert sentences(page) == [sentence]
    assert issuance.versions.count() == 1


def test_correct_takes_a_reason_in_ones_own_words(desk, issuance):
    desk.post(
        address("correct", issuance),
        typed(issuance, recipient_name="Ana", public_reason="own", public_words="wrong person"),
    )

    issuance.refresh_from_db()
    assert issuance.current_version.public_reason == "wrong person"


def test_correct_takes_the_name_to_their_other_badges_with_it(desk, issuer, earner, issuance):
    same = issue(make_published_badge(issuer), to=earner)
    left = issue(make_published_badge(issuer), to=earner)
    other_name = issue(make_published_badge(issuer), to=earner, name="A. Okafor")
    elsewhere = issue(make_published_badge(make_issuer()), to=earner)
    offered = desk.get(address("correct", issuance)).context["form"]["also"]

    page = desk.post(
        address("correct", issuance),
        typed(issuance, recipient_name="Amara Okafor", expires_on="2029-01-31", also=[str(same.pk)]),
        follow=True,
    )

    assert {choice.data["value"].instance for choice in offered} == {same, left}
    assert not any(choice.data["selected"] for choice in offered)
    names = {}
    for held in (issuance, same, left, other_name, elsewhere):
        held.refresh_from_db()
        names[held.pk] = (held.current_version.number, held.current_version.recipient_name)
    assert names == {
        issuance.pk: (2, "Amara Okafor"),
        same.pk: (2, "Amara Okafor"),
        left.pk: (1, "Amara Okafor-Lindqvist"),
        other_name.pk: (1, "A. Okafor"),
        elsewhere.pk: (1, "Amara Okafor-Lindqvist"),
    }
    assert same.current_version.changed_fields == ["recipient_name"]
    assert "Corrected on 2 badges." in page.content.decode()


def test_correct_of_a_date_leaves_their_other_badges_alone(desk, issuer, earner, issuance):
    other = issue(make_published_badge(issuer), to=earner)

    desk.post(address("correct", issuance), typed(issuance, issued_on="2026-10-30", also=[str(other.pk)]))

    assert (issuance.versions.count(), other.versions.count()) == (2, 1)


def test_correct_takes_no_badge_of_somebody_else_with_it(desk, issuer, issuance):
    other = issue(make_published_badge(issuer))

    page = desk.post(address("correct", issuance), typed(issuance, recipient_name="Eve", also=[str(other.pk)]))

    assert other.versions.count() == 1
    assert page.status_code == 302


def test_correct_keeps_an_earlier_name_hidden(desk, staff, issuance):
    correct_issuance(issuance, by=staff, reason="wedding", recipient_name="Ana Okafor", hides_earlier_name=True)
    issuance.refresh_from_db()

    desk.post(address("correct", issuance), typed(issuance, issued_on="2026-10-30"))

    issuance.refresh_from_db()
    assert (issuance.current_version.number, issuance.current_version.hides_earlier_name) == (3, True)


def test_correct_of_a_revoked_badge_says_what_comes_first(desk, staff, issuance):
    revoke_issuance(issuance, reason="issued in error", by=staff)

    page = desk.post(address("correct", issuance), typed(issuance, recipient_name="Ana"))

    [sentence] = sentences(page)
    assert sentence.endswith("issued in error. Reinstate it first.")


def test_correct_by_whoever_was_overtaken_changes_nothing(desk, staff, issuance):
    form = typed(issuance, issued_on="2026-10-30")
    correct_issuance(issuance, by=staff, reason="first", recipient_name="Ana Okafor")

    desk.post(address("correct", issuance), form)

    assert issuance.versions.count() == 2


def test_renew_starts_one_period_further(desk, issuance):
    form = desk.get(address("renew", issuance)).context["form"]

    assert form["expires_on"].value() == date(2030, 10, 31)


@pytest.mark.parametrize(
    ("live", "until"),
    [
        ({"expiry_rule": ExpiryRule.FIXED, "expiry_on": date(2028, 6, 30)}, date(2028, 6, 30)),
        ({"expiry_rule": ExpiryRule.FIXED, "expiry_on": date(2026, 12, 31)}, date(2027, 12, 31)),
        ({}, date(2027, 12, 31)),
    ],
)
def test_renew_starts_at_the_badges_next_day_or_a_year_further(desk, issuer, earner, live, until):
    issuance = issue(make_published_badge(issuer, **live), to=earner, expires_on=date(2026, 12, 31))

    assert desk.get(address("renew", issuance)).context["form"]["expires_on"].value() == until


def test_renew_of_a_badge_without_end_has_nothing_to_renew(desk, issuer, earner):
    issuance = issue(make_published_badge(issuer), to=earner)

    opened = desk.get(address("renew", issuance))
    page = desk.post(address("renew", issuance), {"seen_version": 1, "expires_on": "2030-10-31"})

    assert opened.context["form"]["expires_on"].value() is None
    assert sentences(page) == ["This badge never expires, so there is nothing to renew."]


def test_renew_of_a_revoked_badge_says_what_comes_first(desk, staff, issuance):
    revoke_issuance(issuance, reason="issued in error", by=staff)

    page = desk.post(address("renew", issuance), {"seen_version": 1, "expires_on": "2030-10-31"})

    assert sentences(page)[0].endswith("Reinstate it first.")


def test_renew_extends_under_the_same_code(desk, issuance):
    desk.post(address("renew", issuance), {"seen_version": 1, "expires_on": "2030-10-31", "reason": ""})

    issuance.refresh_from_db()
    assert issuance.current_version.kind == VersionKind.RENEWED
    assert issuance.current_version.expires_on == date(2030, 10, 31)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2028-10-31", "Choose a day after 31 October 2028."),
        ("2199-01-01", "Valid until 1 January 2199 is more than 100 years. Leave the date empty if it never expires."),
    ],
)
def test_renew_refuses_with_a_sentence(desk, issuance, day, sentence):
    page = desk.post(address("renew", issuance), {"seen_version": 1, "expires_on": day})

    assert sentences(page) == [sentence]
    assert issuance.versions.count() == 1


def test_reinstate_makes_a_revoked_badge_count_again(desk, staff, issuance):
    revoke_issuance(issuance, reason="issued in error", by=staff)
    decide = reverse("admin:decide_issuance", args=[issuance.pk, "reinstate"])
    offered = [
        name
        for name, _decision in desk.get(reverse("admin:badges_issuance_change", args=[issuance.pk])).context[
            "decisions"
        ]
    ]

    desk.post(decide, {"reason": "it was right after all"})

    issuance.refresh_from_db()
    assert offered == ["reinstate"]
    assert (issuance.revoked_at, issuance.current_version.kind) == (None, VersionKind.REINSTATED)


@pytest.mark.parametrize("what", ["correct", "renew"])
@pytest.mark.parametrize(
    ("role", "status"), [(StaffRole.OWNER, 200), (StaffRole.DESIGNER, 403), (StaffRole.VIEWER, 403)]
)
def test_correcting_is_for_those_who_may_issue(client, issuer, issuance, what, role, status):
    client.force_login(make_staff(issuer, role=role))

    assert client.get(address(what, issuance)).status_code == status


@pytest.mark.parametrize("what", ["correct", "renew"])
def test_correcting_other_organisations_badges_is_not_found(client, issuance, what):
    client.force_login(make_staff(make_issuer(), role=StaffRole.OWNER))

    answers = [client.get(address(what, issuance)), client.post(address(what, issuance), typed(issuance))]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert issuance.versions.count() == 1


def test_issuance_page_leads_to_correct_and_renew(desk, issuance):
    page = desk.get(reverse("admin:badges_issuance_change", args=[issuance.pk])).content.decode()

    assert urlsplit(address("correct", issuance)).path in page
    assert urlsplit(address("renew", issuance)).path in page


# --- previews ------------------------------------------------------------------------------------


def preview(client, part, issuance, **changed):
    return client.post(reverse(f"admin:preview_corrected_{part}", args=[issuance.pk]), typed(issuance, **changed))


def test_page_and_mail_of_a_correction_are_seen_before_it_is_made(desk, issuance, mailoutbox):
    deliver_due_messages()

    page = preview(desk, "page", issuance, recipient_name="Amara Reyes", public_reason="name", reason="")
    mail = preview(desk, "mail", issuance, recipient_name="Amara Reyes", public_reason="name", reason="")

    text = page.content.decode()
    assert "Nothing was corrected." in text
    assert "Amara Reyes" in text
    assert "change of name" in text
    assert "Amara Okafor-Lindqvist" in mail.content.decode()
    assert "Amara Reyes" in mail.content.decode()
    assert "sandbox" in mail["Content-Security-Policy"]
    issuance.refresh_from_db()
    assert (issuance.current_version.number, issuance.versions.count()) == (1, 1)
    assert not AuditEvent.objects.filter(verb="badge corrected").exists()


def test_preview_says_that_the_mail_would_not_leave(desk, issuance):
    mail = preview(desk, "mail", issuance, recipient_name="Amara Reyes")

    assert "The mail about the badge itself has not left." in mail.content.decode()


@pytest.mark.slow
def test_certificate_of_a_correction_bears_the_new_name_and_no_credential(desk, issuance):
    certificate = preview(desk, "certificate", issuance, recipient_name="Amara Reyes")

    reader = pypdf.PdfReader(io.BytesIO(certificate.content))
    assert "Amara Reyes" in reader.pages[0].extract_text()
    assert not list(reader.attachments)
    assert issuance.versions.count() == 1


@pytest.mark.parametrize("part", ["page", "mail", "certificate"])
def test_preview_of_what_cannot_be_said_tells_why(desk, issuance, part):
    answer = preview(desk, part, issuance, issued_on="2026-11-01", expires_on="2025-01-01")

    assert "No preview yet" in answer.content.decode()


@pytest.mark.parametrize("part", ["page", "mail", "certificate"])
def test_previews_are_for_those_who_may_correct(client, issuance, part):
    client.force_login(make_staff(issuance.issuer, role=StaffRole.VIEWER))
    of_viewer = preview(client, part, issuance, recipient_name="Amara Reyes")
    client.force_login(make_staff(make_issuer()))
    of_another = preview(client, part, issuance, recipient_name="Amara Reyes")

    assert (of_viewer.status_code, of_another.status_code) == (403, 404)


@pytest.mark.parametrize(
    ("now", "after", "said"),
    [
        ("Ana Okafor", "Ana Okafor-Lindqvist", "+ “-Lindqvist”"),
        ("Ana Okafor-Lindqvist", "Ana Okafor", "− “-Lindqvist”"),
        ("Bo Lii", "Bo Li", "− “i”"),
        ("Ana Ito", "Ana Itō", "− “o”, + “ō”"),
        ("Ana", "王小明", ""),
        ("", "Ana", ""),
    ],
)
def test_difference_of_two_names_is_seen_at_a_glance(now, after, said):
    assert difference_between(now, after) == said
