from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0010_unheld"),
    ]

    operations = [
        migrations.AddField(
            model_name="byhand",
            name="passed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="byhand",
            name="passed_to",
            field=models.UUIDField(null=True),
        ),
    ]
