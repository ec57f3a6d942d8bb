"""The public pages of the demonstration, an earner's, and every mail in a language that nobody speaks: no text may be left in English."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import translation

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.models import Badge, Issuance
from issuers.models import Issuer, StaffRole
from notifications.messages import mail_for
from notifications.models import MessageKind
from notifications.samples import sample_message
from tests.factories import issue
from tests.languages import pseudo as language
from tests.languages.forms import answers_to_forms
from tests.languages.pseudo import CLOSE, LEFT_TO_RIGHT, OPEN, RIGHT_TO_LEFT
from tests.languages.reading import Data, unmarked_texts

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

# Names of things that have the same name in every language.
NAMES = [
    *("BadgeCert", "LinkedIn", "Facebook", "WhatsApp", "X", "Outlook", "Gmail", "Apple Mail", "Open Badges", "Merkle"),
    *(
        "PNG",
        "JPEG",
        "SVG",
        "PDF",
        "CSV",
        "XLSX",
        "ZIP",
        "JSON",
        "JWT",
        "QR",
        "UTC",
        "HTML",
        "A4",
        "OK",
        "Ed25519",
        "Pseudo",
        # A column of the file that is uploaded.
        "issued_on",
    ),
]
# Somebody who follows one of these is gone, or gets no page.
LEFT_OUT = re.compile(
    r"/log-out/|/styleguide/|/static/|/pictures/|/mailbox/\d|\.(pdf|png|svg|json|jwt|zip|csv|ics|jpe?g)$"
)
OF_A_KIND = 2


def pages(client: Client, starts: list[str]) -> Iterator[tuple[str, str]]:
    """Every page that links lead to, a few for each kind of address."""
    waiting, seen, kinds = list(starts), set(starts), Counter()
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address, headers={"Accept-Language": LEFT_TO_RIGHT})
        if answer.has_header("Location"):
            path = _own_path(urljoin(f"{settings.BASE_URL}{address}", answer["Location"]))
            if path and path not in seen:
                seen.add(path)
                waiting.append(path)
            continue
        if not answer.headers.get("Content-Type", "").startswith("text/html") or answer.streaming:
            continue
        page = answer.content.decode()
        yield address, page
        for link in re.findall(r'<a\b[^>]*\bhref="([^"#]+)', page):
            path = _own_path(urljoin(f"{settings.BASE_URL}{address}", link.replace("&amp;", "&")))
            if path is None or path in seen or LEFT_OUT.search(path):
                continue
            seen.add(path)
            try:
                kind = resolve(path).view_name
            except Resolver404:
                continue
            kinds[kind] += 1
            if kinds[kind] <= OF_A_KIND:
                waiting.append(path)


def _own_path(link: str) -> str | None:
    parts = urlsplit(link)
    return parts.path if f"{parts.scheme}://{parts.netloc}" == settings.BASE_URL else None


def found_on(client: Client, starts: list[str]) -> tuple[int, list[str]]:
    """How many pages there are, and what is not marked on them and in what their forms answer."""
    data = Data([settings.SITE_NAME, settings.OPERATOR_NAME, *NAMES])
    looked_at, found, sent = 0, [], set()
    for address, page in pages(client, starts):
        looked_at += 1
        for said_at, said in ((address, page), *answers_to_forms(client, address, page, sent, LEFT_TO_RIGHT)):
            found += [f"{said_at}: {text}" for text in unmarked_texts(said) if not data.explains(text)]
    return looked_at, list(dict.fromkeys(found))


STRANGERS = [
    *("/", "/help/", "/guides/", "/verify/", "/verify/?code=7KQ4-M2XD", "/badges/", "/log/", "/nothing-here/"),
    *("/log-in/", "/log-in/new-password/", "/log-in/first-time/", "/issuers/northgate/", "/v/000000000000"),
]


def test_pages_for_strangers_are_marked(pseudo: None, demo: None, client: Client) -> None:
    states = Issuance.objects.order_by("created_at").values_list("code", flat=True)[:12]
    codes = [f"/v/{code}" for code in states]

    looked_at, found = found_on(client, [*STRANGERS, *codes])

    assert found == []
    assert looked_at > 30


def test_pages_for_earners_are_marked(pseudo: None, demo: None, client: Client) -> None:
    client.force_login(User.objects.filter(issuances__isnull=False, is_staff=False).order_by("email")[0])

    looked_at, found = found_on(client, ["/portfolio/", "/portfolio/?q=nothing", "/profile/", "/requests/"])

    assert found == []
    assert looked_at > 20


def test_pages_for_staff_are_marked(pseudo: None, demo: None, client: Client) -> None:
    client.force_login(owner())

    looked_at, found = found_on(client, ["/admin/", "/admin/issue/", "/admin/badges/badge/add/"])

    assert found == []
    assert looked_at > 40


def owner() -> User:
    return User.objects.filter(staff_memberships__role=StaffRole.OWNER).order_by("email")[0]


@pytest.mark.parametrize("kind", MessageKind.values)
def test_mails_are_marked(pseudo: None, badge: Badge, earner: User, kind: str) -> None:
    # Every kind of mail can be written about a badge that ends.
    issuance = issue(badge, to=earner, expires_on=clock.today("UTC") + timedelta(days=30))
    Issuer.objects.update(language=LEFT_TO_RIGHT)
    User.objects.update(language=LEFT_TO_RIGHT)
    with sample_message(MessageKind(kind), issuance) as message:
        assert message
        mail = mail_for(message).render_masked()
        data = Data([settings.SITE_NAME, settings.OPERATOR_NAME, *NAMES])

    lines = [f"<p>{line}</p>" for line in (mail.subject, *mail.text.split("\n\n"))]
    assert OPEN in mail.subject
    assert [text for part in (mail.html, *lines) for text in unmarked_texts(part) if not data.explains(text)] == []


def test_language_of_the_address_comes_before_the_browsers(pseudo: None, client: Client, db: None) -> None:
    languages = {
        path: re.search(
            r'<html lang="([\w-]+)" dir="(\w+)"', client.get(path, headers={"Accept-Language": asked}).content.decode()
        ).groups()
        for path, asked in (("/", LEFT_TO_RIGHT), (f"/?lang={RIGHT_TO_LEFT}", LEFT_TO_RIGHT), ("/help/?lang=tlh", "de"))
    }

    assert languages == {
        "/": (LEFT_TO_RIGHT, "ltr"),
        f"/?lang={RIGHT_TO_LEFT}": (RIGHT_TO_LEFT, "rtl"),
        "/help/?lang=tlh": ("en-gb", "ltr"),
    }


@pytest.mark.parametrize("lang", ["", "%00", "x" * 3000, "../../etc", "en_GB", "%F0%9F%98%80", "-", "xx-" * 300])
def test_strange_language_in_the_address_is_passed_over(client: Client, db: None, lang: str) -> None:
    answer = client.get(f"/?lang={lang}")

    assert (answer.status_code, answer.cookies) == (200, {})


def test_pseudo_keeps_what_the_program_fills_in() -> None:
    text = 'By %(day)s <a href="/x">{name}</a>, 100%%'

    said = language.pseudo(text)

    assert said.startswith(OPEN)
    assert said.endswith(CLOSE)
    assert all(part in said for part in ("%(day)s", '<a href="/x">', "{name}", "</a>", "%%"))
    assert len(said) >= len(text) + 5


def test_reading_sees_what_was_not_marked() -> None:
    page = f'<p>{OPEN}Öñé{CLOSE} <b>Two</b></p><img alt="Three"><p><bdi>Ana</bdi> {OPEN}ñ <i>Four</i>{CLOSE}</p>'

    assert unmarked_texts(page) == ["Two", "Three"]


def test_every_language_is_left_as_it_was() -> None:
    assert translation.get_language() == settings.LANGUAGE_CODE
