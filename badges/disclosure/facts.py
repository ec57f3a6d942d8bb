"""What is disclosed, as frozen values."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, reverse

from badgecert.core import codes
from badgecert.core.dates import day_in
from badges.models import SharedPart, VersionKind

# Still valid, and worth saying that it ends.
EXPIRING_WITHIN = timedelta(days=60)


class State(StrEnum):
    """The answer to *is it good?*, in the order in which one answer hides the next (decisions.md)."""

    NOT_FOUND = "not_found"
    ERASED = "erased"
    PRIVATE = "private"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    EXPIRING = "expiring"
    VALID = "valid"

    @property
    def is_good(self) -> bool:
        """An employer may rely on it today."""
        return self in {State.VALID, State.EXPIRING}


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFacts:
    sha256: str
    has_svg: bool

    @property
    def screen_url(self) -> str:
        """For pages: sharp at any size where we drew it, small where it was uploaded. Mail takes the PNG."""
        return _picture_url(self.sha256, "svg" if self.has_svg else "webp", get_script_prefix())


@lru_cache(maxsize=1000)
def _picture_url(sha256: str, kind: str, script_prefix: str) -> str:
    """Kept, because a page of badges shows the same few pictures again and again."""
    return reverse("picture_variant", args=[sha256, kind])


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerFacts:
    """The organisation: its name and logo as they were at issue, its contacts as they are now."""

    name: str
    logo: PictureFacts | None
    slug: str
    description: str
    url: str
    email: str
    postal_address: str
    time_zone: str
    language: str
    domain: str
    domain_confirmed_at: datetime | None
    linkedin_organization_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    name: str
    # Where somebody describes it officially, such as in ESCO; or nothing.
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeFacts:
    """What the badge said when it was issued, and how it is renewed now."""

    name: str
    slug: str
    description: str
    achievement_type: str
    criteria_to_earn: str
    criteria_to_maintain: str
    skills: tuple[Skill, ...]
    picture: PictureFacts
    renewal_url: str
    renewal_instructions: str
    contact_email: str
    # Where the organisation names somebody else for the topic; else the one above.
    renewal_contact: str
    paper_contact: str
    verification_contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSpec:
    """How the certificate is to look and what it says besides the facts."""

    design: str
    # Empty: the design's own.
    colour: str
    wording: dict[str, str]
    signatories: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the public history."""

    number: int
    kind: VersionKind
    on: date
    fields: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What this viewer may know about one code, at this instant. Fields that may not be known are empty or None."""

    state: State
    code: str
    asked_at: datetime
    # The viewer is the earner or the issuer's staff: files are given in states in which strangers get none.
    for_insider: bool = False
    # As glance() says it.
    tag: str = ""
    badge: BadgeFacts | None = None
    issuer: IssuerFacts | None = None
    # From here on only for State.VALID … State.SUSPENDED, and for insiders.
    holder: str = ""
    issued_on: date | None = None
    expires_on: date | None = None
    issued_at: datetime | None = None
    valid_from: datetime | None = None
    narrative: str = ""
    evidence: tuple[dict[str, str], ...] = ()
    subject_id: uuid.UUID | None = None
    # `sha256$` and the salted hash of the recipient's canonical address.
    identity_hash: str = ""
    identity_salt: str = ""
    # The canonical address itself, when the earner chose that the credential names it.
    identity_address: str = ""
    certificate: CertificateSpec | None = None
    version: int = 0
    # By which its signed credential is found.
    version_id: uuid.UUID | None = None
    current_version: int = 0
    history: tuple[Change, ...] = field(default=())
    suspended_on: date | None = None
    revoked_on: date | None = None
    revocation_reason: str = ""
    # Search engines may list it.
    is_listed: bool = False
    visibility: str = ""
    # What somebody who follows a share link is not shown, though the badge may say it.
    withheld: frozenset[SharedPart] = frozenset()

    @property
    def url(self) -> str:
        """The canonical address: printed on paper, and the credential's id."""
        return f"{settings.BASE_URL}/v/{self.code}"

    @property
    def grouped_code(self) -> str:
        return codes.grouped(self.code)

    @property
    def shows_holder(self) -> bool:
        return bool(self.holder)

    @property
    def has_certificate(self) -> bool:
        return self.certificate is not None

    @property
    def days_left(self) -> int | None:
        """Days from today, in the issuer's zone, to the last day of validity, which counts; None without expiry."""
        if self.expires_on is None or self.issuer is None:
            return None
        return (self.expires_on - day_in(self.asked_at, self.issuer.time_zone)).days
