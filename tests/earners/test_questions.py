"""Asking an organisation something on the help page, without an account."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from badgecert.accounts.actions.erasing import ErasureGround, erase_person
from badgecert.core.models import AuditEvent
from earners.actions.questions import ask_organisation, forget_questions, mark_answered
from earners.exceptions import QuestionRefusedError
from earners.models import Question
from earners.personal_data import personal_data_of
from issuers.models import StaffRole, Topic
from issuers.waiting import what_waits_for
from notifications.actions.delivery import deliver_due_messages
from notifications.messages import masked_mail
from notifications.models import Message
from tests.factories import issue, make_issuer, make_published_badge, make_staff

pytestmark = pytest.mark.django_db

DESK, LOG_INS = "badges@northgate.example", "log-ins@northgate.example"


@pytest.fixture
def issuer():
    return make_issuer(slug="northgate", contacts={"log_in": LOG_INS})


def asked(client, **typed):
    fields = {
        "organisation": "northgate",
        "topic": "log_in",
        "name": "Ana Okafor",
        "email": "ana@example.org",
        "text": "No mail came.\nWhich address do you have?",
    }
    return client.post("/help/ask/", {**fields, **typed})


@pytest.mark.parametrize(("topic", "contact"), [("log_in", LOG_INS), ("name", DESK), ("", DESK)])
def test_question_goes_to_the_contact_for_its_topic(client, issuer, smtp, topic, contact):
    page = asked(client, topic=topic)
    deliver_due_messages()

    [mail] = smtp.received
    assert page.status_code == 200
    assert mail.recipients == [contact]
    assert str(mail.message["Reply-To"]) == "ana@example.org"
    assert "No mail came.\r\nWhich address do you have?" in mail.body("plain")


def test_whoever_asked_gets_no_mail(client, issuer, smtp):
    asked(client)
    deliver_due_messages()

    assert smtp.to("ana@example.org") == []


def test_answer_and_statements_are_the_same_whether_the_address_is_known(issuer):
    issue(make_published_badge(issuer), to="ana@example.org", name="Ana Okafor")

    answers, costs = set(), set()
    for address in ("ana@example.org", "eva@example.org"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = asked(Client(), email=address)
        answers.add((page.status_code, page.content.decode().replace(address, "…"), str(page.cookies)))
        costs.add(len(queries))

    assert len(answers) == len(costs) == 1


def test_address_looked_for_answers_the_same_whether_it_is_known(issuer):
    issue(make_published_badge(issuer), to="ana@example.org", name="Ana Okafor")

    answers, costs = set(), set()
    for address in ("ana@example.org", "eva@example.org"):
        with CaptureQueriesContext(connection) as queries:
            page = Client().post("/help/find-my-badge/", {"email": address})
        answers.add((page.status_code, page.content.decode().replace(address, "…"), str(page.cookies)))
        costs.add(len(queries))

    [(status, _page, cookies)] = answers
    assert (status, cookies, len(costs)) == (200, "", 1)


def test_what_is_missing_is_said_and_nothing_is_sent(client, issuer):
    page = asked(client, organisation="", email="ana at example.org", text="")

    said = page.content.decode()
    assert page.status_code == 400
    assert "Choose the organisation. Its name is on the badge." in said
    assert "This e-mail address has no @." in said
    assert "Write a few words." in said
    assert not Question.objects.exists()


@pytest.mark.parametrize("organisation", ["nobody", "\0", "northgate\0", "x" * 5000])
def test_organisation_that_is_not_there_is_refused(client, issuer, organisation):
    page = asked(client, organisation=organisation)

    assert page.status_code == 400
    assert "Choose one of these organisations." in page.content.decode()


def test_network_that_asks_too_often_is_told_so(client, issuer, settings):
    settings.QUESTIONS_PER_NETWORK_HOUR = 2

    answers = [asked(client, email=f"person{number}@example.org").status_code for number in range(3)]

    assert answers == [200, 200, 429]
    assert Question.objects.count() == 2


def test_organisation_is_not_asked_without_end(issuer, settings):
    settings.QUESTIONS_PER_ISSUER_HOUR = 1
    said = {"topic": None, "name": "Ana", "address": "ana@example.org", "text": "Hello?"}
    ask_organisation(issuer, network="192.0.2.1", **said)

    with pytest.raises(QuestionRefusedError):
        ask_organisation(issuer, network="192.0.2.2", **said)


def test_erased_person_leaves_no_words_and_no_mail_to_send(issuer, smtp):
    issuance = issue(make_published_badge(issuer), to="ana@example.org", name="Ana Okafor")
    ask_organisation(
        issuer, topic=Topic.LOG_IN, name="Ana Okafor", address="Ana@example.org", text="Secret words", network=""
    )

    erase_person(issuance.earner, ground=ErasureGround.OWN_WISH, by=issuance.earner)
    deliver_due_messages()

    question = Question.objects.get()
    assert (question.name, question.from_address, question.from_key, question.text) == ("", "", "", "")
    assert smtp.to(LOG_INS) == []


def test_own_data_has_questions_from_proven_addresses_only(issuer, earner, stranger):
    for address in (earner.email, "not.mine@example.org"):
        ask_organisation(issuer, topic=None, name="Ana", address=address, text="Hello?", network="")

    assert [asked["from_address"] for asked in personal_data_of(earner)["questions"]] == [earner.email]
    assert personal_data_of(stranger)["questions"] == []


def test_staff_read_questions_to_their_own_organisation_only(client, issuer):
    question = ask_organisation(
        issuer, topic=Topic.NAME, name="Ana Okafor", address="ana@example.org", text="Ana with two n?", network=""
    )
    own, other = make_staff(issuer), make_staff(make_issuer())

    answers = {}
    for person in (own, other):
        client.force_login(person)
        listed = "Ana Okafor" in client.get("/admin/earners/question/").content.decode()
        opened = client.get(f"/admin/earners/question/{question.pk}/change/")
        answers[person] = (listed, opened.status_code, "Ana with two n?" in opened.content.decode())

    assert answers == {own: (True, 200, True), other: (False, 404, False)}


def test_mail_read_by_staff_is_the_one_that_was_sent(issuer, smtp):
    ask_organisation(issuer, topic=None, name="Ana", address="ana@example.org", text="Hello there?", network="")
    deliver_due_messages()

    [mail] = smtp.to(DESK)
    assert masked_mail(Message.objects.get()).text.split() == mail.body("plain").split()


# --- answered ------------------------------------------------------------------------------------


@pytest.fixture
def question(issuer):
    return ask_organisation(
        issuer, topic=Topic.NAME, name="Ana Okafor", address="ana@example.org", text="Ana with two n?", network=""
    )


def listed(client, state):
    page = client.get("/admin/earners/question/", {"state": state})
    return [question.name for question in page.context["cl"].result_list]


def test_question_waits_until_staff_say_that_it_was_answered(client, issuer, question):
    by = make_staff(issuer)
    client.force_login(by)
    waited = [(waits.number, waits.words) for waits in what_waits_for(by)]

    page = client.post(f"/admin/earners/question/{question.pk}/answered/", {"answered": "yes"}, follow=True)

    question.refresh_from_db()
    assert (waited, what_waits_for(by)) == ([(1, "Questions to answer")], [])
    assert question.answered_by == by
    assert "Marked as answered." in page.content.decode()
    assert (listed(client, "open"), listed(client, "answered")) == ([], ["Ana Okafor"])
    assert AuditEvent.objects.filter(verb="question answered", object_id=question.pk, by=by).count() == 1


def test_first_to_answer_a_question_stays_the_one_who_did(issuer, question):
    first, second = make_staff(issuer), make_staff(issuer)

    mark_answered(question, by=first)
    answered = mark_answered(question, by=second)

    assert answered.answered_by == first
    assert AuditEvent.objects.filter(verb="question answered").count() == 1


def test_answered_question_can_be_opened_again(client, issuer, question):
    by = make_staff(issuer)
    mark_answered(question, by=by)
    client.force_login(by)

    client.post(f"/admin/earners/question/{question.pk}/answered/", {"answered": "no"})

    question.refresh_from_db()
    assert (question.answered_at, question.answered_by) == (None, None)
    assert listed(client, "open") == ["Ana Okafor"]


@pytest.mark.parametrize(
    ("role", "status"), [(StaffRole.VIEWER, 403), (StaffRole.DESIGNER, 403), (StaffRole.MANAGER, 302)]
)
def test_who_may_say_that_a_question_was_answered(client, issuer, question, role, status):
    client.force_login(make_staff(issuer, role=role))

    answer = client.post(f"/admin/earners/question/{question.pk}/answered/", {"answered": "yes"})

    question.refresh_from_db()
    assert answer.status_code == status
    assert bool(question.answered_at) is (status == 302)


def test_question_to_another_organisation_is_not_there_to_answer(client, issuer, question):
    client.force_login(make_staff(make_issuer()))

    answer = client.post(f"/admin/earners/question/{question.pk}/answered/", {"answered": "yes"})

    question.refresh_from_db()
    assert (answer.status_code, question.answered_at) == (404, None)


def test_question_whose_words_were_erased_waits_for_nobody(issuer, question):
    forget_questions(["ana@example.org"])

    assert what_waits_for(make_staff(issuer)) == []
