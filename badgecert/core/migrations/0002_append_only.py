from django.db import migrations

from badgecert.core.append_only import append_only, append_only_until_erased


class Migration(migrations.Migration):
    """The audit trail only grows, and a picture is what its address says."""

    dependencies = (("core", "0001_initial"),)

    operations = (
        append_only("core_picture", "core_erasure"),
        append_only_until_erased(
            "core_auditevent",
            frozen=("id", "created_at", "issuer_id", "verb", "content_type_id", "object_id", "by_id"),
            blanks={"reason": "''", "details": "'{}'"},
            thing="old.object_id",
        ),
    )
