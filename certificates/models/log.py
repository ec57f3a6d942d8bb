import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row
from badges.models import IssuanceVersion

_SALT_BYTES = 16
_HASH_BYTES = 32


def new_salt() -> bytes:
    return secrets.token_bytes(_SALT_BYTES)


class LogKind(models.TextChoices):
    """What can happen to an issuance that the public log holds fast. Five of them make a version."""

    ISSUED = "issued", _("Issued")
    CORRECTED = "corrected", _("Corrected")
    RENEWED = "renewed", _("Renewed")
    RESTORED = "restored", _("Restored")
    REINSTATED = "reinstated", _("Reinstated")
    SUSPENDED = "suspended", _("Suspended")
    REVOKED = "revoked", _("Revoked")


class LogEntry(Row):
    """Something happened to an issuance. Written with the fact, numbered by the sequencer a moment later.

    It refers to nothing by foreign key and says nothing without its salt: whoever is erased loses the salt, and the log
    stays whole. The database lets only two things change: a number is given once, a salt is destroyed.
    """

    kind = models.CharField(max_length=10, choices=LogKind.choices)
    issuance_id = models.UUIDField()
    version = models.PositiveIntegerField()
    # The digests of certificates.openbadges.public_log.Statement.
    says = models.BinaryField(max_length=_HASH_BYTES)
    badge = models.BinaryField(max_length=_HASH_BYTES)
    document = models.BinaryField(max_length=_HASH_BYTES)
    # By the database's clock, which whoever back-dates in the application does not reach.
    recorded_at = models.DateTimeField()
    salt = models.BinaryField(max_length=_SALT_BYTES, null=True, default=new_salt)
    leaf_hash = models.BinaryField(max_length=_HASH_BYTES, unique=True)
    # Its place in the log, from 0.
    index = models.PositiveBigIntegerField(null=True, unique=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("issuance_id", "version", "kind"), name="a_fact_is_logged_once"),
        )
        indexes = (models.Index(fields=("id",), condition=Q(index=None), name="entries_to_number"),)

    def __str__(self) -> str:
        return f"{self.index}: {self.kind}"


class LogNode(Row):
    """The hash over the complete subtree of entries start … start + 2^level - 1; the entries themselves are level 0."""

    level = models.PositiveSmallIntegerField()
    start = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=_HASH_BYTES)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("level", "start"), name="log_nodes_are_unique"),
            models.CheckConstraint(name="entries_are_no_nodes", condition=Q(level__gte=1)),
        )

    def __str__(self) -> str:
        return f"{self.start}+2^{self.level}"


class LogKey(Row):
    """A key with which this site signs its log's heads: the newest. Sealed, as issuers' keys are."""

    number = models.PositiveIntegerField(unique=True)
    # A Multikey.
    public = models.CharField(max_length=100)
    # 32 raw bytes.
    sealed_private = models.BinaryField()

    def __str__(self) -> str:
        return self.public


class TreeHead(Row):
    """The root over the first `size` entries, signed. Receipts carry one; it must stay true for ever."""

    size = models.PositiveBigIntegerField(unique=True)
    root = models.BinaryField(max_length=_HASH_BYTES)
    signed_at = models.DateTimeField()
    key = models.ForeignKey(LogKey, on_delete=models.PROTECT, related_name="+")
    signature = models.BinaryField()

    def __str__(self) -> str:
        return str(self.size)


class LogProof(Row):
    """The way from a version's first entry to the head that was signed when it was numbered: pages show it.

    It stays true for ever, because a head does. Kept, since making one takes two queries that pages do not have.
    """

    version = models.OneToOneField(IssuanceVersion, on_delete=models.PROTECT, related_name="log_proof")
    entry = models.OneToOneField(LogEntry, on_delete=models.PROTECT, related_name="proof")
    head = models.ForeignKey(TreeHead, on_delete=models.PROTECT, related_name="+")
    # The hashes of RFC 9162's PATH, one after the other.
    path = models.BinaryField()

    def __str__(self) -> str:
        return str(self.entry)
