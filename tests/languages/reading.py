"""What somebody reads or hears on a page, and which of it was never marked for translation."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from django.apps import apps
from django.db import models

from tests.languages.pseudo import CLOSE, OPEN

_READ_ATTRIBUTES = {"title", "alt", "aria-label", "placeholder", "label", "aria-description"}
# Their values become text by script.
_WORDS_FOR_SCRIPT = re.compile(r"data-(copied|shows|hides|trouble|saved|failed|working|confirm)$")
_META = {"description", "og:title", "og:description", "twitter:title", "twitter:description"}
_BLOCKS = {
    *("p", "li", "td", "th", "h1", "h2", "h3", "h4", "dt", "dd", "label", "option", "button", "title", "legend"),
    *("div", "section", "ul", "ol", "dl", "table", "caption", "summary", "form", "header", "main", "nav", "footer"),
}
# Names, files, codes and what a machine wrote.
_DATA_ELEMENTS = {"bdi", "pre", "code", "time", "script", "style", "template", "textarea", "svg", "iframe"}
_LATIN = re.compile(r"[A-Za-z]")
_NO_WORDS = re.compile(
    r"https?://\S+|\S+@\S+|(?:www\.)?[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/\S*)?|\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}\b"
    r"|\b[0-9a-f]{8,}\b|\S*\d\S*|/[\w/.?&=-]+"
)
_INITIALS = re.compile(r"[A-Z]{1,2}")
_PUNCTUATION = " •·,.;:()[]“”‘’…–—|&×✓→<>!?'\"#%=+*/-"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.unmarked: list[str] = []
        self._depth = 0
        self._inside_data = 0
        self._skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS:
            self._depth = 0
        if tag in _DATA_ELEMENTS or given.get("translate") == "no":
            self._skipped.append(tag)
        for name, value in given.items():
            if name in _READ_ATTRIBUTES or _WORDS_FOR_SCRIPT.match(name):
                self._note(value)
        if tag == "input" and given.get("type") in {"submit", "button"}:
            self._note(given.get("value", ""))
        if tag == "meta" and (given.get("name") in _META or given.get("property") in _META):
            self._note(given.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        if self._skipped and self._skipped[-1] == tag:
            self._skipped.pop()
        if tag in _BLOCKS:
            self._depth = 0

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self._depth = self._note(data, self._depth)

    def _note(self, text: str, depth: int = 0) -> int:
        """Returns how many brackets are open at its end: a text may hold elements."""
        outside = []
        for letter in text:
            if letter == OPEN:
                depth += 1
                outside.append("\n")
            elif letter == CLOSE:
                depth = max(0, depth - 1)
            elif not depth:
                outside.append(letter)
        self.unmarked += [part for part in "".join(outside).split("\n") if _LATIN.search(part)]
        return depth


def unmarked_texts(page: str) -> list[str]:
    reader = _Reader()
    reader.feed(page)
    return [" ".join(text.split()) for text in reader.unmarked]


class Data:
    """Everything that people typed: names, titles, reasons. It is shown as it is in every language."""

    def __init__(self, known: Iterable[str]) -> None:
        typed = [" ".join(line.split()) for text in (*known, *_typed()) for line in (text, *text.splitlines())]
        # Lists and bold letters in what people write.
        self._values = {text.lstrip("-*• ").replace("*", "") for text in typed}
        self._long = "\n".join(text for text in self._values if len(text) > 20)
        self._words = {word.strip(_PUNCTUATION) for text in self._values if len(text) < 80 for word in text.split()}

    def explains(self, text: str) -> bool:
        """Whether nothing is left of it without data, addresses and figures."""
        return all(self._explains_part(part) for part in re.split(r" [·–|] |(?:^|\s)[:,] |: ", text))

    def _explains_part(self, text: str) -> bool:
        text = text.strip("•- ")
        if text in self._values or (len(text) > 20 and text.rstrip("….") in self._long):
            return True
        rest = _NO_WORDS.sub("", text).strip(_PUNCTUATION)
        if not _LATIN.search(rest) or rest in self._values or _INITIALS.fullmatch(rest):
            return True
        return all(word.strip(_PUNCTUATION) in self._words for word in rest.split())


def _typed() -> Iterator[str]:
    for model in apps.get_models():
        if model._meta.app_label in {"contenttypes", "auth", "sessions", "account", "mfa"}:
            continue
        fields = [
            field
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.choices
        ]
        if fields:
            for row in model._base_manager.values_list(*(field.name for field in fields)):
                for value in row:
                    yield from _strings(value)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
