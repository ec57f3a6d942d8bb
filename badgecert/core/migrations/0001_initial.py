import badgecert.core.clock
import badgecert.core.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
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
                ("object_id", models.UUIDField(unique=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Picture",
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
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("png", models.BinaryField()),
                ("webp", models.BinaryField(default=bytes)),
                ("svg", models.BinaryField(default=bytes)),
                ("has_svg", models.BooleanField(default=False)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
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
                ("issuer_id", models.UUIDField(blank=True, null=True)),
                ("verb", models.CharField(max_length=60)),
                ("object_id", models.UUIDField()),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("details", models.JSONField(blank=True, default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "content_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contenttypes.contenttype"
                    ),
                ),
            ],
            options={
                "verbose_name": "audit event",
                "verbose_name_plural": "audit events",
                "ordering": ("-created_at", "-id"),
                "indexes": [
                    models.Index(fields=["content_type", "object_id", "-created_at"], name="audit_by_object"),
                    models.Index(fields=["issuer_id", "-created_at"], name="audit_by_issuer"),
                    models.Index(
                        condition=models.Q(("reason", ""), _negated=True),
                        fields=["issuer_id", "-created_at"],
                        name="audit_with_reason",
                    ),
                    models.Index(
                        condition=models.Q(("verb", "badge issued"), _negated=True),
                        fields=["issuer_id", "content_type", "-created_at"],
                        name="audit_by_kind",
                    ),
                    models.Index(
                        condition=models.Q(("verb", "badge issued"), _negated=True),
                        fields=["issuer_id", "verb", "-created_at"],
                        name="audit_by_verb",
                    ),
                ],
            },
        ),
    ]
