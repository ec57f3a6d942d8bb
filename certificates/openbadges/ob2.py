"""Open Badges 2.0, hosted: what older readers fetch (plain Python: no database, no Django)."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from certificates.openbadges.canonical import JsonObject
from certificates.openbadges.contexts import OPEN_BADGES_V2
from certificates.openbadges.documents import (
    evidence_of,
    first_second,
    last_second,
    skills_address,
    web_address,
    written,
)

if TYPE_CHECKING:
    from badges.disclosure import Disclosure


def assertion(seen: "Disclosure", *, address: str, badge: str, picture: str) -> JsonObject:
    """What one person was given. Raises ValueError for a disclosure that does not show whom."""
    if seen.issuer is None or seen.issued_on is None or not seen.shows_holder:
        msg = f"A badge that is {seen.state} has no assertion to give."
        raise ValueError(msg)
    zone = seen.issuer.time_zone
    return _document(
        "Assertion",
        address,
        recipient={"type": "email", "hashed": False, "identity": seen.identity_address}
        if seen.identity_address
        else {"type": "email", "hashed": True, "salt": seen.identity_salt, "identity": seen.identity_hash},
        badge=badge,
        verification={"type": "HostedBadge"},
        issuedOn=first_second(seen.issued_on, zone),
        expires=last_second(seen.expires_on, zone) if seen.expires_on else None,
        image=picture,
        narrative=seen.narrative,
        evidence=[{"id": item["id"], "name": item["name"]} for item in evidence_of(seen)],
    )


def badge_class(
    *,
    address: str,
    name: str,
    description: str,
    picture: str,
    criteria_page: str,
    criteria: str,
    issuer: str,
    skills: Iterable[Mapping[str, str]],
) -> JsonObject:
    return _document(
        "BadgeClass",
        address,
        name=name,
        description=description,
        image=picture,
        criteria={"id": criteria_page, "narrative": criteria},
        issuer=issuer,
        tags=[skill["name"] for skill in skills],
        alignment=[
            {"targetName": skill["name"], "targetUrl": web_address(skill["url"]) or skills_address(criteria_page)}
            for skill in skills
        ],
    )


def issuer_profile(
    *, address: str, name: str, url: str, email: str, description: str, logo: str, revocations: str
) -> JsonObject:
    return _document(
        "Issuer",
        address,
        name=name,
        url=url,
        email=email,
        description=description,
        image=logo,
        revocationList=revocations,
    )


def revocation_list(*, address: str, issuer: str, revoked: Iterable[tuple[str, str]]) -> JsonObject:
    """Assertions that were revoked, by address and reason."""
    entries = [{"id": assertion, "revocationReason": reason} for assertion, reason in revoked]
    if len(entries) == 1:
        # The validator that everybody uses overlooks a list of one (standards.md §4.3).
        entries.append({"id": f"{address}#nothing", "revocationReason": "Stands for no badge."})
    return {
        "@context": OPEN_BADGES_V2,
        "id": address,
        "type": "RevocationList",
        "issuer": issuer,
        "revokedAssertions": entries,
    }


def revoked_assertion(*, address: str, reason: str) -> JsonObject:
    return _document("Assertion", address, revoked=True, revocationReason=reason)


def _document(kind: str, address: str, **members: Any) -> JsonObject:
    document: JsonObject = written({"@context": OPEN_BADGES_V2, "id": address, "type": kind, **members})
    return document
