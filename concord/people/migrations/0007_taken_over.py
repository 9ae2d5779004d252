from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0006_leaving")]

    operations = [
        migrations.AddField(
            model_name="shift",
            name="taken_over",
            field=models.BooleanField(default=False),
        ),
    ]
