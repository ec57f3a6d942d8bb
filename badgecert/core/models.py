"""Base models, pictures and the audit trail: what two apps need and what speaks no badge."""

import uuid

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from badgecert.core import clock


def new_id() -> uuid.UUID:
    """A time-ordered UUID (version 7): rows written together stay together in the index."""
    return uuid7()


class Row(models.Model):
    """Every table of ours: a UUIDv7 as key, and when the row was written."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)

    class Meta:
        abstract = True


class TimestampedRow(Row):
    """A row that people change."""

    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        abstract = True


class Picture(Row):
    """An image, kept once by its content and never changed: what was issued shows the same picture for ever.

    It lives in the database, so that a version and its picture are one transaction and one back-up; there are tens of
    them per organisation. Only badgecert.core.pictures makes one.
    """

    # SHA-256 over the PNG, in hex: the address, and the proof that it is still the same.
    sha256 = models.CharField(max_length=64, unique=True)
    png = models.BinaryField()
    # For screens: small and quick. Empty when there is an SVG, which is both.
    webp = models.BinaryField(default=bytes)
    # Only ever drawn by ourselves: an uploaded SVG is turned into pixels.
    svg = models.BinaryField(default=bytes)
    # So that a page can choose without reading the bytes.
    has_svg = models.BooleanField(default=False)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.sha256[:12]

    def get_absolute_url(self) -> str:
        """Stable for ever and safe to keep: the address is the content."""
        return reverse("picture", args=[self.sha256])

    @property
    def screen_url(self) -> str:
        """For pages: sharp at any size where we drew it, small where it was uploaded. Mail takes the PNG."""
        return reverse("picture_variant", args=[self.sha256, "svg" if self.has_svg else "webp"])


# Of all verbs the one that is written a hundred thousand times at once.
ISSUED = "badge issued"


class AuditEvent(Row):
    """Somebody did something to one thing. Rows are only ever added, and hold references rather than people's data."""

    # A plain UUID: the trail outlives what it speaks of, and this app knows no issuer.
    issuer_id = models.UUIDField(null=True, blank=True)
    verb = models.CharField(max_length=60)
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    object_id = models.UUIDField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("content_type", "object_id", "-created_at"), name="audit_by_object"),
            models.Index(fields=("issuer_id", "-created_at"), name="audit_by_issuer"),
            # Few of many: what staff did with words of their own, and what was not about a badge somebody holds.
            models.Index(fields=("issuer_id", "-created_at"), condition=~Q(reason=""), name="audit_with_reason"),
            models.Index(
                fields=("issuer_id", "content_type", "-created_at"), condition=~Q(verb=ISSUED), name="audit_by_kind"
            ),
            models.Index(fields=("issuer_id", "verb", "-created_at"), condition=~Q(verb=ISSUED), name="audit_by_verb"),
        )

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M} {self.verb}"


class Erasure(Row):
    """A person's data was taken out of this thing. It names nobody, and it is what lets the database blank their words.

    Only rows that speak of a thing named here can lose them (badgecert.core.append_only).
    """

    # The person's account, or something that was theirs: an issuance, a profile, a request.
    object_id = models.UUIDField(unique=True)

    def __str__(self) -> str:
        return str(self.object_id)
