from django.db import migrations

from badgecert.core.append_only import append_only


class Migration(migrations.Migration):
    """The audit trail only grows, and a picture is what its address says."""

    dependencies = (("core", "0001_initial"),)

    operations = (append_only("core_auditevent", "core_picture"),)
