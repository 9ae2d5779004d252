"""What the worker gave up after its last attempt: kinds and counts, and nothing of what it was about."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Min
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from concord.outbox.models import Job
from concord.people.models import Role, StaffMember

TOLD = [Role.RECEIVER, Role.IT]
KINDS: dict[str, str | Words] = {
    "letters.deliver": _("letters that could not be delivered"),
    "reports.lay_answer": _("answers that could not be laid into a box"),
    "actions.verify": _("steps that could not be checked"),
    "monitoring.notice": _("notices to staff that could not be sent"),
    "monitoring.push": _("notices to browsers that could not be sent"),
    "monitoring.webhook": _("notices by the host's gateway that could not be sent"),
    "spaces.brake_lapses": _("brakes that could not be lifted"),
}
"""In words, where somebody may have to do something about it; others go by their code."""


class GivenUp(NamedTuple):
    """All dead jobs of one kind."""

    kind: str
    words: str | Words
    jobs: int
    since: datetime


def given_up(staff: StaffMember) -> list[GivenUp]:
    """For receivers and whoever keeps the machines; nothing for anybody else."""
    if staff.role not in TOLD:
        return []
    dead = Job.objects.dead().order_by("kind").values_list("kind")
    counted = dead.annotate(jobs=Count("id"), since=Min("dead_at"))
    return [GivenUp(kind, KINDS.get(kind, kind), jobs, since) for kind, jobs, since in counted]
