"""assign_review: a request to look again is somebody's, and that somebody had no part in the decision (4.8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver

import concord.cases.hear_departures  # noqa: F401  (the seats are filled first: who follows had a part from then on)
from concord.actions.looked_at import case_of, files_of, had_a_part, who_may_look
from concord.actions.models import (
    UNDECIDED,
    ReviewRequest,
    ReviewRequestQuerySet,
    ReviewState,
)
from concord.cases.models import Case
from concord.cases.seal_outside import ENOUGH
from concord.cases.signals import recused
from concord.concurrence.models import Decision
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import outside_readers
from concord.monitoring.ring import ring
from concord.people.models import OutsideContact, StaffMember
from concord.people.signals import designation_ended
from concord.reports.models import Report
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.keyholders import keyholders
from concord.vault.keyring import Keyring


@transaction.atomic
def assign_review(
    request: ReviewRequest,
    *,
    decision: Decision | None,
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
) -> ReviewRequest:
    """Say which decision it is about, and take it on; whoever had a part in that one passes it to somebody else.

    Where the way it came told which one, or somebody has said so, it is about no other. Where nothing told, whoever
    says so looks at it no more than whoever had a part: anybody may ask without a name, and nobody ends a decision
    alone by asking and answering. Everybody involved loses the request; twice is once. Without a decision it is about
    what came of a report. Raises NoGrant for whoever cannot open the request, or may not see the decision, and for
    another one than it is about.
    """
    request = ReviewRequest.objects.select_for_update().get(id=request.id)
    may = by.is_current(at) and by.receives_reports and files.may_open(request.file, by.person_id)
    seen = decision and Decision.objects.visible_to(by).filter(id=decision.id).exists()
    if not may or not (seen or (decision is None and request.report is not None)):
        raise NoGrant(subject=request.id)
    if decision and request.report and not is_of_its_case(decision, request.report):
        raise NoGrant(subject=request.id)
    if request.state not in UNDECIDED:
        return request
    if request.decision_id is not None and decision != request.decision:
        raise NoGrant(subject=request.id)
    if decision != request.decision:
        end_loan(request, at=at)  # what is lent for looking at one thing is not lent for another
        request.decision = decision
        if not request.named:
            request.said_by = by.person_id
    able = [staff.person_id for staff in who_may_look(request, at=at)]
    first = [by.person_id] if by.person_id in able else []
    wanted = [*first, *able] or sorted(outside_readers(at))
    if wanted and not files.may_open(request.file, wanted[0]):
        files.grant(request.file, to=wanted[0], by=keyring, at=at)
    for person in had_a_part(request) & files.readers(request.file):
        files.withdraw(request.file, person, at=at)
    owe_outside(request, at=at)
    return assign(
        request, decision=decision, to=wanted[0] if wanted else None, by=by.person_id, at=at
    )


def assign(
    request: ReviewRequest,
    *,
    decision: Decision | None,
    to: UUID | None = None,
    by: UUID | None = None,
    at: datetime,
) -> ReviewRequest:
    """Give it to `to`, else to the first who can open it and had no part: the outside contact when nobody is left.

    They read the case while they look: the grant they hold wakes, or is owed by whoever holds the case.
    """
    request.decision = decision
    readers = files.readers(request.file)
    able = [staff.person_id for staff in who_may_look(request, at=at)]
    here = [person for person in able if person in readers]
    reviewer = to or next(iter([*here, *sorted(outside_readers(at) & readers)]), None)
    if reviewer is None:
        request.save(update_fields=["decision", "said_by", "lends_case"])
        return request
    if request.reviewer not in (None, reviewer):
        end_loan(request, at=at)
    request.reviewer, request.assigned_at = reviewer, at
    request.state = ReviewState.ASSIGNED
    request.lends_case = _lend(request, to=reviewer, at=at) or request.lends_case
    written = ["decision", "said_by", "reviewer", "assigned_at", "state", "lends_case"]
    request.save(update_fields=written)
    record("actions.assign_review", actor=by, subject=request.id, at=at, reviewer=reviewer)
    tell_desks(readers, "review", request.id)
    ring([reviewer], at=at)
    return request


def is_of_its_case(decision: Decision, report: Report) -> bool:
    """Whether it was decided where the report is: nobody's else is put up by whoever sent that one."""
    return decision.case.sources.filter(report=report).exists()


