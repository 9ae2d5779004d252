"""end_drill: it is over. What was done in it goes; numbers stay (P-SAFE-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import DatabaseError, transaction

from concord.improvement import apart
from concord.improvement.measure import Measured, measure
from concord.improvement.models import Drill, DrillRecord
from concord.ledger.record import record
from concord.outbox.models import Job
from concord.outbox.registry import handles
from concord.people.designate import must_plan
from concord.people.models import StaffMember

END = "improvement.end_drill"


@transaction.atomic
def end_drill(drill: Drill, *, by: StaffMember | None, at: datetime) -> DrillRecord | None:
    """Keep what was measured, and remove the rest. `by` is None for the clock. Ended twice, the second does nothing.

    A drill that nobody came to is kept as well: that nobody came is what it found. One that gave way to something real
    before a second person had agreed is not, for it says nothing about anybody. Raises NotYoursToDesignate.
    """
    must_plan(by, at=at)
    found = Drill.objects.select_for_update().filter(id=drill.id).first()
    if found is None:
        return None
    kept = _keep(found, _measured(found))
    id = found.id
    found.delete()
    record("improvement.end_drill", actor=by.person_id if by else None, subject=id, at=at)
    transaction.on_commit(lambda: apart.remove(id))
    return kept


@transaction.atomic
def give_way(drill: Drill, *, at: datetime) -> None:
    """Something real is being asked. Whatever the drill had come to, it ends."""
    measured = _measured(drill)
    if measured is not None and measured.agreed is not None:
        end_drill(drill, by=None, at=at)
        return
    found = Drill.objects.select_for_update().filter(id=drill.id).first()
    if found is not None:
        id = found.id
        found.delete()
        record("improvement.end_drill", actor=None, subject=id, at=at, gave_way=True)
        transaction.on_commit(lambda: apart.remove(id))


@handles(END)
def give_way_to_what_is_real(job: Job, *, at: datetime) -> None:
    """Left by the transaction that asks for a real second yes (`play_drill`)."""
    drill = Drill.objects.filter(id=job.about).first()
    if drill is not None:
        give_way(drill, at=at)


def _measured(drill: Drill) -> Measured | None:
    """None for a drill whose database is gone, after a restore or an upgrade."""
    try:
        return measure(drill) if apart.is_there(drill.id) else None
    except DatabaseError:
        return None


def _keep(drill: Drill, measured: Measured | None) -> DrillRecord | None:
    if measured is None:
        return None
    return DrillRecord.objects.create(held_on=drill.began_at.date(), **measured._asdict())
