import pytest
from django.test import Client

from notifications.models import Preference
from notifications.stop_links import stop_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(issuance) -> str:
    return stop_url(issuance.pk).removeprefix("http://testserver")


def test_opening_the_link_changes_nothing(client, path, issuer):
    response = client.get(path)

    assert response.status_code == 200
    assert issuer.name in response.text
    assert not Preference.objects.exists()


def test_button_stops_the_reminders(client, path, issuer, earner):
    response = client.post(path)

    assert "Reminders stopped" in response.text
    preference = Preference.objects.get()
    assert (preference.user, preference.issuer) == (earner, issuer)


def test_mail_program_stops_them_with_one_click(path):
    """RFC 8058: a POST without cookie, token or referrer."""
    response = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert Preference.objects.count() == 1


def test_link_that_was_changed_is_not_found(client, path):
    assert client.post(path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 404
    assert not Preference.objects.exists()
