"""Walking the whole public log, and naming the row that is not what it was.

One changed row is one finding: what hangs on it is compared with both what it says and what it should say.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice, product
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from badgecert.core import codes
from badges.models import BadgeVersion, Issuance, IssuanceVersion, VersionKind
from certificates.inclusion import hashes_in
from certificates.models import Credential, LogEntry, LogKind, LogNode, LogProof, TreeHead
from certificates.openbadges import merkle
from certificates.public_log import Place, badge_digest, says_digest, signed_head, statement_of

# Rows in memory at once, with the documents they speak of.
_AT_ONCE = 500
# No transaction takes so long: what claims to be older than its entry by more was dated back.
_BACK_DATED = timedelta(hours=1)
# Where several rows near each other are wrong, what each may have been multiplies.
_MOST_GUESSES = 8

# What a subtree's hash may have been while its rows were right; empty when nobody can tell.
Hashes = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that is not what the log says; or, when no fault, one that claims an earlier time than the log's."""

    table: str
    # Its id, or its place when it is not there.
    row: str
    sentence: str
    code: str = ""
    is_fault: bool = True

    def __str__(self) -> str:
        code = f" ({codes.grouped(self.code)})" if self.code else ""
        return f"{self.table} {self.row}{code}: {self.sentence}"


def check_log() -> Iterator[Finding]:
    """Every entry, node and head, and all that the entries speak of. Reads only; a minute for some 100,000 entries."""
    heads = list(TreeHead.objects.select_related("key").defer("key__sealed_private").order_by("size"))
    genuine = [head for head in heads if signed_head(head).is_genuine]
    # A head whose signature was changed may still say how many there are.
    numbered = LogEntry.objects.exclude(index=None).count()
    size = max((head.size for head in heads if head in genuine or head.size == numbered), default=0)
    subtrees: dict[Place, Hashes] = {}

    codes_of_edited = set()
    named = set()
    for finding in _entries(subtrees, size):
        codes_of_edited.add(finding.code if finding.table == LogEntry._meta.db_table else "")
        named.add(finding.row)
        yield finding
    yield from _nodes(subtrees, size)
    for finding in _heads(heads, genuine, subtrees):
        named.add(finding.row)
        yield finding
    yield from _proofs(named)
    yield from _versions_without_entry()
    # Whose entry was changed is named already.
    yield from (finding for finding in _states_without_entry() if finding.code not in codes_of_edited)


def _finding(row: Model, sentence: str, **more: str | bool) -> Finding:
    return Finding(row._meta.db_table, str(row.pk), sentence, **more)  # type: ignore[arg-type]


@dataclass(slots=True)
class _Named:
    """The rows that entries speak of, and which of them were named already: several entries may speak of one."""

    badges: dict[UUID, bytes] = field(default_factory=dict)
    rows: set[UUID] = field(default_factory=set)

    def digest_of(self, version: BadgeVersion) -> bytes:
        if version.pk not in self.badges:
            self.badges[version.pk] = badge_digest(version)
        return self.badges[version.pk]

    def first(self, row: UUID) -> bool:
        is_first = row not in self.rows
        self.rows.add(row)
        return is_first


def _entries(subtrees: dict[Place, Hashes], size: int) -> Iterator[Finding]:
    named, numbered = _Named(), 0
    for chunk in _chunks(LogEntry.objects.exclude(index=None).order_by("index")):
        for entry, finding in _with_what_they_say(chunk, named):
            if finding:
                yield finding
                continue
            index = entry.index or 0
            if index >= size:
                yield _finding(entry, "it has a number that no signed head covers.")
                continue
            yield from _missing(subtrees, numbered, index)
            subtrees[index, 0] = tuple({bytes(entry.leaf_hash), *_leaf_by_its_words(entry)})
            numbered = index + 1
    yield from _missing(subtrees, numbered, size)
    for chunk in _chunks(LogEntry.objects.filter(index=None).order_by("id")):
        yield from (finding for _entry, finding in _with_what_they_say(chunk, named) if finding)


