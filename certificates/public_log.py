"""Reading the public log: its heads, its entries and proofs about both."""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.db.models import Q

from badges.models import IssuanceVersion
from certificates.models import LogEntry, LogNode, TreeHead
from certificates.openbadges import merkle
from certificates.openbadges.public_log import SignedHead, Statement, instant

# Entries in one answer.
MOST_ENTRIES = 1000

Place = tuple[int, int]


def newest_head() -> SignedHead | None:
    """None until the first entry is numbered."""
    head = TreeHead.objects.select_related("key").defer("key__sealed_private").order_by("size").last()
    return head and signed_head(head)


def head_of(size: int) -> SignedHead | None:
    head = TreeHead.objects.select_related("key").defer("key__sealed_private").filter(size=size).first()
    return head and signed_head(head)


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
        {"index": index, "leaf": bytes(leaf).hex(), "recordedAt": instant(recorded_at)}
        for index, leaf, recorded_at in rows
    ]


def entries_about(version_id: UUID) -> list[LogEntry]:
    """What happened to one version of an issuance, oldest first."""
    version = IssuanceVersion.objects.filter(pk=version_id)
    return list(
        LogEntry.objects.filter(
            issuance_id__in=version.values("issuance_id"), version__in=version.values("number")
        ).order_by("id")
    )


def entry_with(leaf: bytes) -> LogEntry | None:
    return LogEntry.objects.filter(leaf_hash=leaf).first()


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
        found |= {(index, 0): bytes(leaf) for index, leaf in rows}
    if inner:
        nodes = LogNode.objects.filter(inner).values_list("start", "level", "hash")
        found |= {(start, level): bytes(node) for start, level, node in nodes}
    return found
