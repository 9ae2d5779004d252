"""Who has which room before them, and which room nobody has. What was kept of both goes within minutes anyway."""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("convenings", "0002_renames"),
        ("monitoring", "0005_reasons_of_a_machine"),
        ("spaces", "0003_above_the_room"),
    ]

    operations = [
        migrations.DeleteModel(name="Presence"),
        migrations.DeleteModel(name="Unwatched"),
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person", models.UUIDField()),
                ("seen_at", models.DateTimeField()),
                (
                    "room",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="spaces.room",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "room"), name="monitoring_once_in_a_room"
                    ),
                    models.UniqueConstraint(
                        condition=Q(("room__isnull", True)),
                        fields=("person",),
                        name="monitoring_once_in_all_rooms",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Unwatched",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("since", models.DateTimeField()),
                ("wider_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "convening",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="convenings.convening",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="spaces.room",
                    ),
                ),
            ],
            options={
                "ordering": ["since"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("ended_at__isnull", True)),
                        fields=("room",),
                        name="monitoring_one_alarm_a_room",
                    )
                ],
            },
        ),
    ]
