"""Writing the public log: entries with the facts, numbers and signed heads a moment later."""

import uuid
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.db.models.functions import Now

from badgecert.core import clock, seal
from badgecert.core.inserting import insert_many, like
from badges.models import IssuanceVersion, VersionKind
from certificates.models import Credential, LogEntry, LogKey, LogKind, LogNode, LogProof, TreeHead
from certificates.models.log import new_salt
from certificates.openbadges import merkle
from certificates.openbadges.keys import multikey
from certificates.openbadges.public_log import SignedHead
from certificates.public_log import Place, badge_digest, nodes_at, says_digest, statement_of

# So many numbers are given, and then one head is signed.
_AT_ONCE = 1000


@transaction.atomic
def log_versions(version_ids: Sequence[uuid.UUID], *, kind: LogKind | None = None) -> None:
    """An entry for each of these signed versions, in three looks and one write.

    `kind` is why the version was made, unless something happened to it since.
    """
    versions = list(
        IssuanceVersion.objects.filter(pk__any=version_ids)
        .prefetch_related("badge_version")
        .annotate(recorded_at=Now())
        .order_by("pk")
    )
    badges = {said.pk: badge_digest(said) for said in {version.badge_version for version in versions}}
    digests = dict(
        Credential.objects.filter(version__id__any=[version.pk for version in versions]).values_list(
            "version_id", "sha256"
        )
    )
    example = LogEntry()
    entries = []
    for version in versions:
        salt = new_salt()
        entry = like(
            example,
            kind=kind or LogKind(version.kind),
            issuance_id=version.issuance_id,
            version=version.number,
            says=says_digest(version, salt),
            badge=badges[version.badge_version_id],
            document=bytes.fromhex(digests[version.pk]),
            recorded_at=version.recorded_at,
            salt=salt,
        )
        entry.leaf_hash = statement_of(entry).leaf_hash(salt)
        entries.append(entry)
    insert_many(entries)


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

    hashes, nodes = _grown(size, [bytes(entry.leaf_hash) for entry in waiting])
    LogNode.objects.bulk_create(nodes)
    size += len(waiting)

    def read(start: int, level: int) -> bytes:
        return hashes[start, level]

    root = merkle.head(size, read)
    signed_at = clock.now()
    private = Ed25519PrivateKey.from_private_bytes(seal.open_sealed(bytes(key.sealed_private)))
    signed = SignedHead.sign(size=size, root=root, signed_at=signed_at, key=private)
    head = TreeHead.objects.create(size=size, root=root, signed_at=signed_at, key=key, signature=signed.signature)
    _keep_proofs(waiting, head, read)
    return len(waiting)


def _keep_proofs(entries: Sequence[LogEntry], head: TreeHead, read: merkle.NodeReader) -> None:
    """Of the entries that speak of a new version: what happens to a version later has its own entry, not its page."""
    first = {(entry.issuance_id, entry.version): entry for entry in entries if entry.kind in VersionKind.values}
    versions = IssuanceVersion.objects.filter(issuance__in={issuance for issuance, _number in first})
    ids = {(issuance, number): pk for issuance, number, pk in versions.values_list("issuance_id", "number", "pk")}
    LogProof.objects.bulk_create(
        LogProof(
            version_id=ids[place],
            entry=entry,
            head=head,
            path=b"".join(merkle.inclusion_proof(entry.index or 0, head.size, read)),
        )
        for place, entry in first.items()
        # What somebody deleted from the database has no page; check_log names it, and the log goes on.
        if place in ids
    )


def _grown(size: int, leaves: Sequence[bytes]) -> tuple[dict[Place, bytes], list[LogNode]]:
    """Every hash that heads and proofs of these leaves are made from, and every node that they complete."""
    peaks = merkle.complete_subtrees(0, size)
    hashes = nodes_at(peaks)
    nodes = []
    for index, leaf in enumerate(leaves, start=size):
        place = (index, 0)
        hashes[place] = leaf
        while peaks and peaks[-1][1] == place[1]:
            left, right = peaks.pop(), place
            place = (left[0], left[1] + 1)
            hashes[place] = merkle.node_hash(hashes[left], hashes[right])
            nodes.append(LogNode(level=place[1], start=place[0], hash=hashes[place]))
        peaks.append(place)
    return hashes, nodes


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
