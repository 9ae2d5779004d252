"""ask_for_deputy: a case that only one person of the team can open gets a second one again (R-COORD-1).

UNSTAFFED is no state to stay in: the one who is left may fall ill. Whoever is asked accepts, as for coordinating.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.close_case import CaseIsClosed
from concord.cases.hand_over import (
    CannotTakeIt,
    NobodyToTakeIt,
    give_a_row_to_newcomers,
    tell,
)
from concord.cases.models import OVER, Case, Handover
from concord.cases.presence import able_to_take
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring


class OnlyItsCoordinatorAsks(Refused):
    """A second person is asked by whoever coordinates, or by a lead, who need not be able to read it."""

    words = _("Only the coordinator of this case, or a lead, asks for a deputy.")


class HasADeputy(Refused):
    """There is one already, or somebody is asked to take the whole case."""

    words = _("It has a deputy, or somebody is asked to take it. Look at the case again.")
    status = 409


@transaction.atomic
def ask_for_deputy(
    case: Case, *, to: StaffMember | None, by: StaffMember, keyring: Keyring, at: datetime
) -> Handover:
    """Ask `to`, or with None whoever can: every receiver without a conflict. Asked of the same again it is one ask.

    Who joined the team since gets its row first, where the coordinator asks; a lead who cannot open it asks those
    who have it. Raises `OnlyItsCoordinatorAsks`, `CaseIsClosed`, `HasADeputy`, `NobodyToTakeIt`, `CannotTakeIt`.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    if not by.is_current(at) or not (by == case.coordinator or by.is_lead):
        raise OnlyItsCoordinatorAsks(subject=case.id)
    if case.state in OVER:
        raise CaseIsClosed(subject=case.id)
    before = case.handovers.open().first()
    if not case.is_unstaffed or (before is not None and not before.as_deputy):
        raise HasADeputy(subject=case.id)
    if files.may_open(case.file, by.person_id):
        give_a_row_to_newcomers(case, keyring=keyring, at=at)
    able = able_to_take(case, at=at)
    if not able:
        raise NobodyToTakeIt(subject=case.id)
    if to is not None and to not in able:
        raise CannotTakeIt(subject=case.id)
    if before is not None and before.asked_by == by.person_id and before.to == to:
        return before
    case.handovers.open().update(ended_at=at)
    asked = Handover.objects.create(
        case=case,
        former=case.coordinator,
        to=to,
        asked_by=by.person_id,
        asked_at=at,
        as_deputy=True,
        calls=1,
        called_at=at,
    )
    record("cases.ask_for_deputy", actor=by.person_id, subject=case.id, at=at)
    tell(asked, [to] if to else able, at=at)
    return asked
