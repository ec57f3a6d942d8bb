from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row
from issuers.models import Issuer


class KeyKind(models.TextChoices):
    # Data Integrity proofs: every credential.
    ED25519 = "ed25519", "Ed25519"
    # JWTs, because verifiers of those know no Ed25519 (standards.md §2.2).
    RSA = "rsa", "RSA"
    # PDF documents: an X.509 certificate, because PDF readers know nothing else.
    DOCUMENT = "document", "X.509"


class KeyState(models.TextChoices):
    """What a key's signatures are worth."""

    ACTIVE = "active", _("Active")
    # Signs nothing any more; what it signed stays good.
    RETIRED = "retired", _("Retired")
    # Somebody else may have signed with it.
    COMPROMISED = "compromised", _("Compromised")


class SigningKeyQuerySet(models.QuerySet["SigningKey"]):
    def active(self) -> "SigningKeyQuerySet":
        return self.filter(retired_at=None)


class SigningKey(Row):
    """A key pair of an issuer. Its private half is sealed with a key that is not in the database."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="signing_keys")
    kind = models.CharField(max_length=10, choices=KeyKind.choices)
    # Its name in the issuer's DID document.
    fragment = models.CharField(max_length=20)
    # A Multikey; for RSA a JWK as JSON; for documents certificates as PEM, the issuer's own first.
    public = models.TextField()
    # 32 raw bytes, or for RSA and documents PKCS #8.
    sealed_private = models.BinaryField()
    activated_at = models.DateTimeField(_("active from"))
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    # The instant from which its signatures prove nothing; perhaps long before anybody knew.
    compromised_at = models.DateTimeField(_("compromised from"), null=True, blank=True)

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        constraints = (
            models.UniqueConstraint(fields=("issuer", "fragment"), name="fragments_are_unique_in_an_issuer"),
            models.UniqueConstraint(
                fields=("issuer", "kind"), condition=Q(retired_at=None), name="one_active_key_of_a_kind"
            ),
            models.CheckConstraint(
                name="a_compromised_key_is_retired",
                condition=Q(compromised_at=None) | Q(retired_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.fragment

    @property
    def state(self) -> KeyState:
        if self.compromised_at:
            return KeyState.COMPROMISED
        return KeyState.RETIRED if self.retired_at else KeyState.ACTIVE


class ReceiptKey(Row):
    """A key with which this site signs the receipts of checks: the newest. Sealed, as issuers' keys are."""

    number = models.PositiveIntegerField(unique=True)
    # An X.509 certificate as PEM.
    public = models.TextField()
    # PKCS #8.
    sealed_private = models.BinaryField()

    def __str__(self) -> str:
        return str(self.number)
