import secrets
from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from badgecert.core import clock, codes
from badgecert.core.models import Picture, Row, TimestampedRow
from badges.models.badge import Badge, BadgeVersion, Visibility
from issuers.models import Issuer

if TYPE_CHECKING:
    from badgecert.accounts.models import User


def new_salt() -> str:
    """128 random bits in hex: short addresses are guessed from an unsalted hash in seconds (T43)."""
    return secrets.token_hex(16)


class IssuanceQuerySet(models.QuerySet["Issuance"]):
    def managed_by(self, user: "User | AnonymousUser") -> Self:
        return self.filter(issuer__in=Issuer.objects.managed_by(user))

    def held_by(self, user: "User") -> Self:
        """What belongs in this person's portfolio: everything ever issued to them but what was erased."""
        return self.filter(earner=user, erased_at=None)

    def shown_publicly(self) -> Self:
        """What its earner's public portfolio may show. A revoked badge names nobody, so it stands under no name."""
        return self.standing().filter(
            visibility=Visibility.PUBLIC, claimed_at__isnull=False, archived_at=None, earner__isnull=False
        )

    def listed(self) -> Self:
        """Whose page search engines may list."""
        return self.shown_publicly().filter(earner__visibility_preference__allows_search_engines=True)

    def standing(self) -> Self:
        """Neither revoked nor erased: somebody holds it, if only to decline it."""
        return self.filter(revoked_at=None, erased_at=None)

    def valid(self, on: date) -> Self:
        """Standing, not suspended, and not past its expiry on the given day."""
        return self.standing().filter(suspended_at=None).exclude(current_version__expires_on__lt=on)

    def unclaimed(self) -> Self:
        return self.standing().filter(claimed_at=None, declined_at=None)

    def with_what_they_say(self) -> Self:
        """With everything a list or page shows of an issuance, in one query."""
        return self.select_related(
            "issuer",
            "badge",
            "current_version__badge_version__picture",
        ).defer(
            "current_version__badge_version__picture__png",
            "current_version__badge_version__picture__webp",
            "current_version__badge_version__picture__svg",
        )


