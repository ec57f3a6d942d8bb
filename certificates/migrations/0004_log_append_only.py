from django.db import migrations

from badgecert.core.append_only import append_only, append_only_but


class Migration(migrations.Migration):
    """The log only grows. An entry is given its number once and may lose its salt; nothing else ever changes."""

    dependencies = (("certificates", "0003_log"),)

    operations = (
        append_only("certificates_lognode", "certificates_treehead", "certificates_logproof"),
        append_only_but(
            "certificates_logentry",
            frozen=(
                "id",
                "created_at",
                "kind",
                "issuance_id",
                "version",
                "says",
                "badge",
                "document",
                "recorded_at",
                "leaf_hash",
            ),
            given_once=("index",),
            destroyed=("salt",),
        ),
    )
