from django.db import migrations

from badgecert.core.search_indexes import searched_within


class Migration(migrations.Migration):
    """The desk finds names and addresses among millions by a part of them."""

    dependencies = (("badges", "0002_append_only"),)

    operations = (
        searched_within("badges_issuanceversion", "recipient_name"),
        searched_within("badges_issuance", "recipient_email"),
    )
