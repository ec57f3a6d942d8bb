from django.db import migrations

from badgecert.core.append_only import append_only


class Migration(migrations.Migration):
    """What was signed is never changed, and a bit that was set stays set: the database itself refuses it."""

    dependencies = (("certificates", "0001_initial"),)

    operations = (append_only("certificates_credential", "certificates_statusbit", "certificates_credentialjwt"),)
