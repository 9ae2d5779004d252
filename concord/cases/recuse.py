"""recuse: somebody steps out of a case, or is taken out by a lead. From then on it does not exist for them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from concord.cases.ask_outside import ask_outside
from concord.cases.conflicts import acquainted_last, eligible
from concord.cases.models import Agreement, Case, Recusal, State
from concord.cases.move import reopen
from concord.cases.ring_the_seats import seats_changed
from concord.cases.seal_outside import owe_outside, seal_outside
from concord.cases.signals import recused
from concord.ledger.record import record
from concord.monitoring.tell_outside import tell_outside
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring


class OnlyALeadRecusesOthers(Refused):
    """A person recuses themself; a lead may recuse somebody else."""

    words = _("Only a lead can take somebody else out of a case.")


@transaction.atomic
def recuse(
    case: Case, *, who: UUID, by: StaffMember, at: datetime, keyring: Keyring | None = None
) -> Recusal:
    """Take a person's keys to the case and its sources away, begin new epochs, void what they agreed to.

    A coordinator is followed by the deputy, a deputy by the next unconflicted receiver; with fewer than two
    left the case is UNSTAFFED, and its key goes to the outside contact: at once with an open `keyring` that may
    read it, for instance of whoever steps out, else at the next request of whoever is left. Twice is once.

    Whoever took a colleague out is not woken to follow them: that takes the word of somebody who is in it. From the
    second whom one lead takes out of a case, the outside contact is told of each.
    """
    if who != by.person_id and not (by.is_lead and by.is_current(at)):
        raise OnlyALeadRecusesOthers(subject=case.id)
    recusal = take_out(case, who=who, by=by.person_id, at=at, keyring=keyring)
    if recusal.recused_at == at and who != by.person_id:
        _tell_of_the_second(recusal, at=at)
    return recusal


def _tell_of_the_second(recusal: Recusal, *, at: datetime) -> None:
    by_them = recusal.case.recusals.filter(recused_by=recusal.recused_by)
    if by_them.exclude(person=F("recused_by")).count() > 1:
        words = _("One lead has taken more than one colleague out of case %(code)s.")
        tell_outside(words, code=recusal.case.code, at=at)


@transaction.atomic
def take_out(
    case: Case, *, who: UUID, by: UUID | None, at: datetime, keyring: Keyring | None = None
) -> Recusal:
    """The recusal itself; also automatic, when somebody on the team turns out to be a party.

    Of what was put into an older case meanwhile, as on a page that lay open, they are out where it is now.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    while case.merged_into_id is not None:
        case = Case.objects.select_for_update().get(id=case.merged_into_id)
    recusal, fresh = Recusal.objects.get_or_create(
        case=case, person=who, defaults={"recused_by": by, "recused_at": at}
    )
    if not fresh:
        return recusal
    take_keys(case, who=who, keyring=keyring, at=at)
    _void_what_they_left(case, who, keyring=keyring, at=at)
    record("cases.recuse", actor=by, subject=case.id, at=at, who=who)
    recused.send(sender=Case, case=case, person=who, keyring=keyring, at=at)
    return recusal


def take_keys(case: Case, *, who: UUID, keyring: Keyring | None, at: datetime) -> None:
    """Nothing that is sealed into it from now on opens for them; their seat is somebody else's. The case is locked."""
    seal_outside(case, without=who, keyring=keyring, at=at)
    files.withdraw(case.file, who, at=at)
    for source in case.sources.select_related("flag", "report"):
        files.withdraw(source.file, who, at=at)
    fill_the_seats(case, at=at)


def _void_what_they_left(case: Case, who: UUID, *, keyring: Keyring | None, at: datetime) -> None:
    """Who stepped out has no part in leaving a case as it is: others decide it anew (workflow.md 4.4)."""
    take_what_was_left(case, who, at=at)
    decided = case.no_actions.standing().first()
    if decided is None:
        return
    agreed = Agreement.objects.filter(no_action=decided).first()
    is_asked = agreed is None and who != decided.decided_by
    if is_asked and files.may_open(decided.briefing, who):
        ask_outside(decided, without=who, keyring=keyring, at=at)
    files.withdraw(decided.briefing, who, at=at)
    if who not in (decided.decided_by, agreed.person if agreed else None):
        return
    if agreed is None:
        case.no_actions.standing().update(ended_at=at)
    elif case.state in (State.NO_ACTION, State.FOLLOW_UP):
        reopen(case, by=None, at=at)


def take_what_was_left(case: Case, who: UUID, *, at: datetime) -> None:
    """What they were asked to agree to earlier, declined or overtaken since, is not there for them either."""
    for before in case.no_actions.filter(ended_at__isnull=False).order_by("briefing"):
        files.withdraw(before.briefing, who, at=at)


def fill_the_seats(case: Case, *, at: datetime) -> None:
    """Exactly one coordinator at any time, and a deputy where there is anybody (R-COORD-1).

    Only among those who had no conflict when the case was opened: they hold its key, awake or at rest. Nobody is woken
    who took somebody else out: what one person empties alone does not fall to them. Whoever knows somebody in it a
    little sits there only where nobody else can.
    """
    at_rest = files.dormant_readers(case.file)
    others = case.recusals.exclude(recused_by=None).exclude(recused_by=F("person"))
    holders = files.readers(case.file) | at_rest
    holders -= at_rest & set(others.values_list("recused_by", flat=True))
    able = [
        staff
        for staff in eligible(case, about=set(), at=at)
        if staff.receives_reports and staff.person_id in holders
    ]
    able, known = acquainted_last(case, able)
    before, stood_by = case.coordinator, case.deputy
    is_passed_over = case.deputy in known and able[0] not in known
    if case.coordinator not in able and case.deputy in able and not is_passed_over:
        case.coordinator, case.deputy = case.deputy, None
    elif case.coordinator not in able and able:
        case.coordinator = able[0]
    if case.coordinator != before:
        case.coordinated_since = at
        case.handovers.open().update(ended_at=at)
    if case.deputy not in able:
        case.deputy = next((staff for staff in able if staff != case.coordinator), None)
    case.save(update_fields=["coordinator", "deputy", "coordinated_since"])
    for staff in filter(None, (case.coordinator, case.deputy)):
        if staff.person_id in files.dormant_readers(case.file):
            files.wake(case.file, staff.person_id)
    if (case.coordinator, case.deputy) != (before, stood_by):
        seats_changed(case, at=at)
    if case.is_unstaffed:
        owe_outside(case, at=at)
