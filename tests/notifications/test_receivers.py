from datetime import date

import kombu.pools
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from badgecert.accounts.signals import account_locked, password_requested
from badgecert.celery import app
from badgecert.core import clock
from badges.actions.issuances import NewIssuance, issue_badges
from notifications.actions.outbox import queue_issuance_mails
from notifications.models import Message, MessageFact
from tests.factories import issue

pytestmark = pytest.mark.django_db


def issue_to(count, *, badge, staff):
    return issue_badges(
        [
            NewIssuance(
                recipient_name="Ana", recipient_email=f"ana{number}.{count}@example.org", issued_on=date(2026, 11, 1)
            )
            for number in range(count)
        ],
        badge_version=badge.current_version,
        by=staff,
    )


def test_issuing_owes_one_mail_each(badge, staff):
    issuances = issue_to(2, badge=badge, staff=staff)

    assert sorted(
        Message.objects.values_list("kind", "sequence", "to_address", "issuance", "issuer", "user", "state")
    ) == sorted(
        ("issuance", 1, each.recipient_email, each.pk, badge.issuer_id, each.earner_id, "queued") for each in issuances
    )
    assert sorted(MessageFact.objects.values_list("fact_key", flat=True)) == sorted(
        f"issuance:{each.pk}" for each in issuances
    )


def test_owing_mail_costs_the_same_queries_for_many(badge, staff):
    costs = []
    for count in (3, 50):
        ids = [each.pk for each in issue_to(count, badge=badge, staff=staff)]
        MessageFact.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            queue_issuance_mails(ids)
        costs.append(len(queries))

    # A savepoint and its release, the issuances, the messages, the facts.
    assert costs == [5, 5]


def test_issuing_that_is_rolled_back_owes_nothing(badge, staff):
    with transaction.atomic():
        issue_to(2, badge=badge, staff=staff)
        transaction.set_rollback(True)

    assert not Message.objects.exists()


def test_fact_is_told_once(issuance):
    with pytest.raises(Exception, match="fact_key"), transaction.atomic():
        queue_issuance_mails([issuance.pk])

    assert Message.objects.count() == 1


def test_password_request_owes_a_mail_to_the_address_that_asked(earner):
    password_requested.send(sender=None, user=earner, address="ana.other@example.org")

    assert list(Message.objects.values_list("kind", "to_address", "user", "issuer")) == [
        ("password", "ana.other@example.org", earner.pk, None)
    ]


def test_locked_account_is_told_once_for_each_lock(earner):
    earner.locked_at = clock.now()

    account_locked.send(sender=None, user=earner)

    assert list(Message.objects.values_list("kind", "to_address")) == [("locked", "ana@example.org")]
    with pytest.raises(Exception, match="fact_key"), transaction.atomic():
        account_locked.send(sender=None, user=earner)


@pytest.mark.django_db(transaction=True)
def test_lost_broker_does_not_disturb_issuing(badge, monkeypatch):
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    with pytest.raises(kombu.exceptions.OperationalError):
        app.send_task("anything", ignore_result=True)

    issue(badge)

    assert Message.objects.get().state == "queued"
