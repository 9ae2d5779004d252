"""hand_over: the coordinator asks a colleague, or whoever can, to take a case. It stays theirs until one accepts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.close_case import CaseIsClosed
from concord.cases.conflicts import receivers_for
from concord.cases.models import OVER, Case, Handover
from concord.cases.parties import conflicted
from concord.cases.presence import able_to_take
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring


class OnlyTheCoordinatorHandsOver(Refused):
    """A case is given away by whoever coordinates it; a deputy takes over where nobody answers."""

    words = _("Only the coordinator of this case can pass it on.")


class NobodyToTakeIt(Refused):
    """Nobody else on the team receives reports and is free of conflicts."""

    words = _("Nobody else may take this case. It stays with you; the outside contact can read it.")
    status = 409


class CannotTakeIt(Refused):
    """The one who was named is not a receiver without a conflict. Which of the two is not said."""

    words = _("This colleague cannot take it. Ask somebody else.")
    status = 409


@transaction.atomic
def hand_over(
    case: Case, *, to: StaffMember | None, by: StaffMember, keyring: Keyring, at: datetime
) -> Handover:
    """Ask `to`, or with None whoever can: every receiver without a conflict. No reason is asked for or kept.

    Whoever is asked sees that there is a case, and nothing in it. Asked of the same person again it is the same
    ask; another takes its place. Raises `OnlyTheCoordinatorHandsOver`, `CaseIsClosed`, `NobodyToTakeIt`,
    `CannotTakeIt`.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    if not by.is_current(at) or by != case.coordinator:
        raise OnlyTheCoordinatorHandsOver(subject=case.id)
    if case.state in OVER:
        raise CaseIsClosed(subject=case.id)
    give_a_row_to_newcomers(case, keyring=keyring, at=at)
    able = able_to_take(case, at=at)
    if not able:
        raise NobodyToTakeIt(subject=case.id)
    if to is not None and to not in able:
        raise CannotTakeIt(subject=case.id)
    before = case.handovers.open().first()
    asked_so = before is not None and before.asked_by == by.person_id and not before.as_deputy
    if before is not None and asked_so and before.to == to:
        return before
    case.handovers.open().update(ended_at=at)
    asked = Handover.objects.create(
        case=case, former=by, to=to, asked_by=by.person_id, asked_at=at, calls=1, called_at=at
    )
    record("cases.hand_over", actor=by.person_id, subject=case.id, at=at, named=to is not None)
    tell(asked, [to] if to else able, at=at)
    return asked


def tell(
    handover: Handover, staff: list[StaffMember], *, at: datetime, at_once: bool = True
) -> None:
    """On their desks, and by the notice that says nothing."""
    persons = [one.person_id for one in staff]
    tell_desks(persons, "case", handover.case_id)
    ring(persons, at=at, at_once=at_once)


def give_a_row_to_newcomers(case: Case, *, keyring: Keyring, at: datetime) -> None:
    """Who joined the team since it was opened gets its key at rest; who is close to somebody in it gets nothing."""
    there = files.readers(case.file) | files.dormant_readers(case.file)
    out = set(case.recusals.values_list("person", flat=True))
    reports = [source.report for source in case.sources.select_related("report") if source.report]
    about = conflicted(case, keyring=keyring)
    for staff in receivers_for(reports=reports, about=about, at=at, case=case):
        if staff.person_id not in there | out:
            files.grant(case.file, to=staff.person_id, by=keyring, at=at)
            files.make_dormant(case.file, staff.person_id)
