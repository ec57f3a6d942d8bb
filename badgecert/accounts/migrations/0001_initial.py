import badgecert.accounts.models
import badgecert.core.clock
import badgecert.core.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=badgecert.core.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail address")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("language", models.CharField(blank=True, max_length=12, verbose_name="language")),
                ("time_zone", models.CharField(blank=True, max_length=60, verbose_name="time zone")),
                ("is_staff", models.BooleanField(default=False, verbose_name="may open the issuer's desk")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "date_joined",
                    models.DateTimeField(default=badgecert.core.clock.now, editable=False, verbose_name="joined"),
                ),
                (
                    "failed_logins",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="failed log-ins in a row"),
                ),
                ("locked_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="locked")),
                ("session_epoch", models.PositiveIntegerField(default=0, editable=False)),
                ("erased_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="erased")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "account",
                "verbose_name_plural": "accounts",
            },
            managers=[
                ("objects", badgecert.accounts.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="AddressProof",
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
                ("address", models.EmailField(max_length=254)),
                ("token_hash", models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ("expires_at", models.DateTimeField()),
                ("spent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="address_proofs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KnownBrowser",
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
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("failed_logins", models.PositiveIntegerField(default=0)),
                ("session_hash", models.CharField(max_length=40)),
                ("logged_in_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="known_browsers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PasswordRequest",
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
                ("address", models.EmailField(blank=True, max_length=254)),
                ("address_hash", models.CharField(max_length=64)),
                ("network_hash", models.CharField(blank=True, max_length=64)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["address_hash", "created_at"], name="requests_by_address"),
                    models.Index(fields=["network_hash", "created_at"], name="requests_by_network"),
                    models.Index(
                        condition=models.Q(("answered_at", None)), fields=["created_at"], name="requests_to_answer"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("answered_at", None), ("address", ""), _connector="OR"),
                        name="password_request_answered_keeps_no_address",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TemporaryPassword",
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
                ("secret_hash", models.CharField(max_length=64, unique=True)),
                ("link_hash", models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ("sent_to", models.EmailField(max_length=254)),
                ("expires_at", models.DateTimeField()),
                ("spent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="temporary_passwords",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("locked_at__isnull", False)), fields=["locked_at"], name="accounts_locked"
            ),
        ),
        migrations.AddIndex(
            model_name="addressproof",
            index=models.Index(fields=["user", "created_at"], name="address_proofs_by_user"),
        ),
        migrations.AddIndex(
            model_name="addressproof",
            index=models.Index(fields=["address", "created_at"], name="address_proofs_by_address"),
        ),
        migrations.AddIndex(
            model_name="temporarypassword",
            index=models.Index(condition=models.Q(("spent_at", None)), fields=["user"], name="unspent_by_user"),
        ),
    ]
