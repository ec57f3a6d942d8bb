"""Sending every form of a page with nothing and with nonsense in it, so that it says what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import resolve

# Fits no field, and has no letter that could be read as a word of ours.
NONSENSE = "§§"


@dataclass
class Form:
    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._address = address
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(urljoin(self._address, given.get("action", "").partition("#")[0]))
            if given.get("method", "").lower() == "post":
                self.forms.append(self._open)
        form, name, kind = self._open, given.get("name", ""), given.get("type", "")
        if form is None or not name:
            return
        if tag == "button" or kind in {"submit", "image"}:
            form.buttons.append((name, given.get("value", "")))
        elif kind == "hidden":
            form.hidden[name] = given.get("value", "")
        elif tag in {"input", "select", "textarea"}:
            form.fields[name] = kind

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def answers_to_forms(
    client: Client, address: str, page: str, seen: set[str], language: str
) -> Iterator[tuple[str, str]]:
    """What comes back, each sent once a kind; nothing of it stays."""
    reader = _Reader(address)
    reader.feed(page)
    for form in reader.forms:
        for button in form.buttons or [("", "")]:
            kind = f"{resolve(form.action.partition('?')[0]).view_name} {button}"
            if kind in seen:
                continue
            seen.add(kind)
            for filled_in in ({}, _nonsense(form)):
                sent = {**form.hidden, **filled_in, **({button[0]: button[1]} if button[0] else {})}
                yield from _answer(client, form.action, sent, language)


def _answer(client: Client, action: str, sent: dict[str, object], language: str) -> Iterator[tuple[str, str]]:
    same_person = Client()
    same_person.cookies = client.cookies.copy()
    with transaction.atomic():
        answer = same_person.post(action, sent, headers={"Accept-Language": language}, follow=True)
        transaction.set_rollback(True)
    if answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming:
        yield f"{action} {sorted(sent)}", answer.content.decode()


def _nonsense(form: Form) -> dict[str, object]:
    return {
        name: SimpleUploadedFile("§.txt", b"\xc2\xa7") if kind == "file" else NONSENSE
        for name, kind in form.fields.items()
    }
