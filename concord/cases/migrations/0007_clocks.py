from django.db import migrations, models
from django.db.models import F, Q


def as_before(apps, schema_editor):
    """Who was covered before there was a press to say so stays covered; who was asked was called when they were."""
    apps.get_model("cases", "Cover").objects.update(answered_at=F("since"))
    handovers = apps.get_model("cases", "Handover").objects
    handovers.filter(calls__gt=0).update(calls=1, called_at=F("asked_at"))


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_ties_beside_parties")]

    operations = [
        migrations.RemoveConstraint(model_name="handover", name="cases_handover_asked_or_silent"),
        migrations.RenameField(model_name="handover", old_name="widened", new_name="calls"),
        migrations.AddField(
            model_name="handover", name="called_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=Q(asked_by__isnull=False)
                | Q(asked_by__isnull=True, silent_since__isnull=False, to__isnull=True),
                name="cases_handover_asked_or_silent",
            ),
        ),
        migrations.AddField(
            model_name="case", name="rung_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="cover", name="answered_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="cover", name="alarmed_at", field=models.DateTimeField(null=True)
        ),
        migrations.RunPython(as_before, migrations.RunPython.noop),
    ]
