from django.db import models
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row


class Document(Row):
    """A PDF as it was made, kept so that it is made once.

    Its key is the digest of all that is printed on it: another version, design, paper or stamp is another document.
    """

    key = models.CharField(max_length=64, unique=True)
    issuance = models.ForeignKey("badges.Issuance", on_delete=models.PROTECT, related_name="documents")
    version = models.PositiveIntegerField(_("version"))
    paper = models.CharField(_("paper"), max_length=10)
    # Such as "Expired on 13 March 2026"; empty while the badge is good.
    stamp = models.CharField(_("stamp"), max_length=100, blank=True)
    pdf = models.BinaryField()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return self.key[:12]
