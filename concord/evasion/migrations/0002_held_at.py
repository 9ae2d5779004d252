from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evasion", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="match",
            name="held_at",
            field=models.DateTimeField(null=True),
        )
    ]
