"""Every kind of mail, about badges of all kinds of people: what each must keep to."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils import translation

from badgecert.accounts.models import TemporaryPassword
from badgecert.demo import load
from badges.models import Issuance
from notifications import mime
from notifications.messages import mail_for, masked_mail
from notifications.models import Message, MessageKind
from notifications.samples import sample_message
from tests.factories import issue, make_issuer, make_published_badge

pytestmark = pytest.mark.django_db

MAY_BE_STOPPED = {MessageKind.REMINDER, MessageKind.EXPIRING}
HAVE_A_FILE = {MessageKind.EXPIRING}
# Pages that act for whoever opens them.
RECIPIENTS_PAGES = re.compile(r"/(?:claim|mail/stop|addresses/(?:confirm|agree)|log-in/link)/")
PASSWORD = re.compile(r"\b(?:[2-9a-z]{5}-){3}[2-9a-z]{5}\b")


@pytest.fixture
def ending():
    """A badge about which every kind of mail can be written."""
    issuer = make_issuer(contacts={"renewal": "renew@northgate.example"})
    badge = make_published_badge(
        issuer,
        expiry_rule="period",
        expiry_months=12,
        renewal_url="https://northgate.example/renew",
        renewal_instructions="Pay the fee.",
    )
    return issue(badge, to="ana@example.org", name="Ana Okafor")


class _Page(HTMLParser):
    """What has to be true of the tags."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag == name]


def composed(message: Message) -> EmailMessage:
    mail = mail_for(message)
    rendered = mail.render(mail.new_secrets())
    content = mime.compose(
        sender=(mail.sender_name, settings.MAIL_FROM_ADDRESS),
        to=(mail.recipient_name, message.to_address),
        reply_to=mail.reply_to,
        subject=rendered.subject,
        message_id=message.message_id,
        written_at=message.created_at,
        text=rendered.text,
        html=rendered.html,
        headers=mail.headers,
        attachments=mail.attachments,
    )
    return message_from_bytes(content, policy=policy.default)


def problems(kind: MessageKind, mail: EmailMessage) -> list[str]:
    """Whatever the mail does not keep to, in words."""
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    html = mail.get_body(("html",)).get_content()
    page = _Page()
    page.feed(html)
    links = [attrs["href"] or "" for attrs in page.all("a")]
    [root] = page.all("html")
    expected_headers = {"List-Unsubscribe", "List-Unsubscribe-Post"} if kind in MAY_BE_STOPPED else set()
    checks = {
        "is larger than 60 kB": len(html.encode()) <= 60_000,
        "has a long subject": 0 < len(mail["Subject"]) <= 60,
        "names no language": bool(root.get("lang")),
        "has no direction": root.get("dir") in {"ltr", "rtl"},
        "has no title": "<title>" in html and "<title></title>" not in html,
        "has a table that is read out": all(attrs.get("role") == "presentation" for attrs in page.all("table")),
        "has a picture without words": all("alt" in attrs for attrs in page.all("img")),
        "asks another host": {urlsplit(attrs["src"] or "").netloc for attrs in page.all("img")} <= {"testserver"},
        "has a link that leads nowhere": all(re.match(r"https?://|mailto:[^@\s]+@", link) for link in links),
        "runs something": not page.all("script") and not page.all("iframe") and not page.all("form"),
        "has no dark mode": "prefers-color-scheme:dark" in html,
        "has text with marks of HTML": not re.search(r"&(?:#x?[0-9a-f]+|[a-z]+);|</?[a-z]+>", text),
        "has gaps in the text": "\n\n\n" not in text,
        "has no signature in the text": "\n-- \n" in text,
        "lacks a link in the text": {link for link in links if "://" in link} - {settings.BASE_URL}
        <= set(re.findall(r"https?://\S+", text)),
        "can be stopped or cannot": {name for name in mail if name.startswith("List-")} == expected_headers,
        "has files or not": bool(list(mail.iter_attachments())) == (kind in HAVE_A_FILE),
        "is not from us": mail["From"].addresses[0].addr_spec == settings.MAIL_FROM_ADDRESS,
    }
    return [problem for problem, is_fine in checks.items() if not is_fine]


