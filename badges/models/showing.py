"""What earners decide about who sees their badges, besides the visibility of each one."""

import base64
import binascii
import hmac
import uuid
from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from badgecert.accounts.secrets import keyed_hash
from badgecert.core.models import Row, TimestampedRow
from badges.models.badge import Visibility
from badges.models.issuance import Issuance

if TYPE_CHECKING:
    from badgecert.accounts.models import User

_ID_BYTES = 16
_MARK_BYTES = 16


class VisibilityPreference(TimestampedRow):
    """How visible an earner wants their badges to be when nothing else was said."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="visibility_preference"
    )
    # Empty: as the issuer set it for the badge.
    new_badges = models.CharField(max_length=10, choices=Visibility.choices, blank=True)
    allows_search_engines = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.user)


class SharedPart(models.TextChoices):
    """What a share link shows besides the badge, its issuer and whether it counts."""

    NAME = "name", _("Your name")
    DATES = "dates", _("The dates")
    NARRATIVE = "narrative", _("What you did")
    EVIDENCE = "evidence", _("Evidence")
    HISTORY = "history", _("History of corrections and renewals")
    FILES = "files", _("Code, certificate and Open Badge files")


# Certificate and files say all of this, and nothing can be cut out of what is signed.
PARTS_OF_FILES = frozenset({SharedPart.NAME, SharedPart.DATES, SharedPart.NARRATIVE, SharedPart.EVIDENCE})


class LinkState(models.TextChoices):
    OPEN = "open", _("Open")
    ENDED = "ended", _("Ended")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def of(self, user: "User") -> Self:
        """What this person made for badges that are still theirs."""
        return self.filter(earner=user, issuance__earner=user, issuance__erased_at=None)

    def with_token(self, token: str) -> Self:
        """At most one. The token is no secret that is kept: it is the row's id and our mark on it."""
        try:
            content = base64.urlsafe_b64decode(token + "=")
        except (binascii.Error, ValueError):
            return self.none()
        if len(content) != _ID_BYTES + _MARK_BYTES:
            return self.none()
        link_id = uuid.UUID(bytes=content[:_ID_BYTES])
        return self.filter(pk=link_id) if hmac.compare_digest(content[_ID_BYTES:], _mark_of(link_id)) else self.none()


class ShareLink(Row):
    """A named way to see one badge whatever its visibility, such as "for Acme HR". It can end and be withdrawn."""

    issuance = models.ForeignKey(Issuance, on_delete=models.PROTECT, related_name="share_links")
    # Who made it. When the badge turns out to be somebody else's, the link shows nothing any more.
    earner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="share_links")
    # Only the earner reads it.
    name = models.CharField(_("name"), max_length=80)
    # Values of SharedPart.
    parts = models.JSONField(default=list)
    # The last day on which it shows the badge, by the earner's clock; None: until it is withdrawn.
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    opened_count = models.PositiveIntegerField(default=0)
    last_opened_on = models.DateField(null=True, blank=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("earner", "-created_at"), name="share_links_by_earner"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("certificates:share_link", args=[self.token])

    @property
    def url(self) -> str:
        return f"{settings.BASE_URL}{self.get_absolute_url()}"

    @property
    def token(self) -> str:
        return base64.urlsafe_b64encode(self.pk.bytes + _mark_of(self.pk)).decode().rstrip("=")

    @property
    def shown_parts(self) -> list[str]:
        """In the words of the page."""
        return [str(SharedPart(part).label) for part in self.parts]

    def state_on(self, day: date) -> LinkState:
        if self.withdrawn_at:
            return LinkState.WITHDRAWN
        return LinkState.ENDED if self.ends_on and self.ends_on < day else LinkState.OPEN


def _mark_of(link_id: uuid.UUID) -> bytes:
    return bytes.fromhex(keyed_hash("share link", str(link_id)))[:_MARK_BYTES]
