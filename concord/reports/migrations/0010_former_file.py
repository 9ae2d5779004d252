from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0009_held_back")]

    operations = [
        migrations.AddField(
            model_name="report",
            name="former_file",
            field=models.UUIDField(null=True),
        ),
    ]