@pytest.mark.parametrize("kind", MessageKind)
def test_every_kind_of_mail_keeps_to_the_rules(ending, kind):
    with sample_message(kind, ending) as message:
        mail = composed(message)

    assert problems(kind, mail) == []


@pytest.mark.parametrize("kind", MessageKind)
def test_staff_copy_of_every_kind_has_no_secret(ending, kind):
    with sample_message(kind, ending) as message:
        copy = masked_mail(message)
        assert not TemporaryPassword.objects.exists()

    assert not RECIPIENTS_PAGES.search(copy.text + copy.html)
    assert not PASSWORD.search(copy.text + copy.html)


@pytest.mark.parametrize("kind", MessageKind)
def test_sample_leaves_nothing_behind(ending, kind):
    before = list(Message.objects.values_list("pk", "created_at"))

    with sample_message(kind, ending) as message:
        assert message.kind == kind

    assert list(Message.objects.values_list("pk", "created_at")) == before
    ending.refresh_from_db()
    assert (ending.revoked_at, ending.suspended_at) == (None, None)


@pytest.mark.parametrize("kind", MessageKind)
def test_every_kind_of_mail_is_turned_around_for_readers_from_right_to_left(ending, kind, monkeypatch):
    with sample_message(kind, ending) as message:
        monkeypatch.setattr(type(mail_for(message)), "language", "ar")
        html = mail_for(message).render_masked().html

    assert re.search(r'<html lang="ar" dir="rtl"', html)
    assert translation.get_language() != "ar"


@pytest.mark.slow
def test_mails_to_all_people_of_the_demo_keep_to_the_rules(settings):
    load(lambda line: None)
    found, written = [], 0
    for issuance in Issuance.objects.filter(erased_at=None).select_related("issuer", "current_version"):
        for kind in MessageKind:
            with sample_message(kind, issuance) as message:
                if message is None:
                    continue
                written += 1
                found += [
                    f"{kind.value} to {message.to_address} {problem}" for problem in problems(kind, composed(message))
                ]
                copy = masked_mail(message)
                if RECIPIENTS_PAGES.search(copy.text + copy.html) or PASSWORD.search(copy.text + copy.html):
                    found.append(f"{kind.value} to {message.to_address} tells staff a secret")

    assert found == []
    assert written > 10 * Issuance.objects.count()


# --- the pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", ["DEMO", "DEBUG"])
def test_messages_lists_every_kind(client, ending, settings, setting):
    setattr(settings, setting, True)

    page = client.get("/mailbox/messages/").text

    for kind in MessageKind:
        assert f'href="/mailbox/messages/{kind.value}/?code={ending.code}"' in page


@pytest.mark.parametrize("kind", MessageKind)
def test_message_shows_both_parts(client, ending, settings, kind):
    settings.DEMO = True

    page = client.get(f"/mailbox/messages/{kind.value}/", {"code": ending.code})
    frame = client.get(f"/mailbox/messages/{kind.value}/html", {"code": ending.code})

    assert (page.status_code, frame.status_code) == (200, 200)
    assert f"/mailbox/messages/{kind.value}/html?code={ending.code}" in page.text
    assert "sandbox" in frame["Content-Security-Policy"]
    assert frame.text.startswith("<!")


def test_message_that_cannot_be_says_so(client, issuance, settings):
    settings.DEMO = True

    response = client.get("/mailbox/messages/renewed/", {"code": issuance.code})

    assert "This cannot happen to this badge" in response.text
    assert client.get("/mailbox/messages/renewed/html", {"code": issuance.code}).status_code == 404


@pytest.mark.parametrize("path", ["", "issuance/", "issuance/html"])
def test_messages_are_not_found_anywhere_else(client, ending, path):
    assert client.get(f"/mailbox/messages/{path}").status_code == 404


@pytest.mark.parametrize("path", ["nonsense/", "issuance/?code=000000000000", "issuance/?code=x"])
def test_what_is_not_there_is_not_found(client, ending, settings, path):
    settings.DEMO = True

    assert client.get(f"/mailbox/messages/{path}").status_code == 404


def test_messages_of_a_site_without_badges_are_not_found(client, settings):
    settings.DEMO = True

    assert client.get("/mailbox/messages/").status_code == 404
