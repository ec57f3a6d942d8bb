import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row
from badges.models import IssuanceVersion
from certificates.models.keys import SigningKey
from certificates.openbadges.status_list import ENTRIES
from issuers.models import Issuer

SEED_BYTES = 32


def new_seed() -> bytes:
    return secrets.token_bytes(SEED_BYTES)


class StatusList(Row):
    """A public list of bits, of which every credential has one. Its places are given out in an order only we know."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="status_lists")
    number = models.PositiveIntegerField()
    seed = models.BinaryField(default=new_seed)
    # So many places are given out.
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("issuer", "number"), name="status_list_numbers_are_unique"),
            models.CheckConstraint(name="a_status_list_can_be_full", condition=Q(used__lte=ENTRIES)),
        )

    def __str__(self) -> str:
        return f"{self.issuer.slug}/{self.number}"


class Credential(Row):
    """One version of one issuance, signed: the bytes that everybody gets. Never changed; the database refuses it."""

    version = models.OneToOneField(IssuanceVersion, on_delete=models.PROTECT, related_name="credential")
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="credentials")
    status_index = models.PositiveIntegerField()
    document = models.TextField()
    # Over the document in UTF-8, in hex.
    sha256 = models.CharField(max_length=64)
    # The key's signature over that digest: proves the bytes without canonicalising them, which takes 50 times as long.
    sha256_signature = models.BinaryField()

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        constraints = (
            models.UniqueConstraint(fields=("status_list", "status_index"), name="a_status_index_is_given_once"),
        )

    def __str__(self) -> str:
        return self.sha256[:12]


class StatusBit(Row):
    """The credential's bit is set, for good: it no longer counts. Rows are only ever added."""

    class Why(models.TextChoices):
        SUPERSEDED = "superseded", _("Superseded")
        SUSPENDED = "suspended", _("Suspended")
        REVOKED = "revoked", _("Revoked")
        ERASED = "erased", _("Erased")

    credential = models.OneToOneField(Credential, on_delete=models.PROTECT, related_name="status_bit")
    why = models.CharField(max_length=10, choices=Why.choices)

    def __str__(self) -> str:
        return self.why


class CredentialJwt(Row):
    """The same credential as JWT, made when somebody first asked for it."""

    credential = models.OneToOneField(Credential, on_delete=models.PROTECT, related_name="jwt")
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()

    def __str__(self) -> str:
        return self.key.fragment
