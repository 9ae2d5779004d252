import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_states_as_told")]

    operations = [
        migrations.RemoveConstraint("checkin", "cases_one_check_in_a_day"),
        migrations.RemoveField("checkin", "closing"),
        migrations.AlterField(
            "checkin",
            "follow_up",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="check_ins",
                to="cases.followup",
            ),
        ),
        migrations.AddConstraint(
            "checkin",
            models.UniqueConstraint(
                fields=["follow_up", "due_on"], name="cases_one_check_in_a_day"
            ),
        ),
        migrations.RenameField("closing", "wished_by", "closed_by"),
        migrations.RemoveField("closing", "wished_at"),
        migrations.RemoveField("closing", "agreed_by"),
        migrations.AlterField("closing", "closed_at", models.DateTimeField()),
        migrations.AlterField("closing", "expunge_on", models.DateField()),
    ]
