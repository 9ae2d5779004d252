"""Who may have a part in a case: current staff who are kept out by nobody, tied to nobody in it, not recused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from concord.cases.models import Case
from concord.cases.tied import acquainted_in, close_in
from concord.monitoring.readers import acquainted_with, close_to
from concord.people.models import StaffMember, StaffQuerySet
from concord.reports.keeps_out import kept_out_of
from concord.reports.models import Report
from concord.vault.keyholders import keyholders


def receivers_for(
    *,
    reports: Iterable[Report],
    about: set[UUID],
    at: datetime,
    recused: Iterable[UUID] = (),
    case: Case | None = None,
) -> list[StaffMember]:
    """Designated receivers without a conflict, those on call first: who may coordinate.

    `about` are the persons it is about; one of them who is staff, or whoever declared to be close to one, is left
    out, and so is whoever stepped back already (`recused`). Who said that they know one a little comes last. Where
    there is a `case`, a party known by a mailbox alone counts as well.
    """
    able = _without_conflict(
        StaffMember.objects.receivers(at),
        reports=reports,
        about=about,
        recused=set(recused),
        at=at,
        case=case,
    )
    acquainted = acquainted_with(about)
    return sorted(able, key=lambda staff: staff.person_id in acquainted)


def eligible(case: Case, *, about: set[UUID], at: datetime) -> list[StaffMember]:
    """Current staff who may have a part in this case, those on call first (R-CONCUR-1).

    On the roster or not; never a volunteer; never somebody recused, kept out, or tied: to those it is `about`, or to
    whoever was reported or harmed in it, which is found without its key.
    """
    return _eligible(case, StaffMember.objects.who_may_concur(at), about=about, at=at)


def may_agree(case: Case, *, about: set[UUID], at: datetime) -> list[StaffMember]:
    """Those of them who may be asked for a yes: not whoever said that they know somebody it is about a little."""
    acquainted = acquainted_with(about)
    return [one for one in eligible(case, about=about, at=at) if one.person_id not in acquainted]


def is_eligible(case: Case, person: UUID, *, about: set[UUID], at: datetime) -> bool:
    """Whether this very person may still have a part in the case; the rest of the team is not asked about."""
    themself = StaffMember.objects.who_may_concur(at).filter(person_id=person)
    return bool(_eligible(case, themself, about=about, at=at))


def may_leave_it(case: Case, persons: Iterable[UUID], *, at: datetime) -> set[UUID]:
    """Those of these persons who may say that nothing needs to be done: nobody who knows anybody in it a little."""
    persons = set(persons)
    among = StaffMember.objects.who_may_concur(at).filter(person_id__in=persons)
    able = {staff.person_id for staff in _eligible(case, among, about=set(), at=at)}
    return able - acquainted_in(case, among=able)


def acquainted_last(
    case: Case, able: list[StaffMember]
) -> tuple[list[StaffMember], list[StaffMember]]:
    """The same people, whoever knows somebody in it a little behind the others; and who those are."""
    ids = acquainted_in(case, among={staff.person_id for staff in able})
    known = [staff for staff in able if staff.person_id in ids]
    return sorted(able, key=lambda staff: staff in known), known


def _eligible(
    case: Case, candidates: StaffQuerySet, *, about: set[UUID], at: datetime
) -> list[StaffMember]:
    recused = set(case.recusals.values_list("person", flat=True))
    reports = Report.objects.filter(id__in=case.sources.values("report")).only("id", "outside")
    return _without_conflict(
        candidates, reports=reports, about=about, recused=recused, at=at, case=case
    )


def _without_conflict(
    candidates: StaffQuerySet,
    *,
    reports: Iterable[Report],
    about: set[UUID],
    recused: set[UUID],
    at: datetime,
    case: Case | None = None,
) -> list[StaffMember]:
    out = recused | close_to(about)
    able = keyholders(candidates.values_list("person_id", flat=True)) - out
    able -= kept_out_of(reports, among=able)
    if case is not None:
        able -= close_in(case, among=able)
    on_call = set(StaffMember.objects.on_call(at).values_list("id", flat=True))
    left = candidates.filter(person_id__in=able).order_by("working_name")
    return sorted(left, key=lambda staff: staff.id not in on_call)
