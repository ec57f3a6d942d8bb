import badgecert.core.clock
import badgecert.core.codes
import badgecert.core.models
import badges.models.issuance
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
        ("issuers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Badge",
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
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="address on this site")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "expiry_rule",
                    models.CharField(
                        choices=[
                            ("never", "Never expires"),
                            ("period", "A time after issue"),
                            ("fixed", "On a fixed date"),
                        ],
                        default="never",
                        max_length=10,
                        verbose_name="expires",
                    ),
                ),
                (
                    "expiry_months",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(600),
                        ],
                        verbose_name="months until it expires",
                    ),
                ),
                ("expiry_on", models.DateField(blank=True, null=True, verbose_name="expires on")),
                (
                    "invites_earners",
                    models.BooleanField(
                        default=True,
                        help_text="The mail carries a user name and a temporary password.",
                        verbose_name="invite to log in",
                    ),
                ),
                ("has_linkedin_button", models.BooleanField(default=True, verbose_name="LinkedIn button in the mail")),
                (
                    "linkedin_organization_id",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the organisation's.",
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
                    "default_visibility",
                    models.CharField(
                        choices=[("link", "To whoever has the link"), ("private", "To the earner only")],
                        default="link",
                        max_length=10,
                        verbose_name="visible before it is claimed",
                    ),
                ),
                (
                    "reply_to",
                    models.EmailField(
                        blank=True,
                        help_text="Empty: the organisation's contact address.",
                        max_length=254,
                        verbose_name="reply address",
                    ),
                ),
                (
                    "offers_paper",
                    models.BooleanField(
                        default=False,
                        help_text="Earners can ask for one by post.",
                        verbose_name="paper certificate on request",
                    ),
                ),
                ("renewal_url", models.URLField(blank=True, verbose_name="how to renew: link")),
                ("renewal_instructions", models.TextField(blank=True, verbose_name="how to renew: steps")),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="badges", to="issuers.issuer"
                    ),
                ),
            ],
            options={
                "verbose_name": "badge",
                "verbose_name_plural": "badges",
                "ordering": ("slug",),
            },
        ),
        migrations.CreateModel(
            name="BadgeVersion",
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
                ("number", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("description", models.TextField(verbose_name="description")),
                (
                    "achievement_type",
                    models.CharField(
                        choices=[
                            ("Badge", "Badge"),
                            ("CertificateOfCompletion", "Certificate of completion"),
                            ("Certification", "Certification"),
                            ("Course", "Course"),
                            ("License", "Licence"),
                            ("Membership", "Membership"),
                            ("Competency", "Competency"),
                        ],
                        default="Badge",
                        max_length=40,
                        verbose_name="kind",
                    ),
                ),
                ("criteria_to_earn", models.TextField(verbose_name="what it takes to earn")),
                ("criteria_to_maintain", models.TextField(blank=True, verbose_name="what it takes to keep")),
                ("skills", models.JSONField(blank=True, default=list, verbose_name="skills")),
                ("art", models.JSONField(blank=True, default=dict, verbose_name="drawn from")),
                ("certificate_design", models.CharField(blank=True, max_length=20, verbose_name="certificate")),
                ("certificate_colour", models.CharField(blank=True, max_length=7, verbose_name="certificate colour")),
                ("certificate_wording", models.JSONField(blank=True, default=dict, verbose_name="certificate wording")),
                ("signatories", models.JSONField(blank=True, default=list, verbose_name="signatories")),
                (
                    "badge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="badges.badge"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "picture",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.picture",
                        verbose_name="picture",
                    ),
                ),
            ],
            options={
                "verbose_name": "badge version",
                "verbose_name_plural": "badge versions",
                "ordering": ("badge", "-number"),
            },
        ),
        migrations.AddField(
            model_name="badge",
            name="current_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="badges.badgeversion"
            ),
        ),
        migrations.CreateModel(
            name="Batch",
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
                ("file_name", models.CharField(max_length=200, verbose_name="file")),
                ("file_sha256", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Columns to match"),
                            ("checking", "Being checked"),
                            ("refused", "Cannot be used"),
                            ("draft", "Not sent yet"),
                            ("confirmed", "Can still be undone"),
                            ("leaving", "Being issued"),
                            ("issued", "Issued"),
                            ("undone", "Undone"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("header", models.JSONField(blank=True, default=list)),
                ("columns", models.JSONField(blank=True, default=dict)),
                (
                    "policy",
                    models.CharField(
                        choices=[("skip", "Skip"), ("renew", "Renew"), ("replace", "Replace")],
                        default="skip",
                        max_length=10,
                        verbose_name="people who hold the badge",
                    ),
                ),
                ("lines_expected", models.PositiveIntegerField(default=0)),
                ("lines_read", models.PositiveIntegerField(default=0)),
                ("rows_count", models.PositiveIntegerField(default=0, verbose_name="rows")),
                ("taken_until", models.DateTimeField(blank=True, null=True)),
                ("refusal", models.CharField(blank=True, max_length=300)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="leaves")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                (
                    "badge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="badges.badge",
                        verbose_name="badge",
                    ),
                ),
                (
                    "badge_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="badges.badgeversion"
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="issuers.issuer",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "batch",
                "verbose_name_plural": "batches",
                "ordering": ("-created_at",),
            },
        ),
        migrations.CreateModel(
            name="BatchFile",
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
                ("content", models.BinaryField()),
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="file", to="badges.batch"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ColumnMapping",
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
                ("heading", models.CharField(max_length=200)),
                (
                    "column",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("name", "Name"),
                            ("given_name", "First name"),
                            ("family_name", "Last name"),
                            ("email", "E-mail"),
                            ("issued_on", "Issued on"),
                            ("expires_on", "Valid until"),
                            ("completed_on", "Completed on"),
                            ("evidence", "Evidence"),
                            ("narrative", "What they did"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="column_mappings", to="issuers.issuer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Issuance",
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
                    "code",
                    models.CharField(
                        default=badgecert.core.codes.new_code, max_length=12, unique=True, verbose_name="code"
                    ),
                ),
                ("recipient_email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("recipient_key", models.EmailField(editable=False, max_length=254)),
                (
                    "identity_salt",
                    models.CharField(default=badges.models.issuance.new_salt, editable=False, max_length=32),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[("public", "Public"), ("link", "Link only"), ("private", "Private")],
                        max_length=10,
                        verbose_name="visible to",
                    ),
                ),
                ("completed_on", models.DateField(blank=True, null=True, verbose_name="completed on")),
                ("expires_on", models.DateField(blank=True, editable=False, null=True, verbose_name="valid until")),
                (
                    "issued_at",
                    models.DateTimeField(default=badgecert.core.clock.now, editable=False, verbose_name="issued"),
                ),
                ("claimed_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="claimed")),
                ("declined_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="declined")),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="archived")),
                ("suspended_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="suspended")),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="revoked")),
                (
                    "revocation_reason",
                    models.CharField(blank=True, editable=False, max_length=200, verbose_name="reason given"),
                ),
                ("erased_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="erased")),
                (
                    "badge",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issuances",
                        to="badges.badge",
                        verbose_name="badge",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issuances",
                        to="badges.batch",
                        verbose_name="batch",
                    ),
                ),
                (
                    "earner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issuances",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issuances",
                        to="issuers.issuer",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "issuance",
                "verbose_name_plural": "issuances",
                "ordering": ("-issued_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="BatchRow",
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
                ("line", models.PositiveIntegerField()),
                ("cells", models.JSONField(default=list)),
                ("recipient_name", models.CharField(blank=True, max_length=200)),
                ("recipient_email", models.CharField(blank=True, max_length=254)),
                ("recipient_key", models.CharField(blank=True, max_length=254)),
                ("issued_on", models.DateField(null=True)),
                ("expires_on", models.DateField(null=True)),
                ("completed_on", models.DateField(null=True)),
                ("is_dated_by_us", models.BooleanField(default=False)),
                ("expires_by_rule", models.BooleanField(default=False)),
                ("evidence_url", models.CharField(blank=True, max_length=2000)),
                ("narrative", models.TextField(blank=True)),
                (
                    "state",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Refused"), (1, "To look at"), (2, "Ready")], default=2
                    ),
                ),
                ("duplicate_of", models.PositiveIntegerField(null=True)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("warning", models.CharField(blank=True, max_length=300)),
                ("at_fault", models.CharField(blank=True, max_length=20)),
                ("suggestion", models.CharField(blank=True, max_length=200)),
                ("is_accepted", models.BooleanField(default=False)),
                (
                    "policy",
                    models.CharField(
                        blank=True,
                        choices=[("skip", "Skip"), ("renew", "Renew"), ("replace", "Replace")],
                        max_length=10,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("issued", "Issued"), ("renewed", "Renewed"), ("replaced", "Replaced")],
                        max_length=10,
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="badges.batch"
                    ),
                ),
                (
                    "holding",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="badges.issuance"
                    ),
                ),
                (
                    "issuance",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batch_row",
                        to="badges.issuance",
                    ),
                ),
            ],
            options={
                "verbose_name": "row of a batch",
                "verbose_name_plural": "rows of batches",
                "ordering": ("batch", "line"),
            },
        ),
        migrations.CreateModel(
            name="Activity",
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
                ("day", models.DateField(verbose_name="day")),
                (
                    "kind",
                    models.CharField(
                        choices=[("opened", "Opened"), ("checked", "Checked as a file"), ("shared", "Shared")],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="times")),
                (
                    "issuance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="activity", to="badges.issuance"
                    ),
                ),
            ],
            options={
                "verbose_name": "activity",
                "verbose_name_plural": "activity",
            },
        ),
        migrations.CreateModel(
            name="IssuanceVersion",
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
                ("number", models.PositiveIntegerField(verbose_name="version")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("issued", "Issued"),
                            ("corrected", "Corrected"),
                            ("renewed", "Renewed"),
                            ("restored", "Restored"),
                            ("reinstated", "Reinstated"),
                        ],
                        max_length=10,
                    ),
                ),
                ("recipient_name", models.CharField(max_length=200, verbose_name="name")),
                ("issued_on", models.DateField(verbose_name="issued on")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="expires on")),
                ("narrative", models.TextField(blank=True, verbose_name="what they did")),
                ("evidence", models.JSONField(blank=True, default=list, verbose_name="evidence")),
                ("issuer_name", models.CharField(max_length=200)),
                ("changed_fields", models.JSONField(blank=True, default=list)),
                ("public_reason", models.CharField(blank=True, max_length=200)),
                ("hides_earlier_name", models.BooleanField(default=False)),
                ("names_address", models.BooleanField(default=False)),
                (
                    "badge_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="badges.badgeversion"
                    ),
                ),
                (
                    "issuance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="badges.issuance"
                    ),
                ),
                (
                    "issuer_logo",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.picture"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "version of an issuance",
                "verbose_name_plural": "versions of issuances",
                "ordering": ("issuance", "-number"),
            },
        ),
        migrations.AddField(
            model_name="issuance",
            name="current_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="badges.issuanceversion"
            ),
        ),
        migrations.CreateModel(
            name="Proposal",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("correct", "Correct"),
                            ("renew", "Renew"),
                            ("suspend", "Put under review"),
                            ("restore", "Restore"),
                            ("revoke", "Revoke"),
                            ("reinstate", "Reinstate"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "Being checked"),
                            ("refused", "Cannot be used"),
                            ("draft", "Not made yet"),
                            ("waiting", "Waits for a second person"),
                            ("approved", "Being made"),
                            ("applied", "Made"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=200, verbose_name="file")),
                ("lines_expected", models.PositiveIntegerField(default=0)),
                ("lines_read", models.PositiveIntegerField(default=0)),
                ("rows_count", models.PositiveIntegerField(default=0, verbose_name="badges")),
                ("taken_until", models.DateTimeField(blank=True, null=True)),
                ("refusal", models.CharField(blank=True, max_length=300)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("public_reason", models.CharField(blank=True, max_length=200)),
                ("hides_earlier_name", models.BooleanField(default=False)),
                ("notify", models.BooleanField(default=False)),
                ("proposed_at", models.DateTimeField(blank=True, null=True, verbose_name="proposed")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("decision", models.CharField(blank=True, max_length=200)),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="badges.batch",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="issuers.issuer",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "change",
                "verbose_name_plural": "changes",
                "ordering": ("-created_at",),
            },
        ),
        migrations.CreateModel(
            name="ProposalFile",
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
                ("content", models.BinaryField()),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="file", to="badges.proposal"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProposedChange",
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
                ("line", models.PositiveIntegerField()),
                ("cells", models.JSONField(default=list)),
                ("stated", models.JSONField(default=dict)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("warning", models.CharField(blank=True, max_length=300)),
                ("made_at", models.DateTimeField(null=True)),
                (
                    "issuance",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposed_changes",
                        to="badges.issuance",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="badges.proposal"
                    ),
                ),
                (
                    "seen_version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="badges.issuanceversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposed change",
                "verbose_name_plural": "proposed changes",
                "ordering": ("proposal", "line"),
            },
        ),
        migrations.CreateModel(
            name="ShareLink",
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
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("parts", models.JSONField(default=list)),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="ends on")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("opened_count", models.PositiveIntegerField(default=0)),
                ("last_opened_on", models.DateField(blank=True, null=True)),
                (
                    "earner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="share_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issuance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="share_links", to="badges.issuance"
                    ),
                ),
            ],
            options={
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="VisibilityPreference",
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
                    "new_badges",
                    models.CharField(
                        blank=True,
                        choices=[("public", "Public"), ("link", "Link only"), ("private", "Private")],
                        max_length=10,
                    ),
                ),
                ("allows_search_engines", models.BooleanField(default=False)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visibility_preference",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BadgeDay",
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
                ("day", models.DateField(verbose_name="day")),
                ("issued", models.PositiveIntegerField(default=0)),
                ("delivered", models.PositiveIntegerField(default=0)),
                ("claimed", models.PositiveIntegerField(default=0)),
                ("shared", models.PositiveIntegerField(default=0)),
                ("verified", models.PositiveIntegerField(default=0)),
                ("claims", models.PositiveIntegerField(default=0)),
                ("shares", models.PositiveIntegerField(default=0)),
                ("looks", models.PositiveIntegerField(default=0)),
                (
                    "badge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="days", to="badges.badge"
                    ),
                ),
            ],
            options={
                "verbose_name": "figures of a day",
                "verbose_name_plural": "figures of days",
                "constraints": [models.UniqueConstraint(fields=("badge", "day"), name="figures_of_a_day_stand_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="badgeversion",
            constraint=models.UniqueConstraint(fields=("badge", "number"), name="badge_version_numbers_are_unique"),
        ),
        migrations.AddConstraint(
            model_name="badge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("expiry_months", None), ("expiry_on", None), ("expiry_rule", "never")),
                    models.Q(("expiry_months__isnull", False), ("expiry_on", None), ("expiry_rule", "period")),
                    models.Q(("expiry_months", None), ("expiry_on__isnull", False), ("expiry_rule", "fixed")),
                    _connector="OR",
                ),
                name="badge_expiry_rule_has_its_value",
            ),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(condition=models.Q(("state", "confirmed")), fields=["due_at"], name="batches_due"),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                condition=models.Q(("state__in", ("checking", "leaving"))), fields=["state"], name="batches_at_work"
            ),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(condition=models.Q(("state", "draft")), fields=["issuer"], name="batches_not_sent"),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("confirmed", "leaving", "issued"))),
                fields=("badge", "file_sha256"),
                name="the_same_file_is_issued_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="columnmapping",
            constraint=models.UniqueConstraint(
                fields=("issuer", "heading"), name="an_organisation_reads_a_heading_one_way"
            ),
        ),
        migrations.AddIndex(
            model_name="batchrow",
            index=models.Index(fields=["batch", "state", "line"], name="rows_by_need"),
        ),
        migrations.AddIndex(
            model_name="batchrow",
            index=models.Index(fields=["batch", "recipient_key"], name="rows_by_person"),
        ),
        migrations.AddIndex(
            model_name="batchrow",
            index=models.Index(
                condition=models.Q(("outcome", ""), ("state", 2)), fields=["batch", "line"], name="rows_to_issue"
            ),
        ),
        migrations.AddConstraint(
            model_name="batchrow",
            constraint=models.UniqueConstraint(fields=("batch", "line"), name="a_line_stands_in_a_batch_once"),
        ),
        migrations.AddConstraint(
            model_name="batchrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("problem", ""), ("state", 0), _connector="OR"),
                name="a_row_with_a_problem_is_refused",
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(fields=["day"], name="activity_by_day"),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(fields=["updated_at"], name="activity_by_change"),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.UniqueConstraint(
                fields=("issuance", "day", "kind"), name="activity_of_a_day_is_one_number"
            ),
        ),
        migrations.AddIndex(
            model_name="issuanceversion",
            index=models.Index(
                condition=models.Q(("expires_on__isnull", False)), fields=["expires_on"], name="versions_by_expiry"
            ),
        ),
        migrations.AddConstraint(
            model_name="issuanceversion",
            constraint=models.UniqueConstraint(
                fields=("issuance", "number"), name="issuance_version_numbers_are_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="issuanceversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="version_numbers_start_at_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="issuanceversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_on", None), ("expires_on__gte", models.F("issued_on")), _connector="OR"),
                name="expiry_is_not_before_issue",
            ),
        ),
        migrations.AddIndex(
            model_name="issuance",
            index=models.Index(fields=["issuer", "-issued_at"], name="issuances_by_issuer"),
        ),
        migrations.AddIndex(
            model_name="issuance",
            index=models.Index(fields=["badge", "-issued_at"], name="issuances_by_badge"),
        ),
        migrations.AddIndex(
            model_name="issuance",
            index=models.Index(
                condition=models.Q(("erased_at", None), ("expires_on__isnull", False), ("revoked_at", None)),
                fields=["issuer", "expires_on"],
                name="issuances_by_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="issuance",
            index=models.Index(fields=["earner", "-issued_at"], name="issuances_by_earner"),
        ),
        migrations.AddIndex(
            model_name="issuance",
            index=models.Index(fields=["issued_at"], name="issuances_by_age"),
        ),
        migrations.AddIndex(
            model_name="issuance",
            index=models.Index(
                condition=models.Q(("claimed_at__isnull", False)), fields=["claimed_at"], name="issuances_by_claim"
            ),
        ),
        migrations.AddIndex(
            model_name="issuance",
            index=models.Index(
                fields=["recipient_key"], name="issuances_by_address", opclasses=("varchar_pattern_ops",)
            ),
        ),
        migrations.AddIndex(
            model_name="issuance",
            index=models.Index(
                condition=models.Q(("revoked_at__isnull", False)),
                fields=["issuer", "-issued_at"],
                name="issuances_revoked",
            ),
        ),
        migrations.AddIndex(
            model_name="issuance",
            index=models.Index(
                condition=models.Q(("suspended_at__isnull", False)),
                fields=["issuer", "-issued_at"],
                name="issuances_suspended",
            ),
        ),
        migrations.AddIndex(
            model_name="issuance",
            index=models.Index(
                condition=models.Q(("declined_at__isnull", False)),
                fields=["issuer", "-issued_at"],
                name="issuances_declined",
            ),
        ),
        migrations.AddIndex(
            model_name="issuance",
            index=models.Index(
                condition=models.Q(
                    ("claimed_at", None), ("declined_at", None), ("erased_at", None), ("revoked_at", None)
                ),
                fields=["issued_at"],
                name="unclaimed_by_age",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("erased_at", None), ("revoked_at", None)),
                fields=("recipient_key", "badge"),
                name="one_person_holds_a_badge_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revocation_reason", ""), ("revoked_at", None)),
                    models.Q(("revoked_at__isnull", False), models.Q(("revocation_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="revoked_at_and_its_reason_come_together",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuance",
            constraint=models.CheckConstraint(
                condition=models.Q(("claimed_at", None), ("declined_at", None), _connector="OR"),
                name="claimed_and_declined_exclude_each_other",
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                condition=models.Q(("state", "reading")), fields=["created_at"], name="proposals_to_read"
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                condition=models.Q(("state", "approved")), fields=["proposed_at"], name="proposals_to_apply"
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(fields=["issuer", "-created_at"], name="proposals_by_issuer"),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(condition=models.Q(("state", "waiting")), fields=["issuer"], name="proposals_waiting"),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="a_second_person_is_another_one",
            ),
        ),
        migrations.AddIndex(
            model_name="proposedchange",
            index=models.Index(
                condition=models.Q(("made_at", None), ("problem", "")),
                fields=["proposal", "line"],
                name="changes_to_make",
            ),
        ),
        migrations.AddIndex(
            model_name="proposedchange",
            index=models.Index(
                condition=models.Q(("problem", ""), _negated=True), fields=["proposal", "line"], name="changes_left_out"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposedchange",
            constraint=models.UniqueConstraint(fields=("proposal", "line"), name="a_line_stands_in_a_proposal_once"),
        ),
        migrations.AddConstraint(
            model_name="proposedchange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("problem", "")),
                fields=("proposal", "issuance"),
                name="a_proposal_changes_an_issuance_once",
            ),
        ),
        migrations.AddIndex(
            model_name="sharelink",
            index=models.Index(fields=["earner", "-created_at"], name="share_links_by_earner"),
        ),
    ]