def _missing(subtrees: dict[Place, Hashes], start: int, end: int) -> Iterator[Finding]:
    for index in range(start, end):
        subtrees[index, 0] = ()
        yield Finding(LogEntry._meta.db_table, f"index {index}", "this entry is missing.")


def _leaf_by_its_words(entry: LogEntry) -> Hashes:
    return (statement_of(entry).leaf_hash(bytes(entry.salt)),) if entry.salt is not None else ()


def _with_what_they_say(chunk: Sequence[LogEntry], named: _Named) -> Iterator[tuple[LogEntry, Finding | None]]:
    """Each entry's findings, and then the entry itself with none."""
    issuances = {entry.issuance_id for entry in chunk}
    code_of = dict(Issuance.objects.filter(pk__in=issuances).order_by().values_list("pk", "code"))
    versions = {
        (version.issuance_id, version.number): version
        for version in IssuanceVersion.objects.filter(issuance__in=issuances).select_related("badge_version")
    }
    credentials = {
        credential.version_id: credential for credential in Credential.objects.filter(version__issuance__in=issuances)
    }
    for entry in chunk:
        code = code_of.get(entry.issuance_id, "")
        # Whose salt was destroyed says nothing any more; the tree still holds it.
        if entry.salt is not None:
            if _leaf_by_its_words(entry) != (bytes(entry.leaf_hash),):
                yield entry, _finding(entry, "its hash is not that of what it says.", code=code)
            else:
                version = versions.get((entry.issuance_id, entry.version))
                for finding in _findings_about(entry, version, credentials, named, code):
                    yield entry, finding
        yield entry, None


def _findings_about(
    entry: LogEntry,
    version: IssuanceVersion | None,
    credentials: dict[UUID, Credential],
    named: _Named,
    code: str,
) -> Iterator[Finding]:
    if version is None:
        place = f"issuance {entry.issuance_id} number {entry.version}"
        yield Finding(IssuanceVersion._meta.db_table, place, "this version is missing.", code)
        return
    if says_digest(version, bytes(entry.salt or b"")) != bytes(entry.says):
        if named.first(version.pk):
            yield _finding(version, "it does not say what was logged.", code=code)
    else:
        said = version.badge_version
        if named.digest_of(said) != bytes(entry.badge) and named.first(said.pk):
            yield _finding(said, "the badge does not say what was logged.")
        if entry.kind == version.kind and version.created_at < entry.recorded_at - _BACK_DATED:
            sentence = (
                f"it says {version.created_at:%Y-%m-%d %H:%M} and was recorded {entry.recorded_at:%Y-%m-%d %H:%M}."
            )
            yield _finding(version, sentence, code=code, is_fault=False)
    credential = credentials.get(version.pk)
    if credential is None:
        yield Finding(Credential._meta.db_table, f"version {version.pk}", "this credential is missing.", code)
        return
    logged = bytes(entry.document)
    is_logged = hashlib.sha256(credential.document.encode()).digest() == logged
    if (not is_logged or credential.sha256 != logged.hex()) and named.first(credential.pk):
        yield _finding(credential, "its document is not the one that was logged.", code=code)


