"""cover_me: the coordinator is away for ten minutes; the deputy looks after the case, and no seat changes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.close_case import CaseIsClosed
from concord.cases.hand_over import NobodyToTakeIt, OnlyTheCoordinatorHandsOver
from concord.cases.models import OVER, Case, Cover
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.people.models import StaffMember

TEN_MINUTES = timedelta(minutes=10)


class NobodyToCover(NobodyToTakeIt):
    """There is no deputy."""

    words = _("Nobody else can open this case, so nobody can look after it.")


@transaction.atomic
def cover_me(case: Case, *, by: StaffMember, at: datetime) -> Cover:
    """Ten minutes in which nobody takes the silence for more; the deputy can do everything that is needed.

    Pressed again, it runs from then. Raises `OnlyTheCoordinatorHandsOver`, `CaseIsClosed`, `NobodyToCover`.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    if not by.is_current(at) or by != case.coordinator:
        raise OnlyTheCoordinatorHandsOver(subject=case.id)
    if case.state in OVER:
        raise CaseIsClosed(subject=case.id)
    if case.deputy is None or not case.deputy.is_current(at):
        raise NobodyToCover(subject=case.id)
    cover = Cover.objects.create(
        case=case, away=by, covered_by=case.deputy, since=at, until_at=at + TEN_MINUTES
    )
    record("cases.cover_me", actor=by.person_id, subject=case.id, at=at)
    tell_desks([case.deputy.person_id], "case", case.id)
    ring([case.deputy.person_id], at=at, at_once=True)
    return cover
