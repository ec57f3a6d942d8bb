"""Who may issue: organisations and the people who work for them here."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from badgecert.core.dates import time_zones
from badgecert.core.models import Picture, TimestampedRow

if TYPE_CHECKING:
    from badgecert.accounts.models import User


def validate_time_zone(name: str) -> None:
    if name not in time_zones():
        raise ValidationError(
            _("There is no time zone “%(name)s”. Use one like Europe/Brussels."), params={"name": name}
        )


linkedin_number = RegexValidator(r"^\d+$", _("The number only, from your LinkedIn page's address."))


def default_reminder_days() -> list[int]:
    return [30, 60, 90, 120]


class Topic(models.TextChoices):
    """What people turn to an organisation about; each may have an address of its own."""

    LOG_IN = "log_in", _("Logging in")
    NAME = "name", _("Names")
    DATES = "dates", _("Dates")
    RENEWAL = "renewal", _("Renewal")
    PAPER = "paper", _("Paper certificates")
    VERIFICATION = "verification", _("Verification")


class IssuerQuerySet(models.QuerySet["Issuer"]):
    def managed_by(self, user: "User | AnonymousUser") -> Self:
        """The organisations whose desk this person may open; an operator opens all."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self.all()
        return self.filter(staff_members__user=user)


class Issuer(TimestampedRow):
    """An organisation that issues badges: its name on them, its own contacts, and its rules for mail."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("address on this site"), max_length=60, unique=True)
    description = models.TextField(_("what it is"), blank=True, help_text=_("One or two sentences for employers."))
    url = models.URLField(_("website"))
    postal_address = models.CharField(_("postal address"), max_length=300, blank=True)
    email = models.EmailField(
        _("contact address"), help_text=_("Answers to our mails go here, and it is shown publicly.")
    )
    # {topic: address}; what is not there goes to the address above.
    contacts = models.JSONField(_("contacts"), default=dict, blank=True)
    logo = models.ForeignKey(Picture, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    brand_colour = models.CharField(
        _("colour"),
        max_length=7,
        default="#5b1f55",
        validators=[RegexValidator(r"^#[0-9a-f]{6}$", _("Write the colour like #5b1f55."))],
        help_text=_("The line on top of your mails."),
    )
    language = models.CharField(
        _("language"), max_length=12, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=60,
        default="UTC",
        validators=[validate_time_zone],
        help_text=_("Issue and expiry days are reckoned here, such as Europe/Brussels."),
    )
    linkedin_organization_id = models.CharField(
        _("LinkedIn organisation number"),
        max_length=20,
        blank=True,
        validators=[linkedin_number],
    )
    # Until this has passed after confirming a batch, undo leaves no trace at the earners.
    cooling_off_minutes = models.PositiveIntegerField(
        _("minutes to undo a batch"), default=10, validators=[MaxValueValidator(1440)]
    )
    single_delay_minutes = models.PositiveIntegerField(
        _("minutes to undo a single badge"), default=0, validators=[MaxValueValidator(1440)]
    )
    reminder_days = models.JSONField(_("reminder days"), default=default_reminder_days, blank=True)
    # While it is set no mail of this organisation leaves; what became due leaves when it is resumed.
    mail_paused_at = models.DateTimeField(_("mail paused"), null=True, blank=True, editable=False)
    mail_paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    mail_paused_reason = models.CharField(_("why it is paused"), max_length=300, blank=True, editable=False)
    answer_days = models.PositiveIntegerField(
        _("business days to answer a request"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("Earners are told the day. Saturdays, Sundays and your holidays do not count."),
    )
    issue_days = models.PositiveIntegerField(
        _("business days to issue a badge"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("From the day on which somebody completed what it takes until the mail leaves. Shown publicly."),
    )
    # ISO dates.
    holidays = models.JSONField(_("holidays"), default=list, blank=True)
    approves_small_name_changes = models.BooleanField(
        _("let small corrections of a name approve themselves"),
        default=False,
        help_text=_(
            "One or two letters in a name of eight letters or more, once for each badge. Nobody looks at it before."
        ),
    )
    # Who else must agree before staff change what was issued: badges.permissions.second_person_needed.
    corrections_need_approval = models.BooleanField(_("corrections and renewals"), default=False)
    revocations_need_approval = models.BooleanField(_("revoking and reinstating"), default=False)
    bulk_changes_need_approval = models.BooleanField(_("whatever changes more than one badge at once"), default=False)
    certificate_numbers = models.CharField(
        _("certificate numbers"),
        max_length=40,
        blank=True,
        validators=[
            RegexValidator(r"^[^{}]*(\{year\}[^{}]*)?\{number\}[^{}]*$", _("Write it like NC-{year}-{number}."))
        ],
        help_text=_("Such as NC-{year}-{number}. Each certificate issued from now on gets the next one. Empty: none."),
    )
    requires_second_factor = models.BooleanField(
        _("staff need a passkey or an authenticator app"),
        default=False,
        help_text=_("Whoever has neither is led to setting one up before this desk opens."),
    )
    domain = models.CharField(_("confirmed domain"), max_length=253, blank=True, editable=False)
    domain_confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)

    objects = IssuerQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                name="issuer_domain_and_its_date_come_together",
                condition=Q(domain="", domain_confirmed_at=None)
                | (~Q(domain="") & Q(domain_confirmed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="issuer_mail_is_paused_with_a_reason",
                condition=Q(mail_paused_at=None, mail_paused_by=None, mail_paused_reason="")
                | (Q(mail_paused_at__isnull=False) & ~Q(mail_paused_reason="")),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("issuers:issuer", args=[self.slug])

    def contact_for(self, topic: Topic | None) -> str:
        """The address for a topic, or the general one."""
        return self.contacts.get(topic) or self.email

    def is_business_day(self, day: date) -> bool:
        """Monday to Friday less the organisation's holidays."""
        return day.isoweekday() <= 5 and day.isoformat() not in self.holidays

    def business_days_after(self, day: date, number: int) -> date:
        """The day on which so many business days have passed since the given one."""
        while number > 0:
            day += timedelta(days=1)
            number -= self.is_business_day(day)
        return day

    def clean(self) -> None:
        days = self.reminder_days
        if not isinstance(days, list) or not all(isinstance(day, int) and 0 < day <= 365 for day in days):
            raise ValidationError(
                {"reminder_days": _("Give days as a list of whole numbers, such as [30, 60, 90, 120].")}
            )
        if days != sorted(set(days)):
            raise ValidationError({"reminder_days": _("Give each day once, smallest first.")})


class StaffRole(models.TextChoices):
    """What somebody may do for an organisation; what each may do stands in issuers.permissions."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    DESIGNER = "designer", _("Designer")
    VIEWER = "viewer", _("Viewer")


class StaffMemberQuerySet(models.QuerySet["StaffMember"]):
    def managed_by(self, user: "User | AnonymousUser") -> Self:
        return self.filter(issuer__in=Issuer.objects.managed_by(user))


class StaffMember(TimestampedRow):
    """One person working for one organisation."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="staff_members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_memberships")
    role = models.CharField(_("role"), max_length=10, choices=StaffRole.choices)

    objects = StaffMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff")
        constraints = (models.UniqueConstraint(fields=("issuer", "user"), name="somebody_has_one_role_in_an_issuer"),)

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"
