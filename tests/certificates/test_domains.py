"""Whether a domain says whose it is: asked of a name server and a web server of our own."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from badgecert.accounts.models import User
from badgecert.core import clock
from certificates import dns
from certificates.actions.domains import ask_domains_again, confirm_domain, forget_domain
from certificates.addresses import did_of
from certificates.domains import DomainQuestion, Says, domain_in
from certificates.exceptions import DomainRefusedError
from certificates.openbadges.exceptions import UnavailableError
from issuers.models import Issuer
from tests.factories import make_issuer, make_staff

HEADER = struct.Struct(">HHHHHH")


class NameServer:
    """Answers every question with these TXT records."""

    def __init__(self, *texts: bytes, code: int = 0, cut: bool = False) -> None:
        self.asked: list[bytes] = []
        self._texts, self._code, self._cut = texts, code, cut
        self._line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._line.bind(("127.0.0.1", 0))
        self.address = self._line.getsockname()
        self._stream = socket.create_server(self.address)
        threading.Thread(target=self._by_datagram, daemon=True).start()
        threading.Thread(target=self._by_stream, daemon=True).start()

    def close(self) -> None:
        for line in (self._line, self._stream):
            line.close()

    def _by_datagram(self) -> None:
        while True:
            try:
                message, sender = self._line.recvfrom(2000)
            except OSError:
                return
            self.asked.append(message)
            # Somebody guesses before the true answer comes.
            self._line.sendto(b"\0\0" + message[2:], sender)
            self._line.sendto(self._answer(message, cut=self._cut), sender)

    def _by_stream(self) -> None:
        while True:
            try:
                line, _ = self._stream.accept()
            except OSError:
                return
            with line:
                message = line.recv(2000)[2:]
                answer = self._answer(message, cut=False)
                line.sendall(struct.pack(">H", len(answer)) + answer)

    def _answer(self, message: bytes, *, cut: bool) -> bytes:
        end = message.index(b"\0", HEADER.size) + 5
        texts = () if cut else self._texts
        flags = 0x8180 | self._code | (0x0200 if cut else 0)
        header = message[:2] + HEADER.pack(0, flags, 1, len(texts), 0, 0)[2:]
        records = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", 16, 1, 60, len(text)) + text for text in texts)
        return header + message[HEADER.size : end] + records


def written(text: str) -> bytes:
    """In parts, as a record has it."""
    content = text.encode()
    parts = [content[place : place + 30] for place in range(0, len(content), 30)]
    return b"".join(bytes([len(part)]) + part for part in parts)


@pytest.fixture
def name_server() -> Iterator[Callable[..., NameServer]]:
    servers = []

    def start(*texts: str, **more: Any) -> NameServer:
        servers.append(NameServer(*map(written, texts), **more))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


class Web:
    """The guarded client's place, for what a file at the domain says."""

    def __init__(self, *issuers: str, silent: bool = False) -> None:
        self.asked: list[str] = []
        self._issuers, self._silent = issuers, silent

    def document_at(self, address: str) -> dict[str, Any]:
        self.asked.append(address)
        if self._silent:
            raise UnavailableError
        return {"issuers": list(self._issuers)}


def asking(server: NameServer | None = None, web: Web | None = None) -> DomainQuestion:
    servers = (server.address,) if server else ()
    return DomainQuestion(client=web or Web(silent=True), servers=servers)  # type: ignore[arg-type]


@pytest.fixture
def issuer(db: None) -> Issuer:
    return make_issuer()


@pytest.fixture
def owner(issuer: Issuer) -> User:
    return issuer.staff_members.get(role="owner").user


# --- asking --------------------------------------------------------------------------------------


def test_texts_are_read_in_all_their_parts(name_server: Any) -> None:
    server = name_server("v=spf1 -all", "x" * 300)

    assert dns.texts_at("_badgecert.northgate.example", servers=[server.address]) == ["v=spf1 -all", "x" * 300]
    assert b"\x0a_badgecert\x09northgate\x07example\0" in server.asked[0]


def test_answer_that_was_cut_is_asked_for_again_by_stream(name_server: Any) -> None:
    server = name_server("y" * 2000, cut=True)

    assert dns.texts_at("a.example", servers=[server.address]) == ["y" * 2000]


def test_name_that_is_not_there_has_no_texts(name_server: Any) -> None:
    assert dns.texts_at("a.example", servers=[name_server(code=3).address]) == []


def test_server_that_fails_is_no_answer_and_the_next_one_is_asked(name_server: Any) -> None:
    failing, good = name_server(code=2), name_server("yes")

    with pytest.raises(dns.NoAnswerError):
        dns.texts_at("a.example", servers=[failing.address])
    assert dns.texts_at("a.example", servers=[failing.address, good.address]) == ["yes"]


