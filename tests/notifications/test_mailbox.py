from pathlib import Path

import pytest
from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from notifications.actions.delivery import deliver_due_messages
from notifications.models import Message
from tests.factories import issue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mailbox(settings, tmp_path):
    settings.DEMO = True
    settings.EMAIL_BACKEND = "notifications.mailbox.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mailbox")
    return tmp_path / "mailbox"


def sent(badge, *, to: str, name: str = "Ana") -> str:
    """The name of the mail that this person got."""
    before = set(names())
    issue(badge, to=to, name=name)
    deliver_due_messages()
    [name] = set(names()) - before
    return name


def names() -> list[str]:
    return [path.stem for path in Path(settings.EMAIL_FILE_PATH).glob("*.eml")]


def test_mailbox_is_empty_at_first(client):
    response = client.get("/mailbox/")

    assert response.status_code == 200
    assert "No mail yet" in response.text


def test_mailbox_lists_newest_first(client, badge):
    first = sent(badge, to="first@example.org")
    second = sent(badge, to="second@example.org")

    response = client.get("/mailbox/")

    assert [mail.name for mail in response.context["mails"]] == [second, first]
    assert [mail.to.addr_spec for mail in response.context["mails"]] == ["second@example.org", "first@example.org"]


def test_mailbox_finds_an_address(client, badge):
    wanted = sent(badge, to="ana@example.org")
    sent(badge, to="bob@example.org")

    found = client.get("/mailbox/", {"to": "ANA@example"})
    nothing = client.get("/mailbox/", {"to": "<script>"})

    assert [mail.name for mail in found.context["mails"]] == [wanted]
    assert "Nothing was sent to &lt;script&gt;." in nothing.text


def test_mailbox_goes_on_on_the_next_page(client, mailbox):
    connection = get_connection()
    for number in range(26):
        connection.send_messages([EmailMessage(f"Mail {number}", "text", "a@example.org", ["b@example.org"])])

    response = client.get("/mailbox/", {"page": 2, "to": "b@"})

    assert [mail.subject for mail in response.context["mails"]] == ["Mail 0"]
    assert 'href="?page=1&amp;to=b%40"' in response.text or 'href="?to=b%40&amp;page=1"' in response.text


def test_message_page_shows_headers_text_and_frame(client, badge):
    name = sent(badge, to="ana@example.org", name="محمد <b>")

    response = client.get(f"/mailbox/{name}/")

    assert "محمد &lt;b&gt;" in response.text
    assert Message.objects.get().message_id.strip("<>") in response.text
    assert f'src="/mailbox/{name}/html"' in response.text
    assert 'sandbox="allow-top-navigation-by-user-activation"' in response.text


def test_html_part_may_show_only_styles_and_our_pictures(client, badge):
    name = sent(badge, to="ana@example.org")

    response = client.get(f"/mailbox/{name}/html")

    assert "Claim badge" in response.text
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
    )


def test_raw_message_is_what_was_sent(client, badge, mailbox):
    name = sent(badge, to="ana@example.org")

    response = client.get(f"/mailbox/{name}.eml")

    assert response.content == (mailbox / f"{name}.eml").read_bytes()
    assert response["Content-Type"] == "text/plain; charset=us-ascii"


@pytest.mark.parametrize("name", ["20260101T000000000000-00000000", "..", "%2e%2e%2fsettings", "x"])
@pytest.mark.parametrize("rest", ["/", "/html", ".eml"])
def test_mail_that_is_not_there_is_not_found(client, name, rest):
    assert client.get(f"/mailbox/{name}{rest}").status_code == 404


def test_mailbox_exists_only_in_a_demonstration(client, badge, settings):
    name = sent(badge, to="ana@example.org")
    settings.DEMO = False

    answers = [client.get(f"/mailbox/{rest}").status_code for rest in ("", f"{name}/", f"{name}/html", f"{name}.eml")]

    assert answers == [404, 404, 404, 404]


def test_backend_leaves_no_half_mail_behind(badge, mailbox):
    sent(badge, to="ana@example.org")

    assert [path.suffix for path in mailbox.iterdir()] == [".eml"]


def test_mailbox_that_cannot_be_written_keeps_the_message(badge, mailbox):
    mailbox.write_text("a file where the folder should be")
    issue(badge)

    deliver_due_messages()

    message = Message.objects.get()
    assert (message.state, message.last_error) == ("queued", "The mail could not be kept: File exists.")
