"""The organisations' own words in their mails: what may stand in them, and how places are filled in.

A place is filled in by plain replacement, from a list: no template language ever reads what somebody typed.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.core.text import clean_line, clean_text
from notifications.models.wordings import OPENING_LENGTH, REQUEST_TURNS, SUBJECT_LENGTH, WordedMail, Wording

# What may stand between braces, what it says, and what the mails call it.
_PLACES = {
    "badge": (gettext_lazy("the badge's name"), "badge_name"),
    "issuer": (gettext_lazy("your organisation's name, as the badge says it"), "issuer_name"),
    "issued_on": (gettext_lazy("the day of issue"), "issued_on"),
    "expires_on": (gettext_lazy("the last day on which it is valid"), "expires_on"),
    "name": (gettext_lazy("the earner's name"), "name"),
    "code": (gettext_lazy("the badge's code"), "code"),
    "contact": (gettext_lazy("the address that answers"), "contact"),
    "request": (gettext_lazy("what the earner asks for"), "subject_of_request"),
    "due_on": (gettext_lazy("the day by which you answer"), "due_on"),
}
# Everybody on the way reads a subject, and mail that names a person in it looks like spam.
_NOT_IN_A_SUBJECT = ("name", "code", "contact")
_NOT_WHEN_IT_EXPIRES = ("issued_on", "code")
_OF_A_REQUEST = ("request", "due_on")
_OF_ONE_BADGE = frozenset(("badge", "issued_on", "expires_on", "code"))

_PLACE = re.compile(r"\{([^{}]*)\}")
_LINK = re.compile(r"://|\bwww\.|\b[\w-]{2,}(?:\.[\w-]{2,})*\.[a-z]{2,}(?:/|\b(?!@))|\S@\S", re.IGNORECASE)


class Words(NamedTuple):
    """A subject and opening words as an organisation wrote them; empty ones are the site's own."""

    subject: str = ""
    opening: str = ""


NO_WORDS = Words()


def places(mail: WordedMail, *, in_subject: bool) -> dict[str, str]:
    """What may stand between braces in such a mail, and what it is."""
    left_out = {
        *(_NOT_IN_A_SUBJECT if in_subject else ()),
        *(_NOT_WHEN_IT_EXPIRES if mail == WordedMail.EXPIRING else ()),
        *(() if mail in REQUEST_TURNS else _OF_A_REQUEST),
    }
    return {name: str(about) for name, (about, _key) in _PLACES.items() if name not in left_out}


def clean_subject(text: str, mail: WordedMail) -> str:
    """Raises ValidationError."""
    return _checked(clean_line(text, limit=SUBJECT_LENGTH), places(mail, in_subject=True))


def clean_opening(text: str, mail: WordedMail) -> str:
    """Raises ValidationError."""
    return _checked(clean_text(text, limit=OPENING_LENGTH), places(mail, in_subject=False))


def _checked(text: str, allowed: Mapping[str, str]) -> str:
    offered = ", ".join(f"{{{name}}}" for name in allowed)
    for name in _PLACE.findall(text):
        if name not in allowed:
            raise ValidationError(
                _("There is no {%(name)s} here. Use one of: %(offered)s."),
                code="place",
                params={"name": name, "offered": offered},
            )
    rest = _PLACE.sub("", text)
    if "{" in rest or "}" in rest:
        raise ValidationError(
            _("A brace stands alone. Write a place like {badge}, or leave the brace out."), code="brace"
        )
    if "<" in rest or ">" in rest:
        raise ValidationError(_("Write plain words: < and > would be shown as they are."), code="markup")
    if found := _LINK.search(rest):
        raise ValidationError(
            _("Leave “%(link)s” out: the mail has its own buttons, and filters distrust links in words."),
            code="link",
            params={"link": found[0]},
        )
    return text


def filled(text: str, context: Mapping[str, object]) -> str:
    """With each place replaced by what the mail's context has for it; a badge without an end has no last day."""

    def value(place: re.Match[str]) -> str:
        said = str(context.get(_PLACES[place[1]][1], ""))
        return said or (_("no end") if place[1] == "expires_on" else "")

    return _PLACE.sub(value, text)


class Wordings:
    """The words of these organisations and their badges, from one query."""

    def __init__(self, issuer_ids: Iterable[UUID]) -> None:
        rows = Wording.objects.filter(issuer__in=set(issuer_ids)).values_list(
            "issuer_id", "badge_id", "kind", "subject", "opening"
        )
        self._words: dict[tuple[UUID, UUID | None, str], Words] = {
            (issuer_id, badge_id, kind): Words(subject, opening) for issuer_id, badge_id, kind, subject, opening in rows
        }

    def of(self, mail: WordedMail | None, *, issuer_id: UUID | None, badge_ids: Iterable[UUID]) -> Words:
        """The badge's own, else the organisation's. Words that name one badge do not fit a mail about several."""
        if mail is None or issuer_id is None:
            return NO_WORDS
        badges = set(badge_ids)
        general = self._words.get((issuer_id, None, mail), NO_WORDS)
        if len(badges) != 1:
            return Words(*("" if _names_one_badge(text) else text for text in general))
        [badge_id] = badges
        own = self._words.get((issuer_id, badge_id, mail), NO_WORDS)
        return Words(own.subject or general.subject, own.opening or general.opening)


def _names_one_badge(text: str) -> bool:
    return not _OF_ONE_BADGE.isdisjoint(_PLACE.findall(text))