def end_loan(request: ReviewRequest, *, at: datetime) -> None:
    """Whoever looked at the case for this request alone reads it no longer; what nobody else can open stays theirs.

    A key that was owed for it and not made yet is not made any more. Where they still look at another request about
    it, that one lends it on.
    """
    if not request.lends_case or request.reviewer is None:
        return
    if _lent_on(request):
        request.lends_case = False
        return
    for file in files.still_there(files_of(request)):
        others = keyholders(files.readers(file) - {request.reviewer})
        if request.reviewer in outside_readers(at) and others:
            files.withdraw(file, request.reviewer, at=at)
    case = case_of(request)
    if case is not None and case.file in files.still_there([case.file]):
        if request.reviewer not in outside_readers(at):
            for file in [case.file, *case.no_actions.values_list("briefing", flat=True)]:
                files.owe_no_longer(file, to=request.reviewer)
        files.make_dormant(case.file, request.reviewer)
    request.lends_case = False


def _lent_on(request: ReviewRequest) -> bool:
    theirs = ReviewRequest.objects.filter(state__in=UNDECIDED, reviewer=request.reviewer)
    for other in theirs.exclude(id=request.id).select_related("decision__case", "report"):
        if case_of(other) == case_of(request) is not None:
            return bool(ReviewRequest.objects.filter(id=other.id).update(lends_case=True))
    return False


@receiver(recused, dispatch_uid="actions.assign_review")
def pass_on(sender: type[Case], case: Case, person: UUID, at: datetime, **kwargs: Any) -> None:
    """Whoever steps out of the case looks at no decision of it; the next one without a part does."""
    undecided = Q(decision__isnull=True, report__in=case.sources.values("report"))
    theirs = ReviewRequest.objects.filter(undecided | Q(decision__case=case))
    _pass_on(theirs, person, at=at)


@receiver(designation_ended, dispatch_uid="actions.assign_review_of_the_departed")
def pass_on_all_they_had(
    sender: type[StaffMember], staff: StaffMember, at: datetime, **kwargs: Any
) -> None:
    """Whoever leaves the team looks at nothing any more; each request of theirs is the next one's."""
    held = files.held_by(staff.person_id)
    _pass_on(ReviewRequest.objects.filter(file__in=held), staff.person_id, at=at)


def _pass_on(requests: ReviewRequestQuerySet, person: UUID, *, at: datetime) -> None:
    """With nobody left who can open one, the outside contact could before, or recovery makes what is owed."""
    undecided = ReviewRequest.objects.filter(state__in=UNDECIDED)
    for id in list(
        requests.filter(state__in=UNDECIDED).order_by("id").values_list("id", flat=True)
    ):
        # Read again under its lock: what was decided at this very moment stays decided.
        request = undecided.select_for_update().filter(id=id).first()
        if request is None or person not in files.readers(request.file):
            continue
        files.withdraw(request.file, person, at=at)
        owe_outside(request, at=at)
        if request.reviewer == person:
            request.lends_case = False
            left, outside = files.readers(request.file), sorted(outside_readers(at))
            able = [staff.person_id for staff in who_may_look(request, at=at)]
            wanted = [
                *(one for one in able if one in left),
                *outside,
                *able,
                *sorted(left - {request.said_by}),
            ]
            assign(request, decision=request.decision, to=next(iter(wanted), None), at=at)
            if wanted and wanted[0] not in left:
                files.owe(request.file, to=wanted[0], at=at)


def owe_outside(request: ReviewRequest, *, at: datetime) -> None:
    """With fewer than two on the team who can open it, the outside contact can as well, as with a case (I-WHO-1).

    One that names nothing is for those who receive reports, as long as one of them can open it.
    """
    readers = files.readers(request.file)
    contacts = set(OutsideContact.objects.values_list("holder", flat=True))
    enough = ENOUGH if request.decision or request.report else 1
    if len(keyholders(readers) - contacts) < enough:
        for one in outside_readers(at) - readers:
            files.owe(request.file, to=one, at=at)


def _lend(request: ReviewRequest, *, to: UUID, at: datetime) -> bool:
    """Wake or owe what is needed to look (`files_of`). Returns whether that was the case."""
    lent, needed = False, files_of(request)
    for file in files.still_there(needed):
        if to in files.dormant_readers(file):
            files.wake(file, to)
        elif not files.may_open(file, to):
            files.owe(file, to=to, at=at)
        else:
            continue
        lent = lent or file == needed[0]
    return lent
