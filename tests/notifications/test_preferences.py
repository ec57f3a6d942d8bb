import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from badgecert.core.models import AuditEvent
from notifications.actions.preferences import move_mail_preferences, save_mail_preferences
from notifications.models import OptionalMail, Preference
from notifications.stop_links import stop_url
from tests.factories import issue, make_issuer, make_published_badge, make_user

pytestmark = pytest.mark.django_db

ADDRESS = "/profile/mail/"


def unwanted(user) -> set[tuple[str, str]]:
    """Which organisation may not send this person what."""
    return {
        (preference.issuer.name, mails.value)
        for preference in Preference.objects.filter(user=user).select_related("issuer")
        for mails in OptionalMail
        if getattr(preference, mails.stopped_at)
    }


@pytest.fixture(params=list(OptionalMail))
def mails(request) -> OptionalMail:
    return request.param


@pytest.fixture
def path(issuance, mails) -> str:
    return stop_url(issuance.pk, mails=mails).removeprefix("http://testserver")


# --- the link in a mail --------------------------------------------------------------------------


def test_opening_the_link_changes_nothing(client, path, issuer):
    response = client.get(path)

    assert response.status_code == 200
    assert issuer.name in response.text
    assert not Preference.objects.exists()


def test_button_stops_these_mails_and_no_others(client, path, mails, issuer, earner):
    response = client.post(path)

    assert "stopped</h1>" in response.text
    assert unwanted(earner) == {(issuer.name, mails.value)}


def test_mail_program_stops_them_with_one_click(path):
    """RFC 8058: a POST without cookie, token or referrer."""
    response = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert Preference.objects.count() == 1


def test_pressing_twice_is_written_once(client, path, earner):
    client.post(path)
    client.post(path)

    assert list(AuditEvent.objects.filter(verb__endswith="stopped").values_list("by", flat=True)) == [earner.pk]


def test_link_that_was_changed_is_not_found(client, path):
    assert client.post(path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 404
    assert not Preference.objects.exists()


def test_link_of_one_kind_cannot_be_made_another(client, issuance):
    path = stop_url(issuance.pk, mails=OptionalMail.REMINDERS).removeprefix("http://testserver")

    assert client.post(path.replace("reminders", "expiry")).status_code == 404


def test_link_of_somebody_whose_data_was_erased_stops_nothing(client, path, issuance):
    type(issuance).objects.update(earner=None)

    assert client.post(path).status_code == 200
    assert not Preference.objects.exists()


# --- the page ------------------------------------------------------------------------------------


def test_everything_is_wanted_until_somebody_says_otherwise(client, issuance, earner):
    client.force_login(earner)

    page = client.get(ADDRESS).text

    assert page.count('type="checkbox"') == page.count("checked") == 2
    assert issuance.issuer.name in page
    assert "These always come" in page


def test_boxes_are_kept_for_each_organisation(client, issuance, earner):
    other = issue(make_published_badge(make_issuer(name="Harbour Masters")), to=earner)
    client.force_login(earner)

    response = client.post(
        ADDRESS,
        {f"issuer-{issuance.issuer_id}": ["expiry"], f"issuer-{other.issuer_id}": ["reminders", "expiry"]},
        follow=True,
    )

    assert "Your choice of mails is saved." in response.text
    assert unwanted(earner) == {(issuance.issuer.name, "reminders")}
    assert response.text.count("checked") == 3


def test_what_was_stopped_can_be_wanted_again(client, issuance, earner):
    client.force_login(earner)
    client.post(ADDRESS, {})
    assert len(unwanted(earner)) == 2

    client.post(ADDRESS, {f"issuer-{issuance.issuer_id}": ["reminders", "expiry"]})

    assert unwanted(earner) == set()
    assert list(AuditEvent.objects.filter(by=earner).order_by("verb").values_list("verb", flat=True)) == [
        "expiry mails stopped",
        "expiry mails wanted",
        "reminders stopped",
        "reminders wanted",
    ]


def test_saving_without_a_change_leaves_no_trace(client, issuance, earner):
    client.force_login(earner)

    client.post(ADDRESS, {f"issuer-{issuance.issuer_id}": ["reminders", "expiry"]})

    assert not AuditEvent.objects.filter(verb__contains="wanted").exists()


def test_box_that_is_not_on_the_page_is_refused(client, issuance, earner):
    client.force_login(earner)

    response = client.post(ADDRESS, {f"issuer-{issuance.issuer_id}": ["passwords"]})

    assert "Choose from the boxes on this page." in response.text
    assert not Preference.objects.exists()


def test_page_of_somebody_without_a_badge_says_so(client, stranger):
    client.force_login(stranger)

    page = client.get(ADDRESS).text

    assert "Nobody has issued you a badge yet" in page
    assert 'type="checkbox"' not in page


def test_organisation_that_never_issued_to_me_is_refused(earner, issuance):
    with pytest.raises(PermissionDenied):
        save_mail_preferences(wanted={make_issuer().pk: []}, by=earner)


def test_what_either_of_two_joined_accounts_did_not_want_nobody_wants(earner, issuance):
    closed = make_user()
    Preference.objects.create(user=closed, issuer=issuance.issuer, expiry_stopped_at=issuance.issued_at)

    move_mail_preferences(kept=earner, closed=closed)

    assert unwanted(earner) == {(issuance.issuer.name, "expiry")}
    assert not Preference.objects.filter(user=closed).exists()
