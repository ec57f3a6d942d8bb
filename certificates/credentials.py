"""The credential of an issuance: what it says, and who may have it."""

from badges.disclosure import Disclosure, State
from certificates.addresses import absolute, did_of, picture_address, status_list_address
from certificates.models import Credential
from certificates.openbadges.canonical import JsonObject
from certificates.openbadges.documents import Addresses, achievement_credential
from certificates.openbadges.status_list import status_entry

# In these a stranger gets the credential, the picture and the certificate.
STATES_WITH_FILES = frozenset({State.VALID, State.EXPIRING, State.EXPIRED, State.SUSPENDED})


def credential_document(seen: Disclosure, *, list_number: int, index: int) -> JsonObject:
    """Open Badges 3.0, not signed yet, with its place on one of the issuer's status lists.

    Raises ValueError when the disclosure does not show the holder.
    """
    if seen.badge is None or seen.issuer is None:
        msg = f"A badge that is {seen.state} has no credential to give."
        raise ValueError(msg)
    return achievement_credential(
        seen,
        Addresses(
            credential=seen.url,
            credential_picture=f"{seen.url}.png",
            refresh=f"{seen.url}/refresh",
            achievement=absolute("badges:badge", seen.badge.slug),
            achievement_picture=picture_address(seen.badge.picture.sha256),
            issuer=did_of(seen.issuer.slug),
            issuer_logo=picture_address(seen.issuer.logo.sha256) if seen.issuer.logo else "",
        ),
        status=status_entry(list_address=status_list_address(seen.issuer.slug, list_number), index=index),
    )


def credential_of(seen: Disclosure) -> Credential | None:
    """The signed credential of the version that is shown; None where it may not be given away.

    Whether the version still counts is for its status list to say.
    """
    if not seen.shows_holder or seen.state not in {*STATES_WITH_FILES, State.SUPERSEDED}:
        return None
    return Credential.objects.select_related("key__issuer").filter(version_id=seen.version_id).first()


def revoked_document(seen: Disclosure) -> JsonObject:
    """All that may be said of it: that it was revoked, and why."""
    return {"id": seen.url, "revoked": True, "revocationReason": seen.revocation_reason}
