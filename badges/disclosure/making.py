"""The facts of a disclosure, made from an issuance and one of its versions."""

import hashlib
from datetime import date
from typing import Any

from badgecert.core.dates import day_in
from badgecert.core.models import Picture
from badges.disclosure.facts import (
    EXPIRING_WITHIN,
    BadgeFacts,
    CertificateSpec,
    Change,
    IssuerFacts,
    PictureFacts,
    Skill,
    State,
)
from badges.models import BadgeVersion, Issuance, IssuanceVersion, VersionKind
from issuers.models import Topic

BYTES = ("png", "webp", "svg")
BYTES_OF_PICTURES = [f"{owner}__{kind}" for owner in ("badge_version__picture", "issuer_logo") for kind in BYTES]


def state_of(issuance: Issuance, shown: IssuanceVersion, *, today: date) -> State:
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


def personal_facts(issuance: Issuance, shown: IssuanceVersion, versions: list[IssuanceVersion]) -> dict[str, Any]:
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
    }


def badge_facts(issuance: Issuance, shown: IssuanceVersion) -> BadgeFacts:
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


def issuer_facts(issuance: Issuance, shown: IssuanceVersion) -> IssuerFacts:
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
        linkedin_organization_id=issuance.badge.linkedin_organization_id or issuer.linkedin_organization_id,
    )


def _picture_facts(picture: Picture) -> PictureFacts:
    return PictureFacts(sha256=picture.sha256, has_svg=picture.has_svg)
