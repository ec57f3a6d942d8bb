from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("badges", "0002_append_only")]

    operations = [
        migrations.AlterField(model_name="batchrow", name="cells", field=models.JSONField(default=list)),
        migrations.AddField(
            model_name="batchrow",
            name="narrative",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
    ]