@pytest.mark.parametrize("name", ["", "a..example", "a" * 64 + ".example", "a." * 130 + "example"])
def test_name_that_cannot_be_asked_for_has_no_answer(name: str) -> None:
    with pytest.raises((dns.NoAnswerError, UnicodeError)):
        dns.texts_at(name, servers=[])


# --- what it says --------------------------------------------------------------------------------

DID = "did:web:testserver:issuers:northgate"


def test_record_or_file_is_enough(name_server: Any) -> None:
    record, nothing = name_server(f" badgecert={DID} "), name_server("badgecert=did:web:other")
    file = Web("did:web:other", DID)

    assert asking(record).says("northgate.example", DID) == Says.YES
    assert asking(nothing, file).says("northgate.example", DID) == Says.YES
    assert file.asked == ["https://northgate.example/.well-known/badgecert.json"]
    assert asking(nothing, Web("did:web:other")).says("northgate.example", DID) == Says.NO
    assert asking(nothing).says("northgate.example", DID) == Says.NO
    assert asking(None).says("northgate.example", DID) == Says.SILENT


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("northgate.example", "northgate.example"),
        (" https://www.Northgate.Example/about ", "northgate.example"),
        ("bücher.example.", "xn--bcher-kva.example"),
    ],
)
def test_domain_is_found_in_what_was_typed(typed: str, domain: str) -> None:
    assert domain_in(typed) == domain


@pytest.mark.parametrize("typed", ["", "northgate", "127.0.0.1", "a b.example", "[::1]", "x@y.example", "-a.example"])
def test_what_is_no_domain_is_refused(issuer: Issuer, owner: User, typed: str) -> None:
    with pytest.raises(DomainRefusedError, match="This is not a domain"):
        confirm_domain(issuer, typed=typed, by=owner, question=asking())


# --- confirming ----------------------------------------------------------------------------------


def test_owner_confirms_a_domain_and_every_page_shows_it(issuer: Issuer, owner: User, name_server: Any) -> None:
    server = name_server(f"badgecert={did_of(issuer.slug)}")

    confirm_domain(issuer, typed="northgate.example", by=owner, question=asking(server))

    page = Client().get(issuer.get_absolute_url()).content.decode()
    assert "northgate.example confirmed" in page
    assert "We ask it every day." in page


def test_domain_that_says_nothing_is_refused_with_the_way_on(issuer: Issuer, owner: User, name_server: Any) -> None:
    with pytest.raises(DomainRefusedError, match=r"northgate\.example does not say so yet"):
        confirm_domain(issuer, typed="northgate.example", by=owner, question=asking(name_server()))

    issuer.refresh_from_db()
    assert (issuer.domain, issuer.domain_confirmed_at) == ("", None)


def test_only_an_owner_confirms_or_forgets(issuer: Issuer, name_server: Any) -> None:
    manager = make_staff(issuer)

    with pytest.raises(PermissionDenied):
        confirm_domain(issuer, typed="northgate.example", by=manager, question=asking())
    with pytest.raises(PermissionDenied):
        forget_domain(issuer, by=manager)


def test_domain_is_asked_every_day_and_believed_for_a_week(issuer: Issuer, owner: User, name_server: Any) -> None:
    yes = asking(name_server(f"badgecert={did_of(issuer.slug)}"))
    confirm_domain(issuer, typed="northgate.example", by=owner, question=yes)
    start = clock.now()

    assert ask_domains_again(yes) == 0
    with clock.at(start + timedelta(hours=25)):
        assert ask_domains_again(yes) == 1
    issuer.refresh_from_db()
    assert issuer.domain_confirmed_at == start + timedelta(hours=25)
    with clock.at(start + timedelta(days=7)):
        ask_domains_again(asking())
    issuer.refresh_from_db()
    assert issuer.domain == "northgate.example"
    with clock.at(start + timedelta(days=9)):
        ask_domains_again(asking())
    issuer.refresh_from_db()
    assert issuer.domain == ""


def test_desk_says_what_the_domain_must_say(issuer: Issuer, owner: User) -> None:
    client = Client()
    client.force_login(owner)
    address = reverse("admin:issuer_domain", args=[issuer.pk])

    page = client.get(address).content.decode()
    refused = client.post(address, {"domain": "nothing"}).content.decode()

    assert f"badgecert={did_of(issuer.slug)}" in page
    assert "/.well-known/badgecert.json" in page
    assert "This is not a domain. Write it like northgate.example." in refused


def test_issuers_page_shows_the_fingerprint_of_its_key(issuance: Any, django_assert_num_queries: Any) -> None:
    issuer = Issuer.objects.get()

    with django_assert_num_queries(4):
        page = Client().get(issuer.get_absolute_url()).content.decode()

    assert "How its badges are signed" in page
    assert did_of(issuer.slug) in page
