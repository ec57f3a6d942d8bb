"""An organisation's own words in its mails."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from badgecert.accounts.actions import confirm_address
from badgecert.core.dates import long_date
from badgecert.core.models import AuditEvent
from badges.actions.issuances import NewIssuance, correct_issuance
from badges.disclosure import preview_disclosure
from earners.actions.requests import Wish, answer_request, decline_request, open_request
from earners.models import RequestKind
from issuers.models import StaffRole
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.wordings import choose_words, send_trial
from notifications.messages import preview_issuance_mail, trial_mail
from notifications.models import Message, WordedMail, Wording
from notifications.wording import Wordings, Words, clean_opening, clean_subject
from tests.factories import issue, make_issuer, make_published_badge, make_staff

ISSUANCE = WordedMail.ISSUANCE


def parts(received):
    return received.message["Subject"], received.body("plain"), received.body("html")


def mail_to(smtp, address):
    return smtp.to(address)[-1]


def say(issuer, staff, *, mail=ISSUANCE, badge=None, subject="", opening=""):
    choose_words(issuer, mail=mail, badge=badge, words=Words(subject, opening), by=staff)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Hello {nmae}", "There is no {nmae} here. Use one of: {badge}, {issuer}, {issued_on}, {expires_on}, {name}"),
        ("{secrets.password}", "There is no {secrets.password} here."),
        ("{{ settings.SECRET_KEY }}", "There is no {"),
        ("{badge.__class__}", "There is no {badge.__class__} here."),
        ("Hello {name", "A brace stands alone."),
        ("100 % {% now %}", "There is no {% now %} here."),
        ("Hello <b>you</b>", "< and > would be shown as they are"),
        ("See https://evil.example/claim", "Leave “://” out"),
        ("See www.evil.example", "Leave “www.” out"),
        ("Go to evil.example.com/claim now", "Leave “evil.example.com/” out"),
        ("Visit evil.com.", "Leave “evil.com” out"),
        ("Write to someone@evil.example", "out: the mail has its own buttons"),
        ("a\x00b", "Remove the invisible control characters"),
        ("right\u202eleft", "Remove the invisible control characters"),
        ("x" * 601, "at most 600 fit"),
    ],
)
def test_opening_words_that_cannot_be_used_are_refused_with_a_way_on(text, sentence):
    with pytest.raises(ValidationError) as refusal:
        clean_opening(text, ISSUANCE)

    assert sentence in " ".join(refusal.value.messages)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("For {name}", "There is no {name} here. Use one of: {badge}, {issuer}, {issued_on}, {expires_on}."),
        ("Well done\r\nBcc: all@example.org", "Remove the invisible control characters or line breaks."),
        ("Well done\nX-Spam: no", "Remove the invisible control characters or line breaks."),
        ("x" * 61, "at most 60 fit"),
    ],
)
def test_subject_that_cannot_be_used_is_refused_with_a_way_on(text, sentence):
    with pytest.raises(ValidationError) as refusal:
        clean_subject(text, ISSUANCE)

    assert sentence in " ".join(refusal.value.messages)


@pytest.mark.parametrize(
    "text", ["", "Bravo, {name}: {badge} is yours.", "Глюк & 中文 {issuer}", "Vol. 3, no. 4: e.g. this"]
)
def test_plain_words_may_be_used(text):
    assert clean_opening(text, ISSUANCE) == text


def test_mail_says_what_the_organisation_chose_in_both_of_its_bodies(issuer, badge, staff, smtp):
    say(issuer, staff, subject="Bravo: {badge}", opening="Dear {name},\nwe are proud of you. {issuer} & all of us")
    issue(badge, to="ana@example.org", name="Ana <Itō>")

    deliver_due_messages()

    subject, text, html = parts(mail_to(smtp, "ana@example.org"))
    assert subject == "Bravo: Infection Control Practitioner"
    assert text.replace("\r\n", "\n").startswith(
        f"Dear Ana <Itō>,\nwe are proud of you. {issuer.name} & all of us\n\nClaim badge:"
    )
    assert f"Dear Ana &lt;Itō&gt;,<br>we are proud of you. {issuer.name} &amp; all of us" in html
    assert "has awarded you this badge" not in html
    assert "has awarded you" not in text


def test_words_of_a_badge_come_before_those_of_the_organisation(issuer, badge, staff, smtp):
    other = make_published_badge(issuer, content={"name": "Clinical Mentor"})
    say(issuer, staff, subject="From all of us: {badge}", opening="Bravo.")
    say(issuer, staff, badge=badge, subject="Safe hands: {badge}")
    issue(badge, to="ana@example.org")
    issue(other, to="ben@example.org")

    deliver_due_messages()

    subject, text, _html = parts(mail_to(smtp, "ana@example.org"))
    assert (subject, text[:6]) == ("Safe hands: Infection Control Practitioner", "Bravo.")
    assert parts(mail_to(smtp, "ben@example.org"))[0] == "From all of us: Clinical Mentor"


def test_words_of_one_organisation_are_nobody_elses(issuer, badge, staff, smtp):
    elsewhere = make_issuer()
    say(elsewhere, make_staff(elsewhere), subject="Elsewhere", opening="Elsewhere.")
    issue(badge, to="ana@example.org")

    deliver_due_messages()

    assert "Elsewhere" not in "".join(parts(mail_to(smtp, "ana@example.org")))


def test_subject_with_a_long_name_of_a_badge_keeps_to_sixty_letters(issuer, staff, smtp):
    badge = make_published_badge(issuer, content={"name": "x" * 120})
    say(issuer, staff, subject="Congratulations on {badge}")
    issue(badge, to="ana@example.org")

    deliver_due_messages()

    subject = parts(mail_to(smtp, "ana@example.org"))[0]
    assert (len(subject), subject[-1]) == (60, "…")


def test_names_that_look_like_places_are_not_filled_in(issuer, badge, staff, smtp):
    say(issuer, staff, opening="Dear {name}, bravo.")
    issue(badge, to="ana@example.org", name="Ana {code} {{ x }} {% y %}")

    deliver_due_messages()

    assert parts(mail_to(smtp, "ana@example.org"))[1].startswith("Dear Ana {code} {{ x }} {% y %}, bravo.")


def test_many_mails_in_own_words_cost_one_query_more_and_differ_in_what_is_personal(issuer, badge, staff, smtp):
    say(issuer, staff, opening="Dear {name}, your code is {code}.")
    issued = [issue(badge, to=f"p{n}@example.org", name=f"Person {n}") for n in range(3)]

    deliver_due_messages()

    openings = [parts(mail_to(smtp, f"p{n}@example.org"))[1].splitlines()[0] for n in range(3)]
    assert openings == [f"Dear Person {n}, your code is {one}." for n, one in enumerate(issued)]


def test_mail_about_a_change_says_it_in_own_words_and_keeps_its_facts(issuer, badge, staff, smtp):
    issuance = issue(badge, to="ana@example.org", name="Ana Ito")
    deliver_due_messages()
    smtp.received.clear()
    say(issuer, staff, mail=WordedMail.CORRECTED, subject="Mended: {badge}", opening="We mended {badge}, {name}.")
    correct_issuance(issuance, by=staff, reason="Typing error", notify=True, recipient_name="Ana Itō")

    deliver_due_messages()

    subject, text, _html = parts(mail_to(smtp, "ana@example.org"))
    assert subject == "Mended: Infection Control Practitioner"
    assert text.startswith("We mended Infection Control Practitioner, Ana Itō.")
    assert "Ana Ito" in text


def test_mail_about_several_badges_does_not_use_words_that_name_one(issuer, badge, staff):
    other = make_published_badge(issuer)
    say(issuer, staff, mail=WordedMail.REMINDER, subject="Take your {badge}", opening="Your badges wait.")

    words = Wordings([issuer.pk]).of(WordedMail.REMINDER, issuer_id=issuer.pk, badge_ids=[badge.pk, other.pk])

    assert words == Words("", "Your badges wait.")


@pytest.mark.parametrize("kind", WordedMail)
def test_trial_of_every_kind_shows_the_words(badge, staff, kind):
    mail = trial_mail(badge, mail=kind, words=Words("Subject of {issuer}", "Opening for {name}."), to=staff)

    assert mail.subject == f"Subject of {badge.issuer.name}"
    assert "Opening for Ana Example." in mail.text
    assert "Opening for Ana Example." in mail.html


@pytest.mark.parametrize("kind", WordedMail)
def test_trial_without_words_is_the_mail_as_the_site_says_it(badge, staff, kind):
    mail = trial_mail(badge, mail=kind, words=Words(), to=staff)

    assert 0 < len(mail.subject) <= 60
    assert "Ana Example" in mail.text


def test_preview_before_issuing_uses_the_words(issuer, badge, staff):
    say(issuer, staff, opening="Well done, {name}.")
    seen = preview_disclosure(
        badge.current_version,
        NewIssuance(recipient_name="Ana Ito", recipient_email="ana@example.org", issued_on=date(2026, 11, 1)),
    )

    assert "Well done, Ana Ito." in preview_issuance_mail(seen, "ana@example.org").text


def test_trial_goes_to_oneself_and_leaves_nothing_else_behind(badge, staff, smtp):
    send_trial(badge, mail=ISSUANCE, words=Words("Try: {badge}", "Hello."), by=staff)

    deliver_due_messages()

    [received] = smtp.received
    subject, text, _html = parts(received)
    assert (received.recipients, subject, text[:6]) == ([staff.email], "Try: Infection Control Practitioner", "Hello.")
    assert "•••••" in text
    assert Wording.objects.count() == 0
    assert Message.objects.get().state == "sent"


def test_choosing_words_is_recorded_and_empty_ones_go_back(issuer, staff):
    say(issuer, staff, subject="One")
    say(issuer, staff, subject="Two")
    say(issuer, staff)

    assert Wording.objects.count() == 0
    events = AuditEvent.objects.filter(verb="mail words chosen").order_by("created_at", "pk")
    assert [(event.details["before"].get("subject", ""), event.details["after"]["subject"]) for event in events] == [
        ("", "One"),
        ("One", "Two"),
        ("Two", ""),
    ]


def test_words_are_chosen_by_designers_and_not_by_viewers_or_strangers(issuer, badge):
    say(issuer, make_staff(issuer, role=StaffRole.DESIGNER), subject="Ours")
    for somebody in (make_staff(issuer, role=StaffRole.VIEWER), make_staff(make_issuer())):
        with pytest.raises(PermissionDenied):
            say(issuer, somebody, subject="Mine")
    with pytest.raises(PermissionDenied):
        say(issuer, make_staff(issuer), badge=make_published_badge(make_issuer()), subject="Mine")

    assert Wording.objects.get().subject == "Ours"


# --- requests ------------------------------------------------------------------------------------


@pytest.fixture
def asked(badge, smtp):
    """A request for another name, all mails about it sent."""
    issuance = issue(badge, to="ana@example.org", name="Ana Ito")
    return open_request(issuance, Wish(kind=RequestKind.NAME, wanted_name="Ana Itō Silva"), by=issuance.earner)


def told_ana(smtp):
    deliver_due_messages()
    return parts(mail_to(smtp, "ana@example.org"))


def test_each_turn_of_a_request_has_words_of_its_own(issuer, staff, asked, smtp):
    say(
        issuer, staff, mail=WordedMail.REQUEST_ASKED, subject="We read it", opening="{name}: by {due_on} at the latest."
    )
    say(issuer, staff, mail=WordedMail.REQUEST_DECLINED, subject="Sorry", opening="{request} for {badge}: we cannot.")

    passed_on = told_ana(smtp)
    decline_request(asked, reason="We need a document.", by=staff)
    declined = told_ana(smtp)

    assert passed_on[0] == "We read it"
    assert passed_on[1].startswith(f"Ana Ito: by {long_date(asked.due_on)} at the latest.")
    assert declined[0] == "Sorry"
    assert declined[1].startswith("Name correction for Infection Control Practitioner: we cannot.")
    # What staff wrote stays, in both bodies.
    assert "We need a document." in declined[1]
    assert "We need a document." in declined[2]


def test_request_told_to_an_address_that_the_organisation_does_not_know_has_its_words_too(issuer, staff, asked, smtp):
    say(issuer, staff, mail=WordedMail.REQUEST_ANSWERED, subject="From {issuer}")
    confirm_address(asked.earner, address="private@example.org")
    asked.earner.email = "private@example.org"
    asked.earner.save()

    answer_request(asked, text="It is done soon.", by=staff)
    deliver_due_messages()

    assert Message.objects.get(to_address="private@example.org").issuer is None
    assert parts(mail_to(smtp, "private@example.org"))[0] == f"From {issuer.name}"


@pytest.mark.parametrize("text", ["Your {request}", "By {due_on}"])
def test_places_of_a_request_are_not_offered_elsewhere(text):
    with pytest.raises(ValidationError, match="There is no"):
        clean_opening(text, ISSUANCE)

    assert clean_subject(text, WordedMail.REQUEST_ASKED) == text


# --- the desk ------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def page_of(issuer, kind="issuance"):
    return reverse("admin:edit_wording", args=[issuer.pk, kind])


def test_desk_saves_words_and_lists_them(desk, issuer, badge):
    answer = desk.post(f"{page_of(issuer)}?badge={badge.pk}", {"subject": "Bravo", "opening": "Dear {name}, bravo."})

    assert answer.status_code == 302
    assert list(Wording.objects.values_list("badge", "kind", "subject")) == [(badge.pk, "issuance", "Bravo")]
    listed = desk.get(reverse("admin:wordings")).content.decode()
    assert f"{page_of(issuer)}?badge={badge.pk}" in listed


def test_desk_refuses_wrong_words_beside_the_field_and_keeps_them(desk, issuer):
    page = desk.post(page_of(issuer), {"subject": "", "opening": "Dear {nmae}"}).content.decode()

    assert "There is no {nmae} here." in page
    assert "Dear {nmae}</textarea>" in page
    assert Wording.objects.count() == 0


def test_desk_previews_what_is_typed_without_saving(desk, issuer, badge):
    address = reverse("admin:preview_wording", args=[issuer.pk, "issuance"])
    shown = desk.post(address, {"subject": "", "opening": "Typed for {name}."})

    assert "Typed for Ana Example." in shown.content.decode()
    assert "sandbox" in shown["Content-Security-Policy"]
    assert Wording.objects.count() == 0
    wrong = desk.post(address, {"subject": "", "opening": "{x}"})
    assert "There is no {x} here." in wrong.content.decode()


def test_trials_of_a_day_are_counted_for_each_of_the_staff(desk, issuer, badge, staff, settings):
    settings.TRIAL_MAILS_PER_DAY = 1
    send_trial(badge, mail=ISSUANCE, words=Words(), by=staff)

    page = desk.post(page_of(issuer), {"subject": "Try", "opening": "", "send": "1"}).content.decode()
    send_trial(badge, mail=ISSUANCE, words=Words(), by=make_staff(issuer))

    assert "No more mails to yourself today: the limit is 1 a day. Look at the preview, or go on tomorrow." in page
    assert 'value="Try"' in page
    assert Message.objects.filter(to_address=staff.email).count() == 1
    assert Message.objects.count() == 2


def test_desk_sends_a_trial_to_whoever_asks(desk, issuer, badge, staff):
    page = desk.post(page_of(issuer), {"subject": "Try", "opening": "", "send": "1"}).content.decode()

    assert f"On its way to {staff.email}" in page
    assert list(Message.objects.values_list("kind", "to_address")) == [("trial", staff.email)]
    assert Wording.objects.count() == 0


def test_desk_shows_no_words_of_others_and_no_kind_that_has_none(desk, issuer, badge):
    elsewhere = make_published_badge(make_issuer())

    answers = [
        desk.get(page_of(elsewhere.issuer)),
        desk.get(f"{page_of(issuer)}?badge={elsewhere.pk}"),
        desk.get(page_of(issuer, "password")),
        desk.get(reverse("admin:preview_wording", args=[elsewhere.issuer.pk, "issuance"])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]


def test_viewer_reads_words_and_cannot_save_them(client, issuer, badge):
    client.force_login(make_staff(issuer, role=StaffRole.VIEWER))

    assert "disabled" in client.get(page_of(issuer)).content.decode()
    assert client.post(page_of(issuer), {"subject": "Mine", "opening": ""}).status_code == 403
