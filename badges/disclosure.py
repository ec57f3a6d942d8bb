"""What somebody may see of an issuance: one function decides, one value carries it.

Everything that shows an issuance to anybody (page, JSON, picture, PDF, card, embed, export) is made from a
`Disclosure`. A renderer never gets an Issuance, so it cannot show what was not disclosed.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Prefetch
from django.urls import reverse

from badgecert.core import clock, codes
from badgecert.core.dates import day_in
from badgecert.core.models import Picture
from badges.models import BadgeVersion, Issuance, IssuanceVersion, VersionKind, Visibility
from badges.permissions import can_see_as_insider
from issuers.models import Issuer, Topic

if TYPE_CHECKING:
    from badgecert.accounts.models import User
    from badges.actions.issuances import NewIssuance

_BYTES = ("png", "webp", "svg")
_BYTES_OF_PICTURES = [f"{owner}__{kind}" for owner in ("badge_version__picture", "issuer_logo") for kind in _BYTES]
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
        return reverse("picture_variant", args=[self.sha256, "svg" if self.has_svg else "webp"])


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
    is_listed: bool = False
    visibility: str = ""

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


def can_see(code: str, *, viewer: "User | AnonymousUser | None" = None, version: int | None = None) -> Disclosure:
    """What `viewer` (None: a stranger) may see of the issuance with this canonical code, or of an old version of it.

    Two queries, three with a viewer: the issuance with all it says, its history, the viewer's right.
    """
    asked_at = clock.now()
    try:
        issuance = Issuance.objects.select_related("issuer", "badge").get(code=code)
    except Issuance.DoesNotExist:
        return Disclosure(state=State.NOT_FOUND, code=code, asked_at=asked_at)
    if issuance.erased_at:
        return Disclosure(state=State.ERASED, code=code, asked_at=asked_at, tag=_tag(_decisive(issuance), asked_at))

    is_insider = viewer is not None and can_see_as_insider(viewer, issuance)
    if not is_insider and (issuance.visibility == Visibility.PRIVATE or issuance.declined_at):
        return Disclosure(state=State.PRIVATE, code=code, asked_at=asked_at, tag=_tag(_decisive(issuance), asked_at))

    versions = list(
        IssuanceVersion.objects.filter(issuance=issuance)
        .select_related("badge_version__picture", "issuer_logo")
        .defer(*_BYTES_OF_PICTURES)
        .order_by("number")
    )
    shown = versions[-1] if version is None else next((v for v in versions if v.number == version), None)
    if shown is None:
        return Disclosure(state=State.NOT_FOUND, code=code, asked_at=asked_at)

    state = _state(issuance, shown, today=day_in(asked_at, issuance.issuer.time_zone))
    return Disclosure(
        state=state,
        code=code,
        asked_at=asked_at,
        for_insider=is_insider,
        tag=_tag(_decisive(issuance), asked_at),
        badge=_badge_facts(issuance, shown),
        issuer=_issuer_facts(issuance, shown),
        issued_on=shown.issued_on,
        expires_on=shown.expires_on,
        suspended_on=issuance.suspended_at and day_in(issuance.suspended_at, issuance.issuer.time_zone),
        revoked_on=issuance.revoked_at and day_in(issuance.revoked_at, issuance.issuer.time_zone),
        revocation_reason=issuance.revocation_reason,
        version=shown.number,
        version_id=shown.pk,
        current_version=versions[-1].number,
        visibility=issuance.visibility,
        **(_personal_facts(issuance, shown, versions) if is_insider or state != State.REVOKED else {}),
    )


class Glance(NamedTuple):
    """What a stranger would be told of a code, in one query: the cheap question before the dear one."""

    state: State
    # Another text whenever can_see() may say something else to a stranger; empty when there is no such code.
    tag: str
    # What else was asked for; None each when there is no such code.
    columns: tuple[Any, ...]


def glance(code: str, *columns: str) -> Glance:
    """How the current version stands, and these columns of its issuance. Pages and files take the tag as their ETag."""
    asked_at = clock.now()
    row = _question_about(columns).answer(code)
    if row is None:
        return Glance(State.NOT_FOUND, "", (None,) * len(columns))
    decisive, (expires_on, *asked) = row[: len(_DECISIVE)], row[len(_DECISIVE) :]
    said = dict(zip(_DECISIVE, decisive, strict=True))
    if said["erased_at"]:
        state = State.ERASED
    elif said["visibility"] == Visibility.PRIVATE or said["declined_at"]:
        state = State.PRIVATE
    else:
        state = state_on(
            day_in(asked_at, said["issuer__time_zone"]),
            is_revoked=said["revoked_at"] is not None,
            is_suspended=said["suspended_at"] is not None,
            expires_on=expires_on,
        )
    return Glance(state, _tag(decisive, asked_at), tuple(asked))


class _Question:
    """These columns of the issuance with a code: written as SQL once, which takes ten times as long as asking it."""

    def __init__(self, columns: Sequence[str]) -> None:
        query = Issuance.objects.filter(code="").order_by().values_list(*columns).query
        self._compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, _parameters = self._compiler.as_sql()
        selected = [expression for expression, *_rest in self._compiler.select]
        self._converters = self._compiler.get_converters(selected)

    def answer(self, code: str) -> tuple[Any, ...] | None:
        """The columns as the models' fields give them; None when there is no such code."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql, [code])
            rows = cursor.fetchall()
        return next(map(tuple, self._compiler.apply_converters(rows, self._converters)), None)


