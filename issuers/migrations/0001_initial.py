import badgecert.core.clock
import badgecert.core.models
import django.core.validators
import django.db.models.deletion
import issuers.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Issuer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=badgecert.core.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=badgecert.core.clock.now, editable=False, verbose_name="created"),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("slug", models.SlugField(max_length=60, unique=True, verbose_name="address on this site")),
                (
                    "description",
                    models.TextField(
                        blank=True, help_text="One or two sentences for employers.", verbose_name="what it is"
                    ),
                ),
                ("url", models.URLField(verbose_name="website")),
                ("postal_address", models.CharField(blank=True, max_length=300, verbose_name="postal address")),
                (
                    "email",
                    models.EmailField(
                        help_text="Answers to our mails go here, and it is shown publicly.",
                        max_length=254,
                        verbose_name="contact address",
                    ),
                ),
                ("contacts", models.JSONField(blank=True, default=dict, verbose_name="contacts")),
                (
                    "brand_colour",
                    models.CharField(
                        default="#5b1f55",
                        help_text="The line on top of your mails.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator("^#[0-9a-f]{6}$", "Write the colour like #5b1f55.")
                        ],
                        verbose_name="colour",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en-gb", "English")], default="en-gb", max_length=12, verbose_name="language"
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="UTC",
                        help_text="Issue and expiry days are reckoned here, such as Europe/Brussels.",
                        max_length=60,
                        validators=[issuers.models.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "linkedin_organization_id",
                    models.CharField(
                        blank=True,
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\d+$", "The number only, from your LinkedIn page's address."
                            )
                        ],
                        verbose_name="LinkedIn organisation number",
                    ),
                ),
                (
                    "cooling_off_minutes",
                    models.PositiveIntegerField(
                        default=10,
                        validators=[django.core.validators.MaxValueValidator(1440)],
                        verbose_name="minutes to undo a batch",
                    ),
                ),
                (
                    "single_delay_minutes",
                    models.PositiveIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(1440)],
                        verbose_name="minutes to undo a single badge",
                    ),
                ),
                (
                    "reminder_days",
                    models.JSONField(
                        blank=True, default=issuers.models.default_reminder_days, verbose_name="reminder days"
                    ),
                ),
                (
                    "mail_paused_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="mail paused"),
                ),
                (
                    "mail_paused_reason",
                    models.CharField(blank=True, editable=False, max_length=300, verbose_name="why it is paused"),
                ),
                (
                    "answer_days",
                    models.PositiveIntegerField(
                        default=5,
                        help_text="Earners are told the day. Saturdays, Sundays and your holidays do not count.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="business days to answer a request",
                    ),
                ),
                (
                    "issue_days",
                    models.PositiveIntegerField(
                        default=10,
                        help_text="From the day on which somebody completed what it takes until the mail leaves. Shown publicly.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="business days to issue a badge",
                    ),
                ),
                ("holidays", models.JSONField(blank=True, default=list, verbose_name="holidays")),
                (
                    "approves_small_name_changes",
                    models.BooleanField(
                        default=False,
                        help_text="One or two letters in a name of eight letters or more, once for each badge. Nobody looks at it before.",
                        verbose_name="let small corrections of a name approve themselves",
                    ),
                ),
                (
                    "corrections_need_approval",
                    models.BooleanField(default=False, verbose_name="corrections and renewals"),
                ),
                (
                    "revocations_need_approval",
                    models.BooleanField(default=False, verbose_name="revoking and reinstating"),
                ),
                (
                    "bulk_changes_need_approval",
                    models.BooleanField(default=False, verbose_name="whatever changes more than one badge at once"),
                ),
                (
                    "certificate_numbers",
                    models.CharField(
                        blank=True,
                        help_text="Such as NC-{year}-{number}. Each certificate issued from now on gets the next one. Empty: none.",
                        max_length=40,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^{}]*(\\{year\\}[^{}]*)?\\{number\\}[^{}]*$", "Write it like NC-{year}-{number}."
                            )
                        ],
                        verbose_name="certificate numbers",
                    ),
                ),
                (
                    "requires_second_factor",
                    models.BooleanField(
                        default=False,
                        help_text="Whoever has neither is led to setting one up before this desk opens.",
                        verbose_name="staff need a passkey or an authenticator app",
                    ),
                ),
                (
                    "domain",
                    models.CharField(blank=True, editable=False, max_length=253, verbose_name="confirmed domain"),
                ),
                (
                    "domain_confirmed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="confirmed"),
                ),
                (
                    "logo",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.picture",
                    ),
                ),
                (
                    "mail_paused_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "organisation",
                "verbose_name_plural": "organisations",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="StaffMember",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=badgecert.core.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=badgecert.core.clock.now, editable=False, verbose_name="created"),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("manager", "Manager"),
                            ("designer", "Designer"),
                            ("viewer", "Viewer"),
                        ],
                        max_length=10,
                        verbose_name="role",
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="staff_members", to="issuers.issuer"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff_memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "staff member",
                "verbose_name_plural": "staff",
            },
        ),
        migrations.AddConstraint(
            model_name="issuer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("domain", ""), ("domain_confirmed_at", None)),
                    models.Q(models.Q(("domain", ""), _negated=True), ("domain_confirmed_at__isnull", False)),
                    _connector="OR",
                ),
                name="issuer_domain_and_its_date_come_together",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("mail_paused_at", None), ("mail_paused_by", None), ("mail_paused_reason", "")),
                    models.Q(("mail_paused_at__isnull", False), models.Q(("mail_paused_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="issuer_mail_is_paused_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="staffmember",
            constraint=models.UniqueConstraint(fields=("issuer", "user"), name="somebody_has_one_role_in_an_issuer"),
        ),
    ]
