from django.db import migrations

from badgecert.core.append_only import append_only_but


class Migration(migrations.Migration):
    """What was said in a request stays as it was said. Erasing a person destroys the words and files themselves."""

    dependencies = (("earners", "0001_initial"),)

    operations = (
        append_only_but(
            "earners_requestentry",
            frozen=("id", "created_at", "request_id", "kind", "by_id", "is_from_staff"),
            destroyed=("text",),
        ),
        append_only_but(
            "earners_attachment",
            frozen=("id", "created_at", "entry_id", "media_type", "size_bytes"),
            destroyed=("name", "content"),
        ),
    )
