"""What a share link shows: the badge, as far as its earner chose for this link, whatever its visibility."""

import uuid
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from badgecert.core import clock
from badgecert.core.dates import day_in
from badges.disclosure.facts import Disclosure, State
from badges.disclosure.seeing import disclosed, versions_under
from badges.models import LinkState, SharedPart, ShareLink

# What each part is made of, and how it looks when it is not shown.
_WITHOUT: dict[SharedPart, dict[str, Any]] = {
    SharedPart.NAME: {"holder": "", "identity_hash": "", "identity_salt": "", "identity_address": ""},
    SharedPart.DATES: {"issued_on": None, "expires_on": None, "issued_at": None, "valid_from": None},
    SharedPart.NARRATIVE: {"narrative": ""},
    SharedPart.EVIDENCE: {"evidence": ()},
    SharedPart.HISTORY: {"history": ()},
    # The code leads to all of it on the day on which the badge becomes visible.
    SharedPart.FILES: {"code": "", "certificate": None},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What somebody finds who follows a share link."""

    link_id: uuid.UUID
    state: LinkState
    ends_on: date | None
    # None when the link shows nothing any more.
    seen: Disclosure | None = None
    # All that the badge says, for checking it against what was signed; never for showing.
    whole: Disclosure | None = None


def open_share_link(token: str) -> Opened | None:
    """What the link with this token shows now; None when there is none. Two queries."""
    asked_at = clock.now()
    link = (
        ShareLink.objects.with_token(token)
        .filter(issuance__erased_at=None)
        .select_related("earner", "issuance__issuer", "issuance__badge")
        .first()
    )
    if link is None:
        return None
    issuance = link.issuance
    state = link.state_on(day_in(asked_at, link.earner.time_zone or "UTC"))
    if issuance.declined_at or issuance.earner_id != link.earner_id:
        state = LinkState.WITHDRAWN
    opened = Opened(link_id=link.pk, state=state, ends_on=link.ends_on)
    if state != LinkState.OPEN:
        return opened
    whole = disclosed(issuance, versions_under(issuance.code), asked_at, is_insider=False)
    return replace(opened, whole=whole, seen=limited(whole, parts=link.parts))


def limited(whole: Disclosure, *, parts: list[str]) -> Disclosure:
    """The same without what is not among these parts."""
    withheld = frozenset(part for part in SharedPart if part not in parts)
    nothing = {name: value for part in withheld for name, value in _WITHOUT[part].items()}
    if whole.state == State.REVOKED:
        # It names nobody and has no files, for anybody.
        nothing |= _WITHOUT[SharedPart.FILES]
    return replace(whole, is_listed=False, tag="", visibility="", withheld=withheld, **nothing)
