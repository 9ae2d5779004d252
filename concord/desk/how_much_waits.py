"""how_much_waits: the number beside "Inbox", on every page of the desk (K-CONF-1: counted among what they may see)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from concord.actions.models import (
    UNDECIDED,
    ByHand,
    Elsewhere,
    ElsewhereState,
    LateRecusal,
    LaterMember,
    ReviewRequest,
    Unheld,
)
from concord.cases.models import OVER, Case, Cover, Handover, NoAction
from concord.cases.presence import asks_of
from concord.concurrence.models import Look, Proposal, State
from concord.desk import waiting
from concord.desk.alike import how_many_of, how_many_rows
from concord.monitoring.items import how_many_items
from concord.monitoring.machine_queue import machine_queue
from concord.monitoring.models import Flag
from concord.people.models import StaffMember
from concord.prepared import Prepared, Slot
from concord.reports.models import Question, Report
from concord.retaliation.models import Attempt


def how_much_waits(staff: StaffMember, *, at: datetime) -> int:
    """What asks for an answer of this person.

    Of most kinds nothing waits for anybody. One query says of which something does, and those alone are counted.
    """
    there = _anybodys.first(staff=staff.id)
    return sum(count(staff, at) for kind, count in COUNTS.items() if getattr(there, kind, False))


COUNTS: dict[str, Callable[[StaffMember, datetime], int]] = {
    "attempts": lambda staff, at: waiting.attempts_for(staff).count(),
    "presses": lambda staff, at: waiting.presses_for(staff, at=at).count(),
    "proposals": lambda staff, at: waiting.proposals_for(staff, at=at).count(),
    "flags": lambda staff, at: how_many_items(waiting.flags_for(staff)),
    "by_machine": lambda staff, at: machine_queue(staff, at=at).how_many,
    "caseless": lambda staff, at: len(waiting.caseless_for(staff, at=at)),
    "added": lambda staff, at: waiting.added_for(staff).count(),
    "reports": lambda staff, at: how_many_rows(
        waiting.reports_for(staff).filter(waiting.ASKS_FOR_AN_ANSWER)
    ),
    "questions": lambda staff, at: how_many_of(waiting.questions_for(staff)),
    "reviews": lambda staff, at: how_many_of(waiting.reviews_for(staff)),
    "unconfirmed": lambda staff, at: waiting.unconfirmed_for(staff, at=at).count(),
    "later": lambda staff, at: waiting.later_for(staff, at=at).count(),
    "elsewhere": lambda staff, at: (
        waiting.elsewhere_for(staff).filter(state=ElsewhereState.BY_HAND).count()
    ),
    "by_hand": lambda staff, at: waiting.by_hand_for(staff).count(),
    "unheld": lambda staff, at: waiting.unheld_for(staff).count(),
    "looks": lambda staff, at: waiting.looks_for(staff, at=at).count(),
    "covers": lambda staff, at: waiting.covers_for(staff, at=at).count(),
    "no_actions": lambda staff, at: waiting.no_actions_for(staff).count(),
    "cases": lambda staff, at: _asked_or_changed(staff, asks_of(staff, at=at)),
}


def _asked_or_changed(staff: StaffMember, asks: list[Handover]) -> int:
    return len(asks) + len(waiting.changed_for(staff, asks=asks))


def _rows() -> dict[str, QuerySet[Model]]:
    """Of each kind at least all that could be counted for somebody; nothing here depends on who, or on the time."""
    asked = Handover.objects.open().filter(case=OuterRef("pk"))
    return {
        "attempts": Attempt.objects.offered(),
        "presses": Proposal.objects.filter(state=State.CONCURRED),
        "proposals": Proposal.objects.awaiting_concurrence(),
        "flags": Flag.objects.awaiting_judgement().by_people(),
        "by_machine": Flag.objects.awaiting_judgement().by_machine().order_by(),
        "caseless": Flag.objects.filter(credible=True, done_outside_at__isnull=True),
        "added": Report.objects.added_to(),
        "reports": Report.objects.waiting(),
        "questions": Question.objects.filter(answered_at__isnull=True),
        "reviews": ReviewRequest.objects.filter(state__in=UNDECIDED),
        "unconfirmed": LateRecusal.objects.filter(settled_at__isnull=True),
        "later": LaterMember.objects.filter(state=LaterMember.State.WAITING),
        "elsewhere": Elsewhere.objects.filter(state=ElsewhereState.BY_HAND),
        "by_hand": ByHand.objects.filter(stated_at__isnull=True),
        "unheld": Unheld.objects.filter(warrant__verified_at__isnull=True),
        "looks": Look.objects.filter(settled_at__isnull=True),
        "covers": Cover.objects.filter(answered_at__isnull=True),
        "no_actions": NoAction.objects.asked(),
        "cases": Case.objects.filter(~Q(state__in=OVER) | Exists(asked)),
    }


_anybodys = Prepared(
    lambda: (
        StaffMember.objects.filter(id=Slot("staff", StaffMember._meta.pk))
        .only("id")
        .annotate(**{kind: Exists(rows) for kind, rows in _rows().items()})
    )
)
