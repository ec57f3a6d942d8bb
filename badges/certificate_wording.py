"""The designs of certificates by name, and the words on them that staff may change, with places for facts."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

DESIGNS = (
    ("engraved", _("Engraved")),
    ("ledger", _("Ledger")),
    ("diploma", _("Diploma")),
)
WORDINGS = ("heading", "awarded_to", "met_requirements")
# What may stand in braces. Nothing else is ever filled in, and nothing is looked up by what somebody wrote.
PLACES = ("name", "badge", "issuer", "issued_on", "expires_on", "code", "number")

_PLACE = re.compile(r"\{([^{}]*)\}")


def unknown_places(text: str) -> list[str]:
    """What stands in braces and is no place for a fact, and braces that have no partner."""
    unknown = [f"{{{name}}}" for name in _PLACE.findall(text) if name not in PLACES]
    rest = _PLACE.sub("", text)
    return unknown + [brace for brace in "{}" if brace in rest]


def filled(text: str, facts: Mapping[str, str]) -> str:
    """A fact that holds braces itself is printed as it is."""
    return _PLACE.sub(lambda place: facts.get(place[1], place[0]), text)
