from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest

from notifications.mime import compose, one_line

NAMES = [
    "",
    "Ana",
    "Ó",
    "Amara Okafor-Lindqvist",
    "Siobhán O\u2019Connor",
    "Nguyễn Thị Minh Khai",
    "王小明",
    "محمد بن عبد الله",
    "דוד בן־גוריון",
    "สมชาย ใจดี",
    "Zoë 🦄 Müller",
    "Doe, John",
    'Robert "Bobby" Tables',
    "Ana <evil@example.net>",
    "<b>Ana</b>",
    "王, <evil@example.net>",
    "Ana @ Northgate; evil@example.net,",
    "back\\slash",
    "A" * 200,
    "ß" * 200,
    "Wolfeschlegelsteinhausenbergerdorff " * 5,
]


def composed(**changes) -> bytes:
    return compose(
        **{
            "sender": ("Northgate Council", "badges@example.org"),
            "to": ("Ana", "ana@example.org"),
            "reply_to": "contact@northgate.example",
            "subject": "Your badge",
            "message_id": "<1@example.org>",
            "written_at": datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
            "text": "Ana,\n\nŽluťoučký kůň\n",
            "html": "<p>Žluťoučký kůň</p>",
            "headers": {},
            **changes,
        }
    )


@pytest.mark.parametrize("name", NAMES)
def test_compose_addresses_one_person_by_name(name):
    raw = composed(to=(name, "ana@example.org"), sender=(name, "badges@example.org"))

    mail = message_from_bytes(raw, policy=policy.default)
    # Python's newer parser puts a space between two encoded words of one name; the older one follows RFC 2047.
    [(words, address)] = getaddresses([message_from_bytes(raw)["To"]])
    assert (str(make_header(decode_header(words))), address) == (name.strip(), "ana@example.org")
    assert [each.addr_spec for each in mail["To"].addresses] == ["ana@example.org"]
    assert [each.addr_spec for each in mail["From"].addresses] == ["badges@example.org"]
    assert raw.count(b"\r\nTo:") == 1
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\u2028", "\u2029", "\x0b", "\x00"])
def test_line_break_in_a_name_or_subject_begins_no_header(break_):
    evil = f"Ana{break_}Bcc: evil@example.net"

    raw = composed(to=(evil, "ana@example.org"), sender=(evil, "badges@example.org"), subject=evil)

    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Ana Bcc: evil@example.net"
    assert [each.addr_spec for each in mail["To"].addresses] == ["ana@example.org"]


def test_compose_keeps_text_and_html_exactly():
    text, html = "Ana,\n\n.\nfrom here\n" + "x" * 2000 + "\n", "<p>" + "字" * 2000 + "</p>"

    raw = composed(text=text, html=html)

    mail = message_from_bytes(raw, policy=policy.default)
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == text
    assert mail.get_body(("html",)).get_content().rstrip("\n") == html
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_compose_writes_the_headers_of_a_machines_mail():
    mail = message_from_bytes(composed(headers={"List-Unsubscribe": "<https://example.org/>"}), policy=policy.default)

    assert {name: mail[name] for name in ("Date", "Message-ID", "Reply-To", "Auto-Submitted", "List-Unsubscribe")} == {
        "Date": "Sun, 22 Nov 2026 09:30:00 +0000",
        "Message-ID": "<1@example.org>",
        "Reply-To": "contact@northgate.example",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": "<https://example.org/>",
    }


def test_compose_without_a_reply_address_leaves_it_out():
    assert message_from_bytes(composed(reply_to=""), policy=policy.default)["Reply-To"] is None


def test_one_line_keeps_words_and_drops_what_cannot_be_seen():
    assert one_line("  Ana\r\n\tOkafor\u2028 王  ") == "Ana Okafor 王"
