import badgecert.core.clock
import badgecert.core.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("badges", "0001_initial"),
        ("issuers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Collection",
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
                ("title", models.CharField(max_length=60, verbose_name="title")),
                ("slug", models.SlugField(allow_unicode=True, max_length=60)),
                ("is_published", models.BooleanField(default=False)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="collections",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "collection",
                "verbose_name_plural": "collections",
                "ordering": ("created_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="CollectionItem",
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
                ("position", models.PositiveIntegerField()),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="earners.collection"
                    ),
                ),
                (
                    "issuance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="collected", to="badges.issuance"
                    ),
                ),
            ],
            options={
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="EarnerRequest",
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
                            ("name", "Name correction"),
                            ("date", "Issue date correction"),
                            ("expiry", "Expiry date correction"),
                            ("renewal", "Renewed already"),
                            ("paper", "Paper certificate"),
                            ("letter", "Letter of support"),
                            ("other", "Something else"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("waiting", "Waiting for the earner"),
                            ("answered", "Answered"),
                            ("approved", "Done"),
                            ("declined", "Declined"),
                            ("closed", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="due on")),
                ("wanted_name", models.CharField(blank=True, max_length=200, verbose_name="name as it should be")),
                ("wanted_on", models.DateField(blank=True, null=True, verbose_name="day as it should be")),
                ("employer", models.CharField(blank=True, max_length=200, verbose_name="employer")),
                ("postal_address", models.TextField(blank=True, verbose_name="postal address")),
                ("decided_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="decided")),
                ("proposed_answer", models.TextField(blank=True)),
                ("posted_on", models.DateField(blank=True, null=True, verbose_name="posted on")),
                (
                    "assigned_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "earner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issuance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="badges.issuance",
                        verbose_name="issuance",
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="issuers.issuer",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "made_version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="badges.issuanceversion",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="badges.proposal",
                    ),
                ),
            ],
            options={
                "verbose_name": "request",
                "verbose_name_plural": "requests",
                "ordering": ("due_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="Export",
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
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Being prepared"), ("ready", "Ready"), ("failed", "Could not be made")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("drawn_up_to", models.UUIDField(blank=True, null=True)),
                ("size_bytes", models.PositiveBigIntegerField(default=0)),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="exports", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ExportPart",
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
                ("content", models.BinaryField()),
                (
                    "export",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="earners.export"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Profile",
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
                ("display_name", models.CharField(max_length=200, verbose_name="display name")),
                ("employer", models.CharField(blank=True, max_length=200, verbose_name="employer")),
                ("job_title", models.CharField(blank=True, max_length=200, verbose_name="job title")),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                ("about", models.TextField(blank=True, verbose_name="about")),
                ("links", models.JSONField(blank=True, default=list, verbose_name="links")),
                ("welcomed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "public_name",
                    models.SlugField(
                        blank=True, max_length=40, null=True, unique=True, verbose_name="name in the address"
                    ),
                ),
                ("is_public", models.BooleanField(default=False)),
                ("shows_photo", models.BooleanField(default=False)),
                ("shows_work", models.BooleanField(default=False)),
                ("shows_about", models.BooleanField(default=False)),
                ("shows_links", models.BooleanField(default=False)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="profile", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "profile",
                "verbose_name_plural": "profiles",
            },
        ),
        migrations.CreateModel(
            name="Photo",
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
                ("webp", models.BinaryField()),
                (
                    "profile",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="photo", to="earners.profile"
                    ),
                ),
            ],
            options={
                "verbose_name": "photo",
                "verbose_name_plural": "photos",
            },
        ),
        migrations.CreateModel(
            name="Question",
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
                (
                    "topic",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("log_in", "Logging in"),
                            ("name", "Names"),
                            ("dates", "Dates"),
                            ("renewal", "Renewal"),
                            ("paper", "Paper certificates"),
                            ("verification", "Verification"),
                        ],
                        max_length=20,
                        verbose_name="topic",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("from_address", models.EmailField(blank=True, max_length=254, verbose_name="from")),
                ("from_key", models.CharField(blank=True, db_index=True, max_length=320)),
                ("text", models.TextField(blank=True, verbose_name="question")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
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
                        related_name="questions",
                        to="issuers.issuer",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "question",
                "verbose_name_plural": "questions",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="RequestEntry",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("wrote", "Wrote"),
                            ("asked_back", "Asked back"),
                            ("answered", "Answered"),
                            ("approved", "Done"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("is_from_staff", models.BooleanField()),
                ("text", models.TextField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="earners.earnerrequest"
                    ),
                ),
            ],
            options={
                "ordering": ("created_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Attachment",
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
                ("name", models.CharField(max_length=120, null=True)),
                ("media_type", models.CharField(max_length=20)),
                ("size_bytes", models.PositiveIntegerField()),
                ("content", models.BinaryField(null=True)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="earners.requestentry",
                    ),
                ),
            ],
            options={
                "ordering": ("created_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="UsedName",
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
                ("name_hash", models.CharField(max_length=64, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="collection",
            constraint=models.UniqueConstraint(fields=("user", "slug"), name="collection_addresses_are_unique"),
        ),
        migrations.AddConstraint(
            model_name="collectionitem",
            constraint=models.UniqueConstraint(fields=("collection", "issuance"), name="collected_once"),
        ),
        migrations.AddIndex(
            model_name="earnerrequest",
            index=models.Index(fields=["issuer", "state", "due_on"], name="requests_by_issuer"),
        ),
        migrations.AddIndex(
            model_name="earnerrequest",
            index=models.Index(fields=["issuer", "due_on", "id"], name="requests_by_due_day"),
        ),
        migrations.AddIndex(
            model_name="earnerrequest",
            index=models.Index(fields=["earner", "-created_at"], name="requests_by_earner"),
        ),
        migrations.AddConstraint(
            model_name="earnerrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ("open", "waiting")), ("kind__in", ("name", "date", "expiry", "renewal", "paper"))
                ),
                fields=("issuance", "kind"),
                name="one_live_request_of_a_kind_for_a_badge",
            ),
        ),
        migrations.AddConstraint(
            model_name="earnerrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("state__in", ("open", "waiting", "answered"))),
                    models.Q(("decided_at__isnull", False), ("state__in", ("approved", "declined", "closed"))),
                    _connector="OR",
                ),
                name="a_request_is_decided_when_it_has_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="earnerrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("posted_on", None), models.Q(("kind", "paper"), ("state", "approved")), _connector="OR"
                ),
                name="only_paper_is_posted",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.UniqueConstraint(fields=("user",), name="one_export_a_person"),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("expires_at__isnull", False), ("ready_at__isnull", False), ("state", "ready")),
                    models.Q(models.Q(("state", "ready"), _negated=True), ("expires_at", None), ("ready_at", None)),
                    _connector="OR",
                ),
                name="an_export_is_ready_when_it_has_an_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="exportpart",
            constraint=models.UniqueConstraint(fields=("export", "number"), name="export_parts_are_unique"),
        ),
        migrations.AddConstraint(
            model_name="profile",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_public", False), ("public_name__isnull", False), _connector="OR"),
                name="a_public_page_has_a_name",
            ),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["issuer", "-created_at"], name="questions_by_issuer"),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(condition=models.Q(("answered_at", None)), fields=["issuer"], name="questions_open"),
        ),
    ]
