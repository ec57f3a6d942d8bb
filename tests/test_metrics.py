"""What Prometheus reads, read by its own parser."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from prometheus_client.parser import text_string_to_metric_families

from badgecert import metrics
from badgecert.core import clock
from notifications.actions.bounces import record_bounce
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.pausing import pause_all_mail, pause_mail
from notifications.heartbeats import record_beat
from notifications.models import BounceKind, Message
from tests.factories import issue, make_issuer, make_published_badge, make_user


def scrape(client, **headers):
    """Each sample by its name and labels."""
    response = client.get("/metrics", **headers)
    assert (response.status_code, response["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


@pytest.mark.django_db
def test_a_new_site_has_nothing_to_tell(client):
    figures = scrape(client)

    assert figures["badgecert_messages", "queued"] == 0
    assert figures["badgecert_mail_oldest_due_seconds",] == 0
    assert figures["badgecert_sealing_key_ready",] == 1


def test_figures_are_those_of_the_outbox(client, badge, issuer, staff, mailoutbox):
    for _number in range(3):
        issue(badge)
    deliver_due_messages()
    first, second, _third = Message.objects.order_by("id")
    record_bounce(first, kind=BounceKind.HARD)
    Message.objects.filter(pk=second.pk).update(state="failed", sent_at=None, remind_at=None)
    other = make_published_badge(make_issuer())
    issue(other)
    late = Message.objects.get(issuer=other.issuer)
    issue(badge)
    pause_mail(issuer, reason="Wrong wording", by=staff)
    record_beat("run-outbox")

    with clock.at(late.next_at + timedelta(seconds=90)):
        figures = scrape(client)

    assert {
        "sent": figures["badgecert_messages", "sent"],
        "failed": figures["badgecert_messages", "failed"],
        "queued": figures["badgecert_messages", "queued"],
        "lately": figures["badgecert_messages_sent_lately",],
        "due": figures["badgecert_mail_due",],
        "held": figures["badgecert_mail_held",],
        "oldest": figures["badgecert_mail_oldest_due_seconds",],
        "bounced": figures["badgecert_bounces_standing", "hard"],
        "paused": figures["badgecert_mail_paused_organisations",],
        "silent": figures["badgecert_silent_seconds", "run-outbox"],
        "issuances": figures["badgecert_issuances",],
    } == {
        "sent": 2,
        "failed": 1,
        "queued": 2,
        "lately": 2,
        "due": 1,
        "held": 1,
        "oldest": 90,
        "bounced": 1,
        "paused": 1,
        "silent": pytest.approx(90, abs=5),
        "issuances": 5,
    }


def test_lost_leases_and_doubt_are_told(client, issuance):
    message = Message.objects.get()
    Message.objects.update(
        state="sending", lease_until=message.next_at, uncertain_at=message.next_at, sealed_body=b"sealed"
    )

    figures = scrape(client)

    assert (figures["badgecert_mail_lost_leases",], figures["badgecert_mail_maybe_arrived",]) == (1, 1)


def test_pause_of_all_mail_is_told(client, issuance):
    pause_all_mail(reason="The mail server moves", by=make_user(is_superuser=True))

    assert scrape(client)["badgecert_mail_paused",] == 1


def test_queries_do_not_grow_with_the_outbox(client, badge, django_assert_num_queries):
    with django_assert_num_queries(12):
        client.get("/metrics")
    for _number in range(5):
        issue(badge)

    with django_assert_num_queries(12):
        client.get("/metrics")


def test_large_table_is_estimated(client, badge, monkeypatch):
    for _number in range(5):
        issue(badge)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE badges_issuance")
    monkeypatch.setattr(metrics, "EXACT_UP_TO", 4)
    issue(badge)

    assert scrape(client)["badgecert_issuances",] == 5


@pytest.mark.django_db
def test_token_is_asked_for(client, settings):
    settings.METRICS_TOKEN = "a long word"

    without = client.get("/metrics")
    wrong = client.get("/metrics", HTTP_AUTHORIZATION="Bearer another")
    figures = scrape(client, HTTP_AUTHORIZATION="Bearer a long word")

    assert (without.status_code, without["WWW-Authenticate"], wrong.status_code) == (401, "Bearer", 401)
    assert figures["badgecert_issuances",] == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "request_from", [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}, {"HTTP_FORWARDED": "for=_x"}]
)
def test_without_a_token_only_this_machine_reads(client, request_from):
    response = client.get("/metrics", **request_from)

    assert (response.status_code, response.content) == (401, b"")


@pytest.mark.django_db
def test_database_that_is_lost_is_no_error_page(client):
    def lost(*args):
        raise DatabaseError

    with connection.execute_wrapper(lost):
        response = client.get("/metrics")

    assert (response.status_code, response.content) == (503, b"The database does not answer.\n")
