"""Whoever had changed something about their name before it was counted may have given one up."""

from django.db import migrations


def count(apps, schema_editor):
    changed = apps.get_model("convenings", "Registration").objects.filter(renames__gt=0)
    people = apps.get_model("people", "Person").objects.filter(id__in=changed.values("person"))
    people.filter(renames=0).update(renames=1)


class Migration(migrations.Migration):
    dependencies = [
        ("convenings", "0002_renames"),
        ("people", "0005_names_given_up"),
    ]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