def _nodes(subtrees: dict[Place, Hashes], size: int) -> Iterator[Finding]:
    for level in range(1, size.bit_length()):
        rows = {node.start: node for node in LogNode.objects.filter(level=level)}
        width = 1 << level
        for start in range(0, size - width + 1, width):
            halves = subtrees[start, level - 1], subtrees[start + width // 2, level - 1]
            expected = tuple(merkle.node_hash(left, right) for left, right in product(*halves))[:_MOST_GUESSES]
            node = rows.pop(start, None)
            if node is None:
                subtrees[start, level] = expected
                yield Finding(LogNode._meta.db_table, f"level {level} start {start}", "this node is missing.")
            elif expected and bytes(node.hash) not in expected:
                subtrees[start, level] = (*expected, bytes(node.hash))
                yield _finding(node, f"level {level} from {start}: it is not the hash of what is below it.")
            else:
                subtrees[start, level] = (bytes(node.hash),)
        yield from (_finding(node, "there is nothing that it could be the hash of.") for node in rows.values())
    for node in LogNode.objects.filter(level__gte=max(size.bit_length(), 1)):
        yield _finding(node, "there is nothing that it could be the hash of.")


def _heads(heads: Sequence[TreeHead], genuine: Sequence[TreeHead], subtrees: dict[Place, Hashes]) -> Iterator[Finding]:
    for head in heads:
        if head not in genuine:
            yield _finding(head, "its signature does not fit.")
        elif not _has_root(head, subtrees):
            yield _finding(head, "it was signed over another log.")


def _proofs(named: set[str]) -> Iterator[Finding]:
    """The ways that pages show, from each version's first entry; `named` are the rows that were found already."""
    proofs = LogProof.objects.select_related("entry", "version", "head").order_by("pk")
    for proof in proofs.iterator(chunk_size=_AT_ONCE):
        entry, version, head = proof.entry, proof.version, proof.head
        if {str(entry.pk), str(head.pk)} & named:
            continue
        path, root = hashes_in(bytes(proof.path)), bytes(head.root)
        if (entry.issuance_id, entry.version) != (version.issuance_id, version.number):
            yield _finding(proof, "it is shown with another version.")
        elif not merkle.is_included(bytes(entry.leaf_hash), entry.index or 0, head.size, path, root):
            yield _finding(proof, "it does not lead from its entry to its head.")
    numbered = LogEntry.objects.filter(index__isnull=False, kind__in=VersionKind.values)
    for entry in numbered.filter(proof=None).order_by("index"):
        if str(entry.pk) not in named:
            yield Finding(LogProof._meta.db_table, f"entry {entry.pk}", "this proof is missing.")


def _has_root(head: TreeHead, subtrees: dict[Place, Hashes]) -> bool:
    places = merkle.complete_subtrees(0, head.size)
    guesses = [subtrees[place] for place in places]
    if not all(guesses):
        # An entry is gone, and was named; with this head nobody can tell.
        return True
    return any(
        _root(head.size, dict(zip(places, guess, strict=True))) == bytes(head.root)
        for guess in islice(product(*guesses), _MOST_GUESSES)
    )


def _root(size: int, hashes: dict[Place, bytes]) -> bytes:
    return merkle.head(size, lambda start, level: hashes[start, level])


def _versions_without_entry() -> Iterator[Finding]:
    entry = LogEntry.objects.filter(issuance_id=OuterRef("issuance_id"), version=OuterRef("number"))
    for version in IssuanceVersion.objects.exclude(Exists(entry)).select_related("issuance").order_by("pk").iterator():
        yield _finding(version, "the log knows nothing of this version.", code=version.issuance.code)


def _states_without_entry() -> Iterator[Finding]:
    """Revoked, suspended or set back in the register alone; or in the log alone."""
    of_issuance = LogEntry.objects.filter(issuance_id=OuterRef("pk"))
    of_current = of_issuance.filter(version=OuterRef("current_version__number"))
    is_revoked, is_suspended = Q(revoked_at__isnull=False), Q(suspended_at__isnull=False)
    revoked = Exists(of_current.filter(kind=LogKind.REVOKED))
    for wrong, sentence in (
        (is_revoked & ~revoked, "it is revoked, which the log does not know."),
        (~is_revoked & revoked, "the log says that it is revoked."),
        (
            is_suspended & ~Exists(of_issuance.filter(kind=LogKind.SUSPENDED)),
            "it is suspended, which the log does not know.",
        ),
        (
            ~is_suspended & Exists(of_current.filter(kind=LogKind.SUSPENDED)),
            "the log says that it is suspended.",
        ),
        (
            Q(Exists(of_issuance.filter(version__gt=OuterRef("current_version__number")))),
            "the log knows a newer version of it.",
        ),
    ):
        for issuance in Issuance.objects.filter(wrong, erased_at=None).order_by("pk").iterator():
            yield _finding(issuance, sentence, code=issuance.code)


def _chunks(rows: QuerySet[LogEntry]) -> Iterator[list[LogEntry]]:
    read = rows.iterator(chunk_size=_AT_ONCE)
    while chunk := list(islice(read, _AT_ONCE)):
        yield chunk
