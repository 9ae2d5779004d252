"""decide_no_action: the coordinator finds that nothing (more) needs to be done, and says why (workflow.md 4.4).

Nothing comes of it before another staff member has agreed (`agree_to_no_action`): it takes two to act, and two
not to (P-ZERO-1).
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.assess_case import Assessed, read_assessment
from concord.cases.clocks import standing_of
from concord.cases.close_case import (
    NotDoneYet,
    ReadWhatTheyWrote,
    check_works_on,
    is_unread,
)
from concord.cases.conflicts import may_agree, may_leave_it
from concord.cases.models import Case, NoAction, Reading, State
from concord.cases.parties import respondents
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import outside_contact
from concord.monitoring.ring import ring
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring


class NeedsAssessment(Refused):
    """Nobody leaves a case without an action before they have said how it stands (workflow.md 4.4)."""

    words = _(
        "First say how it stands: whether it goes on, what was wished, who could come to harm."
    )
    status = 409


class NeedsReason(Refused):
    """Doing nothing has a reason, as doing something has."""

    words = _("Please write in a sentence why nothing needs to be done.")
    status = 409


class Why(NamedTuple):
    """What whoever is asked to agree reads: the reason, and the four answers as they were when it was written."""

    reason: str
    assessed: Assessed


@transaction.atomic
def decide_no_action(
    case: Case, *, reason: str, by: StaffMember, keyring: Keyring, at: datetime
) -> NoAction:
    """Put it before everybody who may agree now; nobody needs the case to read it. Decided anew, it replaces.

    Raises `OnlyItsCoordinatorCloses`, `NeedsAssessment`, `NotDoneYet` where something is proposed,
    `ReadWhatTheyWrote`, `NeedsReason`.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    check_works_on(case, by=by, at=at)
    if case.state in (State.OPEN, State.REOPENED):
        raise NeedsAssessment(subject=case.id)
    if case.state != State.ASSESSED or standing_of(case).is_open:
        raise NotDoneYet(subject=case.id)
    newest = case.assessments.select_related("case").last()
    if newest is None or needs_assessment(case):
        raise NeedsAssessment(subject=case.id)
    if is_unread(case):
        raise ReadWhatTheyWrote(subject=case.id)
    if not reason.strip():
        raise NeedsReason(subject=case.id)
    case.no_actions.standing().update(ended_at=at)
    about_whom = respondents(case, keyring=keyring)
    able = {staff.person_id for staff in may_agree(case, about=about_whom, at=at)}
    able = may_leave_it(case, able, at=at)
    others = sorted(able - {by.person_id})
    outside = _outside(case, others, at=at)
    briefing = files.open_file(readers={*able, by.person_id, *outside}, at=at)
    id = uuid4()
    why = Why(reason.strip(), read_assessment(newest, keyring=keyring))
    said = json.dumps({"reason": why.reason, "assessed": why.assessed._asdict()}).encode()
    decided = NoAction.objects.create(
        id=id,
        case=case,
        briefing=briefing.id,
        sealed=files.seal(briefing.id, said, about=about(id)),
        decided_by=by.person_id,
        decided_at=at,
        rung_at=at,
    )
    record("cases.decide_no_action", actor=by.person_id, subject=case.id, at=at)
    tell_desks(others, "case", case.id)
    ring(others or outside, at=at)
    return decided


def needs_assessment(case: Case) -> bool:
    """Whether nobody has said how it stands, or something joined it since somebody did."""
    said = case.assessments.order_by("assessed_at").values_list("assessed_at", flat=True).last()
    if said is None or case.state in (State.OPEN, State.REOPENED):
        return True
    return case.sources.filter(joined_at__gt=said).exists()


def _outside(case: Case, others: list[UUID], *, at: datetime) -> list[UUID]:
    """The outside contact, where nobody on the team may agree; to read it, where the case lies with them anyway."""
    contact = outside_contact(at)
    if contact is None or (others and not files.may_open(case.file, contact.holder)):
        return []
    return [contact.holder]


@transaction.atomic
def read_why(decided: NoAction, *, keyring: Keyring, at: datetime) -> Why:
    """What was put before the others; reading is an entry, and a row by which one may agree to it. Raises NoGrant."""
    plain = files.unseal(
        decided.briefing, bytes(decided.sealed), about=about(decided.id), keyring=keyring
    )
    said = json.loads(plain)
    Reading.objects.get_or_create(
        no_action=decided, person=keyring.holder, defaults={"read_at": at}
    )
    record("cases.read_no_action", actor=keyring.holder, subject=decided.case_id, at=at)
    return Why(said["reason"], Assessed(**said["assessed"]))


@every("cases.ring_no_action", seconds=3600)
def ring_no_action(job: Job | None, *, at: datetime) -> None:
    """Ask again, once a day, whoever may agree: nothing is left as it is by a clock."""
    waiting = NoAction.objects.waiting().filter(rung_at__lte=at - timedelta(days=1))
    for decided in waiting.filter(case__state=State.ASSESSED):
        with transaction.atomic():
            NoAction.objects.filter(id=decided.id).update(rung_at=at)
            others = files.readers(decided.briefing) - {decided.decided_by}
            tell_desks(others, "case", decided.case_id)
            ring(others, at=at)


def about(decided: UUID) -> str:
    return f"no action:{decided}"
