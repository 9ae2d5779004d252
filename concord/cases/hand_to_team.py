"""hand_to_team: the outside contact gives a case that nobody on the team can open to somebody who came since.

They read it, and sign nothing. What is done to somebody is done by two people of the team with keys of their own: where
all who were there are close to it, others are brought in, and this is how they get what they need for it (R-COORD-1).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.close_case import CaseIsClosed
from concord.cases.conflicts import receivers_for
from concord.cases.models import OVER, Case
from concord.cases.parties import conflicted
from concord.cases.presence import is_live
from concord.cases.recuse import fill_the_seats
from concord.cases.signals import handed_over
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import outside_readers
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.outside import Outside, check_may_read
from concord.vault import files
from concord.vault.errors import NoGrant


class NotForThem(Refused):
    """They are in it, close to somebody in it, stepped out, were kept out, or receive no reports."""

    words = _("It cannot go to this person: they may be involved, or are not to read it.")


class TheTeamHasIt(Refused):
    """Whoever coordinates it asks for a deputy themself."""

    words = _("Somebody on the team looks after this case, and asks for a second one themself.")
    status = 409


@transaction.atomic
def hand_to_team(case: Case, *, to: StaffMember, by: Outside, at: datetime) -> Case:
    """Give `to` its key: they coordinate it, and ask for a deputy like anybody. They are rung. Twice is once.

    For the outside contact of now, who can open it, as long as nobody on the team can. Announces `handed_over`.
    Raises `NotForThem`, `TheTeamHasIt`, `CaseIsClosed`, SayFirstThatYouKeepIt, NoGrant.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    check_may_read(by)
    holder = by.contact.holder
    is_theirs = holder == by.keyring.holder and holder in outside_readers(at)
    if not (is_theirs and files.may_open(case.file, holder)):
        raise NoGrant(subject=case.id)
    if case.state in OVER:
        raise CaseIsClosed(subject=case.id)
    former = case.coordinator
    if to == former and files.may_open(case.file, to.person_id):
        return case
    if not is_nobodys(case):
        raise TheTeamHasIt(subject=case.id)
    if to not in may_take_from_outside(case, by=by, at=at):
        raise NotForThem(subject=case.id)
    files.grant(case.file, to=to.person_id, by=by.keyring, at=at)
    fill_the_seats(case, at=at)
    record("cases.hand_to_team", actor=holder, subject=case.id, at=at, to=to.person_id)
    tell_desks(files.readers(case.file), "case", case.id)
    ring([to.person_id], at=at, at_once=is_live(case))
    handed_over.send(sender=Case, case=case, former=former, by=to, at=at)
    return case


def is_nobodys(case: Case) -> bool:
    """Whether its seats are empty: whoever coordinated it last cannot open it, and nobody followed."""
    return case.is_unstaffed and not files.may_open(case.file, case.coordinator.person_id)


def may_take_from_outside(case: Case, *, by: Outside, at: datetime) -> list[StaffMember]:
    """Receivers with keys who hold nothing of it yet and have no conflict, as things are now; by working name.

    Nobody whom a reporter keeps out, or to whom a report in it that went outside was not handed on.
    """
    there = files.readers(case.file) | files.dormant_readers(case.file)
    about = conflicted(case, keyring=by.keyring)
    reports = [source.report for source in case.sources.select_related("report") if source.report]
    recused = case.recusals.values_list("person", flat=True)
    able = receivers_for(reports=reports, about=about, recused=recused, at=at, case=case)
    free = [staff for staff in able if staff.person_id not in there]
    return sorted(free, key=lambda staff: staff.working_name)
