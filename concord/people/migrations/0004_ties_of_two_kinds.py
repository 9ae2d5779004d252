"""Ties are kept as keyed tokens and are of several kinds; those that were declared before are close ones."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from concord.names import token

_before: list[tuple[uuid.UUID, uuid.UUID]] = []


def note(apps, schema_editor):
    _before[:] = list(apps.get_model("people", "Tie").objects.values_list("staff_id", "person_id"))


def keep(apps, schema_editor):
    tie = apps.get_model("people", "Tie")
    for staff, person in _before:
        tie.objects.create(
            staff_id=staff, kind="hard", person_token=token("tie", f"person:{person}")
        )


class Migration(migrations.Migration):
    dependencies = [("people", "0003_letters_to_staff")]

    operations = [
        migrations.RunPython(note, migrations.RunPython.noop),
        migrations.DeleteModel("Tie"),
        migrations.CreateModel(
            name="Tie",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("own", "yourself"), ("hard", "close"), ("soft", "acquainted")],
                        default="hard",
                        max_length=4,
                    ),
                ),
                ("person_token", models.BinaryField(db_index=True, max_length=16, null=True)),
                ("mailbox_token", models.BinaryField(db_index=True, max_length=16, null=True)),
                ("sealed", models.BinaryField(null=True)),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ties",
                        to="people.staffmember",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("staff", "person_token"), name="people_one_tie_person"
                    ),
                    models.UniqueConstraint(
                        fields=("staff", "mailbox_token"), name="people_one_tie_mailbox"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("person_token__isnull", False),
                            ("mailbox_token__isnull", False),
                            _connector="OR",
                        ),
                        name="people_tie_to_somebody",
                    ),
                ],
            },
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
