from datetime import date
from typing import TYPE_CHECKING, Self

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Picture, Row, TimestampedRow
from issuers.models import Issuer, linkedin_number

if TYPE_CHECKING:
    from badgecert.accounts.models import User


class Visibility(models.TextChoices):
    """Who can see an issuance. The words of the product; look.md's *Only me* is private."""

    PUBLIC = "public", _("Public")
    LINK_ONLY = "link", _("Link only")
    PRIVATE = "private", _("Private")


class BadgeState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class ExpiryRule(models.TextChoices):
    NEVER = "never", _("Never expires")
    PERIOD = "period", _("A time after issue")
    FIXED = "fixed", _("On a fixed date")


class AchievementType(models.TextChoices):
    """The kinds of Open Badges 3.0 (achievementType) that our issuers use."""

    BADGE = "Badge", _("Badge")
    CERTIFICATE = "CertificateOfCompletion", _("Certificate of completion")
    CERTIFICATION = "Certification", _("Certification")
    COURSE = "Course", _("Course")
    LICENSE = "License", _("Licence")
    MEMBERSHIP = "Membership", _("Membership")
    COMPETENCY = "Competency", _("Competency")


class BadgeQuerySet(models.QuerySet["Badge"]):
    def managed_by(self, user: "User | AnonymousUser") -> Self:
        return self.filter(issuer__in=Issuer.objects.managed_by(user))

    def published(self) -> Self:
        """What strangers may see: also retired badges, because people hold them."""
        return self.filter(state__in=(BadgeState.PUBLISHED, BadgeState.RETIRED))

    def with_what_they_say(self) -> Self:
        """With everything a list or page shows of a badge, in one query."""
        return self.select_related("issuer", "current_version__picture").defer(
            "current_version__picture__png", "current_version__picture__webp", "current_version__picture__svg"
        )


class Badge(TimestampedRow):
    """What can be earned (Open Badges: Achievement). What it says stands in its versions; here is what stays live.

    Change one only through badges.actions.badges.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="badges")
    slug = models.SlugField(_("address on this site"), max_length=80, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=BadgeState.choices, default=BadgeState.DRAFT)
    # Written before its version exists; both foreign keys are checked at commit.
    current_version = models.ForeignKey("badges.BadgeVersion", on_delete=models.PROTECT, related_name="+")

    expiry_rule = models.CharField(_("expires"), max_length=10, choices=ExpiryRule.choices, default=ExpiryRule.NEVER)
    expiry_months = models.PositiveIntegerField(
        _("months until it expires"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(600)]
    )
    expiry_on = models.DateField(_("expires on"), null=True, blank=True)

    invites_earners = models.BooleanField(
        _("invite to log in"), default=True, help_text=_("The mail carries a user name and a temporary password.")
    )
    has_linkedin_button = models.BooleanField(_("LinkedIn button in the mail"), default=True)
    linkedin_organization_id = models.CharField(
        _("LinkedIn organisation number"),
        max_length=20,
        blank=True,
        validators=[linkedin_number],
        help_text=_("Empty: the organisation's."),
    )
    default_visibility = models.CharField(
        _("visible before it is claimed"),
        max_length=10,
        choices=((Visibility.LINK_ONLY, _("To whoever has the link")), (Visibility.PRIVATE, _("To the earner only"))),
        default=Visibility.LINK_ONLY,
    )
    reply_to = models.EmailField(
        _("reply address"), blank=True, help_text=_("Empty: the organisation's contact address.")
    )
    offers_paper = models.BooleanField(
        _("paper certificate on request"), default=False, help_text=_("Earners can ask for one by post.")
    )
    renewal_url = models.URLField(_("how to renew: link"), blank=True)
    renewal_instructions = models.TextField(_("how to renew: steps"), blank=True)

    objects = BadgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("badge")
        verbose_name_plural = _("badges")
        ordering = ("slug",)
        constraints = (
            models.CheckConstraint(
                name="badge_expiry_rule_has_its_value",
                condition=Q(expiry_rule=ExpiryRule.NEVER, expiry_months=None, expiry_on=None)
                | Q(expiry_rule=ExpiryRule.PERIOD, expiry_months__isnull=False, expiry_on=None)
                | Q(expiry_rule=ExpiryRule.FIXED, expiry_months=None, expiry_on__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.current_version.name

    def get_absolute_url(self) -> str:
        return reverse("badges:badge", args=[self.slug])

    def expires_on_for(self, issued_on: date) -> date | None:
        """The last day of validity of a badge issued on that day, by this badge's rule; None is for ever.

        A period of two years from 14 March 2025 ends on 13 March 2027.
        """
        if self.expiry_rule == ExpiryRule.PERIOD:
            last_day: date = issued_on + relativedelta(months=self.expiry_months or 0) - relativedelta(days=1)
            return last_day
        return self.expiry_on

    @property
    def contact_email(self) -> str:
        return self.reply_to or self.issuer.email


class BadgeVersion(Row):
    """What a badge said at one time. Never changed or deleted: issuances point at the version they were given.

    The database refuses it (migration 0002).
    """

    badge = models.ForeignKey(Badge, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"))
    achievement_type = models.CharField(
        _("kind"), max_length=40, choices=AchievementType.choices, default=AchievementType.BADGE
    )
    # Markdown, as Open Badges defines criteria.
    criteria_to_earn = models.TextField(_("what it takes to earn"))
    criteria_to_maintain = models.TextField(_("what it takes to keep"), blank=True)
    # [{"name": …, "url": where it is described officially, or nothing}]
    skills = models.JSONField(_("skills"), default=list, blank=True)
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="+", verbose_name=_("picture"))
    # What the picture was drawn from (fields of BadgeArt), for drawing it again; empty where it was uploaded.
    art = models.JSONField(_("drawn from"), default=dict, blank=True)
    # Empty: no certificate.
    certificate_design = models.CharField(_("certificate"), max_length=20, blank=True)
    # In place of the design's own; empty keeps that.
    certificate_colour = models.CharField(_("certificate colour"), max_length=7, blank=True)
    # {"heading": …, "awarded_to": …, "met_requirements": …}
    certificate_wording = models.JSONField(_("certificate wording"), default=dict, blank=True)
    # [{"name": …, "title": …, "signature": the digest of a picture or nothing}], one or two.
    signatories = models.JSONField(_("signatories"), default=list, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("badge version")
        verbose_name_plural = _("badge versions")
        ordering = ("badge", "-number")
        constraints = (models.UniqueConstraint(fields=("badge", "number"), name="badge_version_numbers_are_unique"),)

    def __str__(self) -> str:
        return self.name

    @property
    def has_certificate(self) -> bool:
        return bool(self.certificate_design)
