"""Disclosures that nobody asked for by a code: of what is about to be issued, and of what is about to be signed."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet

from badgecert.core import clock, codes
from badgecert.core.dates import day_in
from badgecert.core.models import Picture
from badges.disclosure.facts import BadgeFacts, Disclosure, IssuerFacts
from badges.disclosure.making import BYTES, badge_facts, issuer_facts, personal_facts, state_of
from badges.models import BadgeVersion, Issuance, IssuanceVersion, VersionKind

if TYPE_CHECKING:
    from badges.actions.issuances import NewIssuance

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
        state=state_of(issuance, version, today=day_in(asked_at, badge.issuer.time_zone)),
        code=PREVIEW_CODE,
        asked_at=asked_at,
        badge=badge_facts(issuance, version),
        issuer=issuer_facts(issuance, version),
        issued_on=version.issued_on,
        expires_on=version.expires_on,
        version=1,
        current_version=1,
        visibility=issuance.visibility,
        **personal_facts(issuance, version, [version]),
    )


def said_by(version_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Disclosure]:
    """All that these current versions say, for signing it: the signed words are the words that are shown."""
    versions = (
        _versions(version_ids)
        .select_related("issuance")
        # A thousand versions share these: they are read and made once, not with each row.
        .prefetch_related("issuance__issuer", "issuance__badge")
    )
    return {version.pk: seen for version, seen in _seen(versions)}


def said_of(issuances: Iterable[Issuance]) -> dict[uuid.UUID, Disclosure]:
    """The same of issuances that were read already, with their issuer and badge; by the issuance's id."""
    by_version = {issuance.current_version_id: issuance for issuance in issuances}
    versions = list(_versions([*by_version]))
    for version in versions:
        version.issuance = by_version[version.pk]
    return {version.issuance_id: seen for version, seen in _seen(versions)}


def _versions(ids: Sequence[uuid.UUID]) -> QuerySet[IssuanceVersion]:
    return (
        IssuanceVersion.objects.filter(pk__any=ids)
        .prefetch_related(
            Prefetch("badge_version__picture", Picture.objects.defer(*BYTES)),
            Prefetch("issuer_logo", Picture.objects.defer(*BYTES)),
        )
        .order_by("pk")
    )


def _seen(versions: Iterable[IssuanceVersion]) -> Iterator[tuple[IssuanceVersion, Disclosure]]:
    asked_at = clock.now()
    shared: dict[tuple[object, ...], tuple[BadgeFacts, IssuerFacts]] = {}
    for version in versions:
        issuance = version.issuance
        says = (version.badge_version_id, version.issuer_name, version.issuer_logo_id)
        if says not in shared:
            shared[says] = badge_facts(issuance, version), issuer_facts(issuance, version)
        badge, issuer = shared[says]
        yield (
            version,
            Disclosure(
                state=state_of(issuance, version, today=day_in(asked_at, issuance.issuer.time_zone)),
                code=issuance.code,
                asked_at=asked_at,
                badge=badge,
                issuer=issuer,
                issued_on=version.issued_on,
                expires_on=version.expires_on,
                version=version.number,
                version_id=version.pk,
                current_version=version.number,
                visibility=issuance.visibility,
                **personal_facts(issuance, version, [version]),
            ),
        )
