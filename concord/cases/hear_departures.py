"""Whoever leaves the team leaves their cases: none stays with somebody who cannot sign in any more (R-COORD-1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from concord.cases.ask_outside import ask_outside
from concord.cases.models import Case, NoAction, State
from concord.cases.recuse import take_keys
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.people.signals import designation_ended
from concord.vault import files

_lent: list[Callable[[UUID], set[UUID]]] = []


def lends_parts(lent: Callable[[UUID], set[UUID]]) -> Callable[[UUID], set[UUID]]:
    """Let the room that holds proposals say in which cases somebody has a part without holding them."""
    _lent[:] = [lent]
    return lent


@receiver(designation_ended, dispatch_uid="cases.hear_departures")
def leave_their_cases(staff: StaffMember, at: datetime, **kwargs: Any) -> None:
    """Their keys are withdrawn, and their seats are filled as if they had stepped out: of a closed case as well, for
    whoever reported may write again.

    It is no recusal: what they agreed to and what was done stays as it is, for they had no conflict. All cases in which
    they have a part are locked at once, in one order, those too that another room goes on with: nobody who puts two
    of them together waits in a circle.
    """
    held = files.held_by(staff.person_id)
    theirs = set(Case.objects.filter(file__in=held).values_list("id", flat=True))
    asked = NoAction.objects.asked().filter(briefing__in=held).exclude(decided_by=staff.person_id)
    theirs |= set(asked.values_list("case", flat=True))
    theirs = theirs.union(*(lent(staff.person_id) for lent in _lent))
    for case in list(Case.objects.select_for_update().filter(id__in=theirs).order_by("id")):
        if case.file not in held or case.state in (State.MERGED, State.PURGED):
            continue
        before = (case.coordinator_id, case.deputy_id)
        take_keys(case, who=staff.person_id, keyring=None, at=at)
        if staff.id in before:
            record("cases.leave", actor=None, subject=case.id, at=at, who=staff.person_id)
    for decided in asked.filter(case__in=theirs):
        ask_outside(decided, without=staff.person_id, keyring=None, at=at)
