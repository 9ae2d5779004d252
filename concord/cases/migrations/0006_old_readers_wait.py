from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_asked_as_deputy"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="old_readers_wait",
            field=models.BooleanField(default=False),
        ),
    ]
