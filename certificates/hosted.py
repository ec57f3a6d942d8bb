"""Open Badges 2.0 as we host it: the documents of an issuance, a badge and an issuer, at the addresses that are their ids."""

from badges.disclosure import Disclosure, revoked_codes
from badges.models import Badge
from certificates.addresses import absolute, picture_address
from certificates.openbadges import ob2
from certificates.openbadges.canonical import JsonObject
from issuers.models import Issuer


def assertion_of(seen: Disclosure) -> JsonObject:
    """Raises ValueError when the disclosure does not show the holder."""
    if seen.badge is None:
        msg = f"A badge that is {seen.state} has no assertion to give."
        raise ValueError(msg)
    return ob2.assertion(
        seen,
        address=_assertion_address(seen.code),
        badge=absolute("certificates:badge_ob2", seen.badge.slug),
        picture=f"{seen.url}.png",
    )


def revoked_assertion_of(seen: Disclosure) -> JsonObject:
    return ob2.revoked_assertion(address=_assertion_address(seen.code), reason=seen.revocation_reason)


def badge_class_of(slug: str) -> JsonObject | None:
    """What a published badge means today; None when there is none with this name."""
    badge = Badge.objects.published().with_what_they_say().filter(slug=slug).first()
    if badge is None:
        return None
    said = badge.current_version
    return ob2.badge_class(
        address=absolute("certificates:badge_ob2", slug),
        name=said.name,
        description=said.description,
        picture=picture_address(said.picture.sha256),
        criteria_page=absolute("badges:badge", slug),
        criteria="\n\n".join(filter(None, (said.criteria_to_earn, said.criteria_to_maintain))),
        issuer=absolute("certificates:issuer_ob2", badge.issuer.slug),
        skills=said.skills,
    )


def profile_of(issuer: Issuer) -> JsonObject:
    return ob2.issuer_profile(
        address=absolute("certificates:issuer_ob2", issuer.slug),
        name=issuer.name,
        url=issuer.url,
        email=issuer.email,
        description=issuer.description,
        logo=picture_address(issuer.logo.sha256) if issuer.logo else "",
        revocations=absolute("certificates:revocations_ob2", issuer.slug),
    )


def revocations_of(issuer: Issuer) -> JsonObject:
    return ob2.revocation_list(
        address=absolute("certificates:revocations_ob2", issuer.slug),
        issuer=absolute("certificates:issuer_ob2", issuer.slug),
        revoked=[(_assertion_address(code), reason) for code, reason in revoked_codes(issuer)],
    )


def _assertion_address(code: str) -> str:
    return absolute("certificates:assertion_ob2", code)
