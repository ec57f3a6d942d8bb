"""What people may type: names, lines and addresses, cleaned once at the door.

Control characters are refused because a signature, a mail header and a PDF each treat them differently
(standards.md §5); names that hold an address of the web are refused because our mail would carry it (T39).
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

NAME_LENGTH = 200
EMAIL_LENGTH = 254
LOCAL_PART_LENGTH = 64

# Bidirectional overrides turn the text around them; a name never needs one (isolates are put there by our pages).
_FORBIDDEN = {"\u2028", "\u2029", *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
_WEB_ADDRESS = re.compile(
    r"://|\bwww\.|\b[\w-]{2,}\.(?:com|net|org|info|biz|example|io|ru|cn|top|xyz)\b", re.IGNORECASE
)
# Of two in a row nobody sees the second one on a page, and everybody on a certificate.
_SPACES = re.compile("[ \u00a0]+")
_EMAIL = EmailValidator(allowlist=[])
# Allowed by the grammar, used by nobody but people who try our mail server: routing, address literals, two addresses.
_NOT_IN_ADDRESSES = {*'%[]"!'}


def has_control_characters(text: str) -> bool:
    return any(unicodedata.category(c) in {"Cc", "Cs"} or c in _FORBIDDEN for c in text)


def clean_line(text: str, *, limit: int = 200) -> str:
    """One line of text in NFC with single spaces, and none around it. Raises ValidationError."""
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if has_control_characters(text):
        raise ValidationError(_("Remove the invisible control characters or line breaks."), code="control")
    if len(text) > limit:
        raise ValidationError(
            _("This has %(length)d characters; at most %(limit)d fit."),
            code="long",
            params={"length": len(text), "limit": limit},
        )
    return text


def clean_text(text: str, *, limit: int) -> str:
    """Lines of text in NFC, without spaces around them. Raises ValidationError."""
    lines = [clean_line(line.replace("\t", " "), limit=limit) for line in text.strip().splitlines()]
    whole = "\n".join(lines)
    if len(whole) > limit:
        raise ValidationError(
            _("This has %(length)d characters; at most %(limit)d fit."),
            code="long",
            params={"length": len(whole), "limit": limit},
        )
    return whole


def clean_person_name(text: str) -> str:
    """A person's name in any script, of one letter or of two hundred. Raises ValidationError."""
    name = clean_line(text, limit=NAME_LENGTH)
    if not name:
        raise ValidationError(_("Enter a name."), code="empty")
    if _WEB_ADDRESS.search(name):
        raise ValidationError(_("A name cannot hold a web address."), code="address")
    if not any(unicodedata.category(c)[0] in "LN" for c in name):
        raise ValidationError(_("Enter a name with at least one letter."), code="letters")
    return name


def clean_email(text: str) -> str:
    """An e-mail address as it was typed, fit for a mail header. Raises ValidationError."""
    address = text.strip()
    if not address:
        raise ValidationError(_("Enter an e-mail address."), code="empty")
    if "@" not in address:
        raise ValidationError(_("This e-mail address has no @."), code="at")
    if any(c.isspace() for c in address):
        raise ValidationError(_("An e-mail address has no spaces. Enter one address only."), code="space")
    if (
        len(address) > EMAIL_LENGTH
        or len(address.rpartition("@")[0]) > LOCAL_PART_LENGTH
        or not address.isascii()
        or address.startswith("-")
        or _NOT_IN_ADDRESSES & {*address}
    ):
        raise ValidationError(_("Enter an e-mail address like ana@example.org."), code="invalid")
    try:
        _EMAIL(address)
    except ValidationError as error:
        raise ValidationError(_("Enter an e-mail address like ana@example.org."), code="invalid") from error
    return address


def canonical_email(address: str) -> str:
    """The spelling by which two addresses are one: spreadsheets and keyboards disagree about capitals and widths."""
    return unicodedata.normalize("NFKC", address.strip()).casefold()
