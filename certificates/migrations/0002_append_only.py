from django.db import migrations

from badgecert.core.append_only import append_only, append_only_but, append_only_until_erased


class Migration(migrations.Migration):
    """What was signed is never changed, and a bit that was set stays set: the database itself refuses it.

    Erasing a person blanks the signed words; the digest under which they were logged stays. The log only grows: an
    entry is given its number once and may lose its salt, nothing else ever changes.
    """

    dependencies = (("certificates", "0001_initial"), ("core", "0002_append_only"))

    operations = (
        append_only("certificates_statusbit", "certificates_lognode", "certificates_treehead", "certificates_logproof"),
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
        append_only_until_erased(
            "certificates_credential",
            frozen=(
                "id",
                "created_at",
                "version_id",
                "key_id",
                "status_list_id",
                "status_index",
                "sha256",
                "sha256_signature",
            ),
            blanks={"document": "''"},
            thing="(select issuance_id from badges_issuanceversion where id = old.version_id)",
        ),
        append_only_until_erased(
            "certificates_credentialjwt",
            frozen=("id", "created_at", "credential_id", "key_id"),
            blanks={"text": "''"},
            thing="(select issuance_id from badges_issuanceversion where id ="
            " (select version_id from certificates_credential where id = old.credential_id))",
        ),
    )
