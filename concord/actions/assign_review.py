"""assign_review: a request to look again is somebody's, and that somebody had no part in the decision (4.8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver

from concord.actions.models import UNDECIDED, ReviewRequest, ReviewState
from concord.actions.uninvolved import involved_in, uninvolved
from concord.cases.models import Case
from concord.cases.signals import recused
from concord.concurrence.models import Decision
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import outside_readers
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.keyring import Keyring


@transaction.atomic
def assign_review(
    request: ReviewRequest,
    *,
    decision: Decision,
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
) -> ReviewRequest:
    """Say which decision it is about, and take it on; whoever had a part in that one passes it to somebody else.

    Everybody involved loses the request; twice is once. Raises NoGrant for whoever cannot open the request, or may
    not see the decision.
    """
    request = ReviewRequest.objects.select_for_update().get(id=request.id)
    may = by.is_current(at) and by.receives_reports and files.may_open(request.file, by.person_id)
    if not may or not Decision.objects.visible_to(by).filter(id=decision.id).exists():
        raise NoGrant(subject=request.id)
    if request.state not in UNDECIDED:
        return request
    able = [staff.person_id for staff in uninvolved([decision], at=at)]
    first = [by.person_id] if by.person_id in able else []
    wanted = [*first, *able] or sorted(outside_readers(at))
    if wanted and not files.may_open(request.file, wanted[0]):
        files.grant(request.file, to=wanted[0], by=keyring, at=at)
    for person in involved_in(decision) & files.readers(request.file):
        files.withdraw(request.file, person, at=at)
    return assign(request, decision=decision, to=wanted[0] if wanted else None, at=at)


def assign(
    request: ReviewRequest, *, decision: Decision, to: UUID | None = None, at: datetime
) -> ReviewRequest:
    """Give it to `to`, else to the first who can open it and had no part: the outside contact when nobody is left.

    They read the case while they look: the grant they hold wakes, or is owed by whoever holds the case.
    """
    readers = files.readers(request.file)
    able = [staff.person_id for staff in uninvolved([decision], at=at)]
    here = [person for person in able if person in readers]
    reviewer = to or next(iter([*here, *sorted(outside_readers(at) & readers)]), None)
    request.decision = decision
    if reviewer is None:
        request.save(update_fields=["decision"])
        return request
    if request.reviewer not in (None, reviewer):
        end_loan(request, at=at)
    request.reviewer, request.assigned_at = reviewer, at
    request.state = ReviewState.ASSIGNED
    request.lends_case = _lend(decision, to=reviewer, at=at) or request.lends_case
    request.save(update_fields=["decision", "reviewer", "assigned_at", "state", "lends_case"])
    record("actions.assign_review", actor=None, subject=request.id, at=at, reviewer=reviewer)
    tell_desks(readers, "review", request.id)
    ring([reviewer], at=at)
    return request


def end_loan(request: ReviewRequest, *, at: datetime) -> None:
    """Whoever looked at the case for this request alone reads it no longer."""
    if not request.lends_case or request.decision is None or request.reviewer is None:
        return
    for file in files.still_there(_files_of(request.decision)):
        if request.reviewer in outside_readers(at):
            files.withdraw(file, request.reviewer, at=at)
    case = request.decision.case
    if case.file in files.still_there([case.file]):
        files.make_dormant(case.file, request.reviewer)
    request.lends_case = False


@receiver(recused, dispatch_uid="actions.assign_review")
def pass_on(sender: type[Case], case: Case, person: UUID, at: datetime, **kwargs: Any) -> None:
    """Whoever steps out of the case looks at no decision of it; the next one without a part does."""
    theirs = ReviewRequest.objects.filter(decision__case=case, state__in=UNDECIDED)
    for request in theirs:
        if person not in files.readers(request.file):
            continue
        left = files.readers(request.file) - {person}
        if not left:
            for outside in outside_readers(at):
                files.owe(request.file, to=outside, at=at)
                left = {outside}
        files.withdraw(request.file, person, at=at)
        if request.reviewer == person and request.decision is not None:
            request.lends_case = False
            able = [staff.person_id for staff in uninvolved([request.decision], at=at)]
            to = next((one for one in able if one in left), next(iter(sorted(left)), None))
            assign(request, decision=request.decision, to=to, at=at)


def _lend(decision: Decision, *, to: UUID, at: datetime) -> bool:
    """Wake or owe what is needed to look: the case, the text that was agreed to, and the decision's own file."""
    lent = False
    for file in files.still_there(_files_of(decision)):
        if to in files.dormant_readers(file):
            files.wake(file, to)
        elif not files.may_open(file, to):
            files.owe(file, to=to, at=at)
        else:
            continue
        lent = lent or file == decision.case.file
    return lent


def _files_of(decision: Decision) -> list[UUID]:
    agreed = decision.execution.concurrence
    briefing = [agreed.version.briefing] if agreed else []
    return [decision.case.file, decision.file, *briefing]
