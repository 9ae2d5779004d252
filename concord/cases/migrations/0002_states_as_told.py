import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


def begin_following_up(apps, schema_editor):
    """Check-ins hung on a closing; what was closed stays closed, and is asked after until a person answers.

    A wish to close that nobody had agreed to is made anew, as a decision that nothing needs to be done.
    """
    Closing = apps.get_model("cases", "Closing")
    FollowUp = apps.get_model("cases", "FollowUp")
    CheckIn = apps.get_model("cases", "CheckIn")
    Closing.objects.filter(closed_at__isnull=True).delete()
    for closing in Closing.objects.all():
        asked = CheckIn.objects.filter(closing=closing)
        over = not asked.filter(done_at__isnull=True).exists()
        begun = FollowUp.objects.create(
            case=closing.case,
            begun_by=closing.wished_by,
            begun_at=closing.closed_at,
            ended_at=closing.reopened_at or (closing.closed_at if over else None),
        )
        asked.update(follow_up=begun)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="NoAction",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("briefing", models.UUIDField(unique=True)),
                ("sealed", models.BinaryField()),
                ("decided_by", models.UUIDField()),
                ("decided_at", models.DateTimeField()),
                ("rung_at", models.DateTimeField()),
                ("declined_by", models.UUIDField(null=True)),
                ("declined_sealed", models.BinaryField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="no_actions",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "ordering": ["decided_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("ended_at__isnull", True)),
                        fields=("case",),
                        name="cases_one_no_action",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("declined_by__isnull", True), ("declined_sealed__isnull", True)),
                            Q(
                                ("declined_by__isnull", False),
                                ("declined_sealed__isnull", False),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="cases_declined_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("decided_by", models.UUIDField()),
                ("person", models.UUIDField()),
                ("agreed_at", models.DateTimeField()),
                (
                    "no_action",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, to="cases.noaction"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(("decided_by", F("person"))), name="cases_agreed_by_another"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("begun_by", models.UUIDField()),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follow_ups",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "ordering": ["begun_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("ended_at__isnull", True)),
                        fields=("case",),
                        name="cases_one_follow_up",
                    )
                ],
            },
        ),
        migrations.AddField(
            "checkin",
            "follow_up",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="check_ins",
                to="cases.followup",
            ),
        ),
        migrations.RemoveConstraint("closing", "cases_closing_agreed_by_another"),
        migrations.RemoveConstraint("closing", "cases_nothing_done_is_said_by_two"),
        migrations.RemoveConstraint("closing", "cases_closed_with_a_day"),
        migrations.RunPython(begin_following_up, migrations.RunPython.noop),
    ]
