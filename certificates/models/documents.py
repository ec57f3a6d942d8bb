from django.db import models
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row


class DocumentKind(models.TextChoices):
    CERTIFICATE = "certificate", _("Certificate")
    LETTER = "letter", _("Letter of support")


class Document(Row):
    """A PDF as it was made, kept so that it is made once and so that a copy of it can be told from a forgery.

    Its key is the digest of all that is printed on it: another version, design, paper or stamp is another document.
    """

    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=DocumentKind.choices, default=DocumentKind.CERTIFICATE)
    issuance = models.ForeignKey("badges.Issuance", on_delete=models.PROTECT, related_name="documents")
    version = models.PositiveIntegerField(_("version"))
    paper = models.CharField(_("paper"), max_length=10)
    # Such as "Expired on 13 March 2026"; empty while the badge is good.
    stamp = models.CharField(_("stamp"), max_length=100, blank=True)
    # Empty while somebody makes it.
    pdf = models.BinaryField(default=bytes)
    # Over the PDF, in hex; empty while somebody makes it.
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    # Since when somebody has been making it.
    claimed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return self.key[:12]
