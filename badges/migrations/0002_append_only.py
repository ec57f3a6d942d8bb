from django.db import migrations

from badgecert.core.append_only import append_only, append_only_until_erased


class Migration(migrations.Migration):
    """What was issued is never changed: the database itself refuses it. Erasing a person blanks what was theirs."""

    dependencies = (("badges", "0001_initial"), ("core", "0002_append_only"))

    operations = (
        append_only("badges_badgeversion"),
        append_only_until_erased(
            "badges_issuanceversion",
            frozen=(
                "id",
                "created_at",
                "issuance_id",
                "number",
                "kind",
                "issued_on",
                "expires_on",
                "issuer_name",
                "issuer_logo_id",
                "badge_version_id",
                "changed_fields",
                "hides_earlier_name",
                "names_address",
                "made_by_id",
            ),
            blanks={"recipient_name": "''", "narrative": "''", "evidence": "'[]'", "public_reason": "''"},
            thing="old.issuance_id",
        ),
    )
