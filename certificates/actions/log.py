"""Writing the public log: entries with the facts, numbers and signed heads a moment later."""

import uuid
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.db.models.functions import Now

from badgecert.core import clock, seal
from badges.models import IssuanceVersion
from certificates.models import LogEntry, LogKey, LogKind, LogNode, TreeHead
from certificates.models.log import new_salt
from certificates.openbadges import merkle
from certificates.openbadges.keys import multikey
from certificates.openbadges.public_log import SignedHead
from certificates.public_log import badge_digest, nodes_at, says_digest, statement_of

# So many numbers are given, and then one head is signed.
_AT_ONCE = 1000


@transaction.atomic
def log_versions(version_ids: Sequence[uuid.UUID], *, kind: LogKind | None = None) -> None:
    """An entry for each of these signed versions, in one look and one write.

    `kind` is why the version was made, unless something happened to it since.
    """
    versions = list(
        IssuanceVersion.objects.filter(pk__in=version_ids)
        .select_related("badge_version", "credential")
        .defer("credential__document")
        .annotate(recorded_at=Now())
        .order_by("pk")
    )
    badges = {version.badge_version_id: badge_digest(version.badge_version) for version in versions}
    entries = []
    for version in versions:
        salt = new_salt()
        entry = LogEntry(
            kind=kind or LogKind(version.kind),
            issuance_id=version.issuance_id,
            version=version.number,
            says=says_digest(version, salt),
            badge=badges[version.badge_version_id],
            document=bytes.fromhex(version.credential.sha256),
            recorded_at=version.recorded_at,
            salt=salt,
        )
        entry.leaf_hash = statement_of(entry).leaf_hash(salt)
        entries.append(entry)
    LogEntry.objects.bulk_create(entries)


def sequence_entries() -> int:
    """Number the entries that wait, store the nodes they complete and sign a head. Returns how many were numbered.

    Workers that come at once wait for one another. Without SEALING_KEYS nothing is signed, so entries wait.
    """
    numbered = 0
    while LogEntry.objects.filter(index=None).exists() and seal.is_ready():
        numbered += _sequence_some()
    return numbered


@transaction.atomic
def _sequence_some() -> int:
    key = _locked_key()
    newest = TreeHead.objects.order_by("size").last()
    size = newest.size if newest else 0
    waiting = list(LogEntry.objects.filter(index=None).order_by("id")[:_AT_ONCE])
    if not waiting:
        return 0
    for index, entry in enumerate(waiting, start=size):
        entry.index = index
    LogEntry.objects.bulk_update(waiting, ["index"], batch_size=_AT_ONCE)

    root, nodes = _grown(size, [bytes(entry.leaf_hash) for entry in waiting])
    LogNode.objects.bulk_create(nodes)
    size += len(waiting)
    signed_at = clock.now()
    private = Ed25519PrivateKey.from_private_bytes(seal.open_sealed(bytes(key.sealed_private)))
    signed = SignedHead.sign(size=size, root=root, signed_at=signed_at, key=private)
    TreeHead.objects.create(size=size, root=root, signed_at=signed_at, key=key, signature=signed.signature)
    return len(waiting)


def _grown(size: int, leaves: Sequence[bytes]) -> tuple[bytes, list[LogNode]]:
    """The root after these leaves, and every node that they complete."""
    places = merkle.complete_subtrees(0, size)
    stored = nodes_at(places)
    peaks = [(start, level, stored[start, level]) for start, level in places]
    nodes = []
    for index, leaf in enumerate(leaves, start=size):
        peak = (index, 0, leaf)
        while peaks and peaks[-1][1] == peak[1]:
            start, level, left = peaks.pop()
            peak = (start, level + 1, merkle.node_hash(left, peak[2]))
            nodes.append(LogNode(level=level + 1, start=start, hash=peak[2]))
        peaks.append(peak)
    hashes = {(start, level): node for start, level, node in peaks}
    return merkle.head(size + len(leaves), lambda start, level: hashes[start, level]), nodes


def _locked_key() -> LogKey:
    """The key that signs, made at first need; whoever holds it is the only one to number entries."""
    newest = LogKey.objects.select_for_update().order_by("number").last()
    if newest is None:
        private = Ed25519PrivateKey.generate()
        made, _is_new = LogKey.objects.get_or_create(
            number=1,
            defaults={
                "public": multikey(private),
                "sealed_private": seal.seal(private.private_bytes_raw()),
            },
        )
        newest = LogKey.objects.select_for_update().get(pk=made.pk)
    return newest