class Issuance(TimestampedRow):
    """One badge, given to one person: what lives. What it says is in its versions.

    Issuances are never deleted: a mistake is corrected or revoked, and the public history shows it.
    Change one only through badges.actions.
    """

    code = models.CharField(_("code"), max_length=codes.LENGTH, unique=True, default=codes.new_code)
    # Without an index of its own: the one below begins with it.
    badge = models.ForeignKey(
        Badge, on_delete=models.PROTECT, db_index=False, related_name="issuances", verbose_name=_("badge")
    )
    # The badge's issuer, kept here because the owner is part of every query.
    issuer = models.ForeignKey(
        Issuer, on_delete=models.PROTECT, related_name="issuances", verbose_name=_("organisation")
    )
    batch = models.ForeignKey(
        "badges.Batch",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="issuances",
        verbose_name=_("batch"),
    )
    earner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="issuances"
    )
    # The address the issuer used, as typed: mail goes there. The earner may log in with others.
    recipient_email = models.EmailField(_("e-mail address"))
    # Its canonical spelling, by which one person is one person.
    recipient_key = models.EmailField(editable=False)
    identity_salt = models.CharField(max_length=32, default=new_salt, editable=False)
    current_version = models.ForeignKey("badges.IssuanceVersion", on_delete=models.PROTECT, related_name="+")
    visibility = models.CharField(_("visible to"), max_length=10, choices=Visibility.choices)
    completed_on = models.DateField(_("completed on"), null=True, blank=True)
    # As its current version says; here, because an index finds what expires in an organisation.
    expires_on = models.DateField(_("valid until"), null=True, blank=True, editable=False)
    issued_at = models.DateTimeField(_("issued"), default=clock.now, editable=False)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True, editable=False)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True, editable=False)
    # Put aside by the earner: out of sight in their portfolio and on their public page; its link works as before.
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    suspended_at = models.DateTimeField(_("suspended"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    # Shown publicly.
    revocation_reason = models.CharField(_("reason given"), max_length=200, blank=True, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    objects = IssuanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("issuance")
        verbose_name_plural = _("issuances")
        ordering = ("-issued_at", "-id")
        constraints = (
            models.UniqueConstraint(
                # In this order: who looks for the badge of one person may not be led to read all of the badge's issuances.
                fields=("recipient_key", "badge"),
                condition=Q(revoked_at=None, erased_at=None),
                name="one_person_holds_a_badge_once",
            ),
            models.CheckConstraint(
                name="revoked_at_and_its_reason_come_together",
                condition=Q(revoked_at=None, revocation_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revocation_reason="")),
            ),
            models.CheckConstraint(
                name="claimed_and_declined_exclude_each_other",
                condition=Q(claimed_at=None) | Q(declined_at=None),
            ),
        )
        indexes = (
            models.Index(fields=("issuer", "-issued_at"), name="issuances_by_issuer"),
            models.Index(fields=("badge", "-issued_at"), name="issuances_by_badge"),
            models.Index(
                fields=("issuer", "expires_on"),
                condition=Q(expires_on__isnull=False, revoked_at=None, erased_at=None),
                name="issuances_by_expiry",
            ),
            models.Index(fields=("earner", "-issued_at"), name="issuances_by_earner"),
            models.Index(fields=("issued_at",), name="issuances_by_age"),
            models.Index(fields=("claimed_at",), condition=Q(claimed_at__isnull=False), name="issuances_by_claim"),
            # By a whole address, and by how it begins.
            models.Index(fields=("recipient_key",), opclasses=("varchar_pattern_ops",), name="issuances_by_address"),
            # Few of many: the desk lists them.
            models.Index(
                fields=("issuer", "-issued_at"), condition=Q(revoked_at__isnull=False), name="issuances_revoked"
            ),
            models.Index(
                fields=("issuer", "-issued_at"), condition=Q(suspended_at__isnull=False), name="issuances_suspended"
            ),
            models.Index(
                fields=("issuer", "-issued_at"), condition=Q(declined_at__isnull=False), name="issuances_declined"
            ),
            models.Index(
                fields=("issued_at",),
                condition=Q(claimed_at=None, declined_at=None, revoked_at=None, erased_at=None),
                name="unclaimed_by_age",
            ),
        )

    def __str__(self) -> str:
        return codes.grouped(self.code)

    def get_absolute_url(self) -> str:
        """Stable for ever: it is printed on paper, and it is the credential's id."""
        return reverse("certificates:verification", args=[self.code])

    @property
    def public_url(self) -> str:
        return f"{settings.BASE_URL}{self.get_absolute_url()}"

    @property
    def is_claimed(self) -> bool:
        return self.claimed_at is not None

    @property
    def is_shown_publicly(self) -> bool:
        """As IssuanceQuerySet.shown_publicly()."""
        return (
            self.visibility == Visibility.PUBLIC
            and self.is_claimed
            and self.archived_at is None
            and self.revoked_at is None
            and self.erased_at is None
        )


class VersionKind(models.TextChoices):
    """Why a version exists."""

    ISSUED = "issued", _("Issued")
    CORRECTED = "corrected", _("Corrected")
    RENEWED = "renewed", _("Renewed")
    RESTORED = "restored", _("Restored")
    REINSTATED = "reinstated", _("Reinstated")


class IssuanceVersion(Row):
    """What an issuance says, at one time. Never changed or deleted; the database refuses it (migration 0002).

    `created_at` is the instant from which it holds (validFrom of the credential). Dates are calendar dates: the same
    in every time zone.
    """

    issuance = models.ForeignKey(Issuance, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    kind = models.CharField(max_length=10, choices=VersionKind.choices)
    recipient_name = models.CharField(_("name"), max_length=200)
    issued_on = models.DateField(_("issued on"))
    # The last day of validity.
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    narrative = models.TextField(_("what they did"), blank=True)
    # [{"name": …, "url": …}]
    evidence = models.JSONField(_("evidence"), default=list, blank=True)
    issuer_name = models.CharField(max_length=200)
    issuer_logo = models.ForeignKey(Picture, on_delete=models.PROTECT, null=True, related_name="+")
    badge_version = models.ForeignKey(BadgeVersion, on_delete=models.PROTECT, related_name="+")
    # Names of the fields that differ from the version before: the public history names them.
    changed_fields = models.JSONField(default=list, blank=True)
    # Said publicly; the internal reason stands in the audit trail.
    public_reason = models.CharField(max_length=200, blank=True)
    # The earner asked that the name of earlier versions is not shown.
    hides_earlier_name = models.BooleanField(default=False)
    # The earner chose that the credential names the address itself, not only its salted hash.
    names_address = models.BooleanField(default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("version of an issuance")
        verbose_name_plural = _("versions of issuances")
        ordering = ("issuance", "-number")
        constraints = (
            models.UniqueConstraint(fields=("issuance", "number"), name="issuance_version_numbers_are_unique"),
            models.CheckConstraint(name="version_numbers_start_at_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="expiry_is_not_before_issue",
                condition=Q(expires_on=None) | Q(expires_on__gte=F("issued_on")),
            ),
        )
        indexes = (
            models.Index(fields=("expires_on",), condition=Q(expires_on__isnull=False), name="versions_by_expiry"),
        )

    def __str__(self) -> str:
        return f"{self.recipient_name}, {self.number}"
