"""What the worker gave up after its last attempt: kinds and counts, and nothing of what it was about."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Min, Q, QuerySet
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from concord.cases.models import Case
from concord.concurrence.models import Decision, Execution, Proposal
from concord.outbox.models import Job
from concord.people.models import Role, StaffMember
from concord.reports.models import Report, Underway
from concord.retaliation.models import Attempt

TOLD = [Role.RECEIVER, Role.IT]
KINDS: dict[str, str | Words] = {
    "letters.deliver": _("letters that could not be delivered"),
    "reports.lay_answer": _("answers that could not be laid into a box"),
    "reports.notice": _("notices to people who reported that could not be sent"),
    "actions.verify": _("steps that could not be checked"),
    "actions.audit_alarm": _("alarms of the audit that did not reach those outside"),
    "cases.ring_the_seats": _("calls to whoever came to answer for a case"),
    "concurrence.ring_for_end": _("calls about a proposal that came to nothing"),
    "monitoring.notice": _("notices to staff that could not be sent"),
    "monitoring.push": _("notices to browsers that could not be sent"),
    "monitoring.webhook": _("notices by the host's gateway that could not be sent"),
    "monitoring.drill_notice": _("notices of a drill that could not be sent"),
    "monitoring.drill_webhook": _(
        "notices of a drill by the host's gateway that could not be sent"
    ),
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
    """For receivers and whoever keeps the machines; nothing for anybody else.

    A receiver is told nothing that belongs to a report or a case which they may not see, not even that it is there.
    """
    if staff.role not in TOLD:
        return []
    dead = Job.objects.dead()
    if staff.role != Role.IT:
        for kind, seen in _seen(staff).items():
            dead = dead.exclude(Q(kind=kind) & ~Q(subject__in=seen))
    kinds = dead.order_by("kind").values_list("kind")
    counted = kinds.annotate(jobs=Count("id"), since=Min("dead_at"))
    return [GivenUp(kind, KINDS.get(kind, kind), jobs, since) for kind, jobs, since in counted]


def _seen(staff: StaffMember) -> dict[str, QuerySet[Any, Any]]:
    """What jobs of these kinds are about, as far as this person sees it."""
    reports = Report.objects.visible_to(staff)
    cases = Case.objects.visible_to(staff)
    decisions = Decision.objects.visible_to(staff)
    held = Execution.objects.filter(Q(decision__in=decisions) | Q(prior_decision__in=decisions))
    return {
        "reports.lay_answer": Underway.objects.filter(report__in=reports).values("id"),
        "reports.notice": reports.values("id"),
        "cases.ring_the_seats": cases.values("id"),
        "concurrence.ring_for_end": Proposal.objects.filter(case__in=cases).values("id"),
        "retaliation.offer": Attempt.objects.visible_to(staff).values("id"),
        "actions.verify": held.values("id"),
    }