@cache
def _question_about(columns: tuple[str, ...]) -> _Question:
    return _Question((*_DECISIVE, "current_version__expires_on", *columns))


# Versions and pictures never change, so the current version stands for all that they say.
_DECISIVE = (
    "issuer__time_zone",
    "current_version_id",
    "visibility",
    "claimed_at",
    "declined_at",
    "suspended_at",
    "revoked_at",
    "revocation_reason",
    "erased_at",
    "issuer__updated_at",
    "issuer__domain_confirmed_at",
    "badge__updated_at",
)
_decisive = attrgetter(*(name.replace("__", ".") for name in _DECISIVE))


def _tag(values: tuple[Any, ...], asked_at: datetime) -> str:
    # Dates decide by the calendar day.
    today = day_in(asked_at, values[0])
    return hashlib.sha256(repr((today, values)).encode()).hexdigest()[:32]


# Of the right form and never given to anybody: whoever scans the code of a preview reads "not found".
PREVIEW_CODE = "0" * codes.LENGTH


def preview_disclosure(badge_version: BadgeVersion, new: "NewIssuance") -> Disclosure:
    """What the public page, the mail and the certificate would be made from if this were issued now."""
    asked_at = clock.now()
    badge = badge_version.badge
    issuance = Issuance(
        code=PREVIEW_CODE,
        badge=badge,
        issuer=badge.issuer,
        recipient_email=new.recipient_email,
        recipient_key=new.recipient_key,
        visibility=badge.default_visibility,
        issued_at=asked_at,
    )
    version = IssuanceVersion(
        issuance=issuance,
        number=1,
        kind=VersionKind.ISSUED,
        recipient_name=new.recipient_name,
        issued_on=new.issued_on,
        expires_on=new.expires_on,
        narrative=new.narrative,
        evidence=new.evidence,
        issuer_name=badge.issuer.name,
        issuer_logo=badge.issuer.logo,
        badge_version=badge_version,
        created_at=asked_at,
    )
    issuance.current_version = version
    return Disclosure(
        state=_state(issuance, version, today=day_in(asked_at, badge.issuer.time_zone)),
        code=PREVIEW_CODE,
        asked_at=asked_at,
        badge=_badge_facts(issuance, version),
        issuer=_issuer_facts(issuance, version),
        issued_on=version.issued_on,
        expires_on=version.expires_on,
        version=1,
        current_version=1,
        visibility=issuance.visibility,
        **_personal_facts(issuance, version, [version]),
    )


def said_by(version_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Disclosure]:
    """All that these current versions say, for signing it: the signed words are the words that are shown."""
    asked_at = clock.now()
    versions = (
        IssuanceVersion.objects.filter(pk__in=version_ids)
        .select_related("issuance")
        # A thousand versions share these: they are read and made once, not with each row.
        .prefetch_related(
            "issuance__issuer",
            "issuance__badge",
            Prefetch("badge_version__picture", Picture.objects.defer(*_BYTES)),
            Prefetch("issuer_logo", Picture.objects.defer(*_BYTES)),
        )
        .order_by("pk")
    )
    return {
        version.pk: Disclosure(
            state=_state(version.issuance, version, today=day_in(asked_at, version.issuance.issuer.time_zone)),
            code=version.issuance.code,
            asked_at=asked_at,
            badge=_badge_facts(version.issuance, version),
            issuer=_issuer_facts(version.issuance, version),
            issued_on=version.issued_on,
            expires_on=version.expires_on,
            version=version.number,
            version_id=version.pk,
            current_version=version.number,
            visibility=version.issuance.visibility,
            **_personal_facts(version.issuance, version, [version]),
        )
        for version in versions
    }


