"""Reading the public log: its heads, its entries and proofs about both."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from badgecert.core.dates import long_date
from badges.disclosure import Disclosure
from badges.models import BadgeVersion, IssuanceVersion
from certificates.models import LogEntry, LogKey, LogKind, LogNode, TreeHead
from certificates.openbadges import merkle
from certificates.openbadges.public_log import SignedHead, Statement, canonical, instant, salted_digest

# Entries in one answer.
MOST_ENTRIES = 1000

_SAID_BY_VERSION = (
    "number",
    "kind",
    "recipient_name",
    "issued_on",
    "expires_on",
    "narrative",
    "evidence",
    "issuer_name",
    "issuer_logo_id",
    "badge_version_id",
    "changed_fields",
    "public_reason",
    "hides_earlier_name",
    "names_address",
    "made_by_id",
    "created_at",
)
_SAID_BY_BADGE = (
    "badge_id",
    "number",
    "name",
    "description",
    "achievement_type",
    "criteria_to_earn",
    "criteria_to_maintain",
    "skills",
    "picture_id",
    "certificate_design",
    "certificate_wording",
    "signatories",
    "made_by_id",
    "created_at",
)

Place = tuple[int, int]


def newest_head() -> SignedHead | None:
    """None until the first entry is numbered."""
    head = TreeHead.objects.select_related("key").defer("key__sealed_private").order_by("size").last()
    return signed_head(head) if head else None


def newest_head_text() -> str:
    """As what is printed now carries it away from here; empty while there is none."""
    head = newest_head()
    return json.dumps(head.as_json()) if head else ""


def head_of(size: int) -> SignedHead | None:
    head = TreeHead.objects.select_related("key").defer("key__sealed_private").filter(size=size).first()
    return signed_head(head) if head else None


def keys() -> list[str]:
    """Those that signed heads, as Multikeys, oldest first."""
    return list(LogKey.objects.order_by("number").values_list("public", flat=True))


def signed_head(head: TreeHead) -> SignedHead:
    return SignedHead(
        size=head.size,
        root=bytes(head.root),
        signed_at=instant(head.signed_at),
        key=head.key.public,
        signature=bytes(head.signature),
    )


def entries_between(start: int, end: int) -> list[dict[str, str | int]]:
    """The entries from `start` up to `end`, which is not among them, as the export and the public list give them."""
    rows = (
        LogEntry.objects.filter(index__gte=start, index__lt=end)
        .order_by("index")
        .values_list("index", "leaf_hash", "recorded_at")
    )
    return [
        {"index": index or 0, "leaf": bytes(leaf).hex(), "recordedAt": instant(recorded_at)}
        for index, leaf, recorded_at in rows
    ]


def entry_with(leaf: bytes) -> LogEntry | None:
    return LogEntry.objects.filter(leaf_hash=leaf).first()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedFact:
    """Something that happened to the version that is shown, and whether the log holds it as it is shown."""

    entry: LogEntry
    # None: it has no number yet, or no head is signed.
    head: SignedHead | None
    path: tuple[bytes, ...] = ()
    # The words on the page and the signed document are what was logged.
    is_unaltered: bool
    is_included: bool = False

    @property
    def outcome(self) -> str:
        """As `{% check %}` knows it."""
        if not self.is_unaltered or (self.head and not self.is_included):
            return "failed"
        return "passed" if self.head else "unchecked"

    @property
    def title(self) -> str:
        titles = {
            "passed": _("%(kind)s: it has been in the public log since %(day)s"),
            "unchecked": _("%(kind)s: it waits for its place in the public log"),
            "failed": _("%(kind)s: the public log says something else"),
        }
        return titles[self.outcome] % {
            "kind": LogKind(self.entry.kind).label,
            "day": long_date(self.entry.recorded_at.date()),
        }

    @property
    def sentence(self) -> str:
        sentences = {
            "passed": _("Entry %(number)d of %(size)d. The proof leads to the head that was signed on %(day)s."),
            "unchecked": _("Entries get their place within seconds. Look again in a minute."),
            "failed": _("What we show now is not what was logged then. Do not rely on it."),
        }
        head = self.head
        return sentences[self.outcome] % (
            {
                "number": (self.entry.index or 0) + 1,
                "size": head.size,
                "day": long_date(head.signed_on.date()),
            }
            if head
            else {}
        )


def logged_facts(seen: Disclosure) -> list[LoggedFact]:
    """All that happened to the version that is shown, oldest first, each proven against the newest head."""
    if seen.version_id is None:
        return []
    version = IssuanceVersion.objects.select_related("credential").get(pk=seen.version_id)
    document = hashlib.sha256(version.credential.document.encode()).digest()
    head = newest_head()
    facts = []
    for entry in LogEntry.objects.filter(issuance_id=version.issuance_id, version=version.number).order_by("id"):
        salt = bytes(entry.salt or b"")
        leaf = statement_of(entry).leaf_hash(salt)
        is_unaltered = (
            leaf == bytes(entry.leaf_hash)
            and document == bytes(entry.document)
            and says_digest(version, salt) == bytes(entry.says)
        )
        if head is None or entry.index is None or entry.index >= head.size:
            facts.append(LoggedFact(entry=entry, head=None, is_unaltered=is_unaltered))
            continue
        path = prove_inclusion(entry.index, head.size)
        is_included = head.is_genuine and merkle.is_included(leaf, entry.index, head.size, path, head.root)
        facts.append(
            LoggedFact(entry=entry, head=head, path=tuple(path), is_unaltered=is_unaltered, is_included=is_included)
        )
    return facts


def says_digest(version: IssuanceVersion, salt: bytes) -> bytes:
    return salted_digest({name: _plain(getattr(version, name)) for name in _SAID_BY_VERSION}, salt)


def badge_digest(version: BadgeVersion) -> bytes:
    """Without salt: it speaks of no person."""
    return hashlib.sha256(canonical({name: _plain(getattr(version, name)) for name in _SAID_BY_BADGE})).digest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant(value)
    return value if isinstance(value, bool | int | str | list | dict | None) else str(value)


def statement_of(entry: LogEntry) -> Statement:
    return Statement(
        kind=entry.kind,
        issuance=str(entry.issuance_id),
        version=entry.version,
        says=bytes(entry.says),
        badge=bytes(entry.badge),
        document=bytes(entry.document),
        recorded_at=entry.recorded_at,
    )


def prove_inclusion(index: int, size: int) -> list[bytes]:
    """At most two rows for each level of the tree, in two queries. Raises ValueError."""
    return _proof(lambda read: merkle.inclusion_proof(index, size, read))


def still_holds(kept: SignedHead) -> bool:
    """Whether a head of ours that somebody kept and the newest one are of one log, which only grew in between.

    Two queries for the proof at most, besides the keys and the newest head.
    """
    newest = newest_head()
    if newest is None or kept.key not in keys() or not (kept.is_genuine and newest.is_genuine):
        return False
    if not 0 < kept.size <= newest.size:
        return False
    path = prove_consistency(kept.size, newest.size)
    return merkle.is_consistent(kept.size, kept.root, newest.size, newest.root, path)


def prove_consistency(old: int, size: int) -> list[bytes]:
    """As few rows as prove_inclusion(). Raises ValueError."""
    return _proof(lambda read: merkle.consistency_proof(old, size, read))


def _proof(prove: Callable[[merkle.NodeReader], list[bytes]]) -> list[bytes]:
    places: list[Place] = []

    def note(start: int, level: int) -> bytes:
        places.append((start, level))
        return b""

    # Once to learn which nodes it takes, and once with them.
    prove(note)
    nodes = nodes_at(places)
    return prove(lambda start, level: nodes[start, level])


def nodes_at(places: Iterable[Place]) -> dict[Place, bytes]:
    """The hashes of these complete subtrees (start, level)."""
    wanted = set(places)
    leaves = [start for start, level in wanted if level == 0]
    inner = Q()
    for start, level in sorted(wanted):
        if level:
            inner |= Q(start=start, level=level)
    found: dict[Place, bytes] = {}
    if leaves:
        rows = LogEntry.objects.filter(index__in=leaves).values_list("index", "leaf_hash")
        found |= {(index or 0, 0): bytes(leaf) for index, leaf in rows}
    if inner:
        nodes = LogNode.objects.filter(inner).values_list("start", "level", "hash")
        found |= {(start, level): bytes(node) for start, level, node in nodes}
    return found
