from django.db import migrations

from badgecert.core.append_only import append_only


class Migration(migrations.Migration):
    """What was issued is never changed: the database itself refuses it."""

    dependencies = (("badges", "0001_initial"),)

    operations = (append_only("badges_badgeversion", "badges_issuanceversion"),)