def revoked_codes(issuer: Issuer) -> list[tuple[str, str]]:
    """The codes that an organisation revoked, with the reasons: what their pages say to everybody."""
    return list(
        Issuance.objects.filter(issuer=issuer, erased_at=None, declined_at=None)
        .exclude(revoked_at=None)
        .exclude(visibility=Visibility.PRIVATE)
        .order_by("revoked_at", "pk")
        .values_list("code", "revocation_reason")
    )


def _state(issuance: Issuance, shown: IssuanceVersion, *, today: date) -> State:
    if not issuance.revoked_at and not issuance.suspended_at and shown.pk != issuance.current_version_id:
        return State.SUPERSEDED
    return state_on(
        today,
        is_revoked=issuance.revoked_at is not None,
        is_suspended=issuance.suspended_at is not None,
        expires_on=shown.expires_on,
    )


def state_on(today: date, *, is_revoked: bool, is_suspended: bool, expires_on: date | None) -> State:
    """What a current version is worth on a calendar day in its issuer's zone."""
    if is_revoked:
        return State.REVOKED
    if is_suspended:
        return State.SUSPENDED
    if expires_on is None:
        return State.VALID
    if expires_on < today:
        return State.EXPIRED
    return State.EXPIRING if expires_on - today <= EXPIRING_WITHIN else State.VALID


def _personal_facts(issuance: Issuance, shown: IssuanceVersion, versions: list[IssuanceVersion]) -> dict[str, Any]:
    zone = issuance.issuer.time_zone
    current = versions[-1]
    said = shown.badge_version
    hides_name = current.hides_earlier_name and shown.recipient_name != current.recipient_name
    return {
        "holder": "" if hides_name else shown.recipient_name,
        "issued_at": issuance.issued_at,
        "valid_from": shown.created_at,
        "narrative": shown.narrative,
        "evidence": tuple(shown.evidence),
        "subject_id": issuance.pk,
        "identity_hash": "sha256$"
        + hashlib.sha256((issuance.recipient_key + issuance.identity_salt).encode()).hexdigest(),
        "identity_salt": issuance.identity_salt,
        "identity_address": issuance.recipient_key if shown.names_address else "",
        "certificate": CertificateSpec(
            design=said.certificate_design,
            colour=said.certificate_colour,
            wording=dict(said.certificate_wording),
            signatories=tuple(said.signatories),
        )
        if said.has_certificate
        else None,
        "history": tuple(
            Change(
                number=version.number,
                kind=VersionKind(version.kind),
                on=day_in(version.created_at, zone),
                fields=tuple(version.changed_fields),
                reason=version.public_reason,
            )
            for version in versions
        ),
        "is_listed": issuance.visibility == Visibility.PUBLIC and issuance.is_claimed,
    }


def _badge_facts(issuance: Issuance, shown: IssuanceVersion) -> BadgeFacts:
    badge, said = issuance.badge, shown.badge_version
    contact, by_topic = badge.reply_to or issuance.issuer.email, issuance.issuer.contacts
    return BadgeFacts(
        name=said.name,
        slug=badge.slug,
        description=said.description,
        achievement_type=said.achievement_type,
        criteria_to_earn=said.criteria_to_earn,
        criteria_to_maintain=said.criteria_to_maintain,
        skills=skills_of(said),
        picture=_picture_facts(said.picture),
        renewal_url=badge.renewal_url,
        renewal_instructions=badge.renewal_instructions,
        contact_email=contact,
        renewal_contact=by_topic.get(Topic.RENEWAL) or contact,
        paper_contact=by_topic.get(Topic.PAPER) or contact,
        verification_contact=by_topic.get(Topic.VERIFICATION) or contact,
    )


def skills_of(said: BadgeVersion) -> tuple[Skill, ...]:
    """What the badge names as skills; only an address on the web is one."""
    return tuple(
        Skill(name=skill["name"], url=skill["url"] if skill["url"].startswith(("https://", "http://")) else "")
        for skill in said.skills
    )


def _issuer_facts(issuance: Issuance, shown: IssuanceVersion) -> IssuerFacts:
    issuer = issuance.issuer
    return IssuerFacts(
        name=shown.issuer_name,
        logo=_picture_facts(shown.issuer_logo) if shown.issuer_logo else None,
        slug=issuer.slug,
        description=issuer.description,
        url=issuer.url,
        email=issuer.email,
        postal_address=issuer.postal_address,
        time_zone=issuer.time_zone,
        language=issuer.language,
        domain=issuer.domain,
        domain_confirmed_at=issuer.domain_confirmed_at,
        linkedin_organization_id=issuer.linkedin_organization_id,
    )


def _picture_facts(picture: Picture) -> PictureFacts:
    return PictureFacts(sha256=picture.sha256, has_svg=picture.has_svg)
