"""The decision: who may know what about which code."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from badgecert.core import clock
from badgecert.core.dates import day_in
from badgecert.core.prepared import Prepared
from badges.disclosure.facts import Disclosure, State
from badges.disclosure.glancing import EARNERS_CHOICES, decisive_values, tag_of
from badges.disclosure.making import BYTES_OF_PICTURES, badge_facts, issuer_facts, personal_facts, state_of
from badges.models import Issuance, IssuanceVersion, Visibility
from badges.permissions import can_see_as_insider, is_earner_of
from issuers.models import Issuer

if TYPE_CHECKING:
    from badgecert.accounts.models import User


def can_see(code: str, *, viewer: "User | AnonymousUser | None" = None, version: int | None = None) -> Disclosure:
    """What `viewer` (None: a stranger) may see of the issuance with this canonical code, or of an old version of it.

    One query, two with a viewer: the issuance with all that its versions say, the viewer's right.
    """
    asked_at = clock.now()
    if not (versions := versions_under(code)):
        return Disclosure(state=State.NOT_FOUND, code=code, asked_at=asked_at)
    issuance = versions[0].issuance
    is_insider = viewer is not None and not issuance.erased_at and can_see_as_insider(viewer, issuance)
    return _hidden(versions, asked_at, is_insider=is_insider) or disclosed(
        issuance, versions, asked_at, is_insider=is_insider, version=version, **_for_finding(versions, asked_at)
    )


def can_see_many(codes: Sequence[str], *, earner: "User | None" = None) -> list[Disclosure]:
    """As can_see() for each of these codes, in their order: what a stranger may see, or their earner.

    One query, however many they are.
    """
    asked_at = clock.now()
    found: dict[str, list[IssuanceVersion]] = {}
    for version in _versions().filter(issuance__code__in=codes).order_by("issuance", "number"):
        found.setdefault(version.issuance.code, []).append(version)

    def seen(code: str) -> Disclosure:
        if not (versions := found.get(code)):
            return Disclosure(state=State.NOT_FOUND, code=code, asked_at=asked_at)
        issuance = versions[0].issuance
        is_insider = earner is not None and is_earner_of(earner, issuance)
        return _hidden(versions, asked_at, is_insider=is_insider) or disclosed(
            issuance, versions, asked_at, is_insider=is_insider, **_for_finding(versions, asked_at)
        )

    return [seen(code) for code in codes]


def _hidden(versions: list[IssuanceVersion], asked_at: datetime, *, is_insider: bool) -> Disclosure | None:
    """All that is said of what is not to be seen; None when it is to be seen."""
    issuance = versions[0].issuance
    if issuance.erased_at:
        state = State.ERASED
    elif not is_insider and (issuance.visibility == Visibility.PRIVATE or issuance.declined_at):
        state = State.PRIVATE
    else:
        return None
    return Disclosure(
        state=state, code=issuance.code, asked_at=asked_at, tag=tag_of(decisive_values(versions[0]), asked_at)
    )


def disclosed(
    issuance: Issuance,
    versions: list[IssuanceVersion],
    asked_at: datetime,
    *,
    is_insider: bool,
    version: int | None = None,
    tag: str = "",
    is_listed: bool = False,
) -> Disclosure:
    """All that a version says, to somebody who may see it."""
    shown = versions[-1] if version is None else next((v for v in versions if v.number == version), None)
    if shown is None:
        return Disclosure(state=State.NOT_FOUND, code=issuance.code, asked_at=asked_at)
    zone = issuance.issuer.time_zone
    state = state_of(issuance, shown, today=day_in(asked_at, zone))
    return Disclosure(
        state=state,
        code=issuance.code,
        asked_at=asked_at,
        for_insider=is_insider,
        tag=tag,
        is_listed=is_listed,
        badge=badge_facts(issuance, shown),
        issuer=issuer_facts(issuance, shown),
        issued_on=shown.issued_on,
        expires_on=shown.expires_on,
        suspended_on=issuance.suspended_at and day_in(issuance.suspended_at, zone),
        revoked_on=issuance.revoked_at and day_in(issuance.revoked_at, zone),
        revocation_reason=issuance.revocation_reason,
        version=shown.number,
        version_id=shown.pk,
        current_version=versions[-1].number,
        visibility=issuance.visibility,
        **(personal_facts(issuance, shown, versions) if is_insider or state != State.REVOKED else {}),
    )


def _for_finding(versions: list[IssuanceVersion], asked_at: datetime) -> dict[str, Any]:
    values = decisive_values(versions[0])
    *_rest, allows_search_engines = values
    return {
        "tag": tag_of(values, asked_at),
        "is_listed": versions[0].issuance.is_shown_publicly and bool(allows_search_engines),
    }


def versions_under(code: str) -> list[IssuanceVersion]:
    """In their order, with all they say."""
    return _VERSIONS.objects(code)


def _versions() -> QuerySet[IssuanceVersion]:
    return (
        IssuanceVersion.objects.select_related(
            "issuance__issuer", "issuance__badge", "badge_version__picture", "issuer_logo"
        )
        .defer(*BYTES_OF_PICTURES)
        .annotate(**EARNERS_CHOICES)
    )


# Asked for each page and file.
_VERSIONS = Prepared(lambda: _versions().filter(issuance__code="").order_by("number"))


def revoked_codes(issuer: Issuer) -> list[tuple[str, str]]:
    """The codes that an organisation revoked, with the reasons: what their pages say to everybody."""
    return list(
        Issuance.objects.filter(issuer=issuer, erased_at=None, declined_at=None)
        .exclude(revoked_at=None)
        .exclude(visibility=Visibility.PRIVATE)
        .order_by("revoked_at", "pk")
        .values_list("code", "revocation_reason")
    )
