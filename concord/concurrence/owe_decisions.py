"""owe_decisions: a decision outlasts those who could open it; whoever comes after them is owed its key (R-COORD-1).

Its key went to everybody who could have a part in the case when it was carried out. Whoever answers for the case
later, or joins the team, gets it as well, with the exact text that was agreed to: else nobody could lift it one day,
look at it on its day, confirm it, or act when its person comes back. Whoever stepped out of the case, is kept out, or
is close to somebody it is about gets nothing. With fewer than two left it goes to all who may, and to the outside
contact (I-WHO-1).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver

import concord.cases.hear_departures  # noqa: F401  (the seats are filled first)
from concord.cases.conflicts import eligible
from concord.cases.models import Case
from concord.cases.seal_outside import ENOUGH
from concord.cases.signals import seated
from concord.concurrence.models import Decision
from concord.concurrence.propose import about_of
from concord.concurrence.terms import Target
from concord.monitoring.readers import outside_readers
from concord.monitoring.ring import ring
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import OutsideContact, StaffMember
from concord.people.signals import designation_ended
from concord.vault import files
from concord.vault.keyholders import counting_since, keyholders
from concord.vault.keyring import Keyring


@every("concurrence.owe_decisions", seconds=600)
def owe_decisions(job: Job | None, *, at: datetime) -> int:
    """What is in force, to whoever joined since, and wherever too few are left. Returns how many were owed anew."""
    found = Decision.objects.in_force(at).select_related(
        "case__coordinator", "case__deputy", "execution__concurrence__version"
    )
    suspect = [one for one in _suspect(list(found), at=at) if _lacking(one, at=at)]
    return sum(_owe_alone(one, at=at) for one in suspect)


def owe_decision(
    decision: Decision, *, at: datetime, without: UUID | None = None, keyring: Keyring | None = None
) -> bool:
    """Owe it to all who are to have it and have it not; with the `keyring` of somebody who can, make the grants too.

    `without` is about to lose theirs. The case is held: nobody steps out of it meanwhile. Where too few are left, they
    are rung, for whoever comes by makes the grants. Returns whether anything was owed that was not before.
    """
    lacking = _lacking(decision, at=at, without=without)
    for file, persons in lacking.items():
        for person in sorted(persons):
            files.owe(file, to=person, at=at)
    if lacking and keyring is not None:
        files.settle(keyring, only=lacking, at=at)
    left = files.readers(decision.file) - {without} if lacking else set()
    if lacking and _is_short(decision, left, at=at):
        ring(keyholders(left) | outside_readers(at), at=at)
    return bool(lacking)


@receiver(seated, dispatch_uid="concurrence.owe_decisions")
def owe_to_the_seats(sender: type[Case], case: Case, at: datetime, **kwargs: Any) -> None:
    """Whoever coordinates now, or is the deputy, reads what was decided in it before, ended or not."""
    for decision in Decision.objects.filter(case=case):
        owe_decision(decision, at=at)


@receiver(designation_ended, dispatch_uid="concurrence.leave_their_decisions")
def leave_their_decisions(
    sender: type[StaffMember], staff: StaffMember, at: datetime, **kwargs: Any
) -> None:
    """Nothing that is sealed under it from now on opens for them, and nobody rings them about it."""
    held = files.held_by(staff.person_id)
    theirs = Decision.objects.not_over(at).filter(file__in=held)
    for decision in theirs.select_related("case").order_by("case", "id"):
        owe_decision(decision, without=staff.person_id, at=at)
        files.withdraw(decision.file, staff.person_id, at=at)


def whom_it_is_about(decision: Decision) -> set[UUID]:
    """As when it was agreed to, without opening it: its warrants lie in the clear."""
    steps = decision.execution.warrants.values_list("kind", "target")
    return about_of([Target(kind, target, "") for kind, target in steps])


def _suspect(found: list[Decision], *, at: datetime) -> list[Decision]:
    """Those that somebody may lack, in as few questions for a thousand as for one; nobody's conflicts are asked yet."""
    held = files.given_or_owed(file for one in found for file in _both_files(one))
    team = set(_team(at))
    readers = {person for given, _owed in held.values() for person in given}
    counting = counting_since(team | readers)
    inside = counting.keys() - _contacts()
    wanted = {
        one.id: _seats(one) | {who for who in team & counting.keys() if counting[who] > _since(one)}
        for one in found
    }
    return [
        one
        for one in found
        if any(
            not wanted[one.id] <= given | owed or len(given & inside) < ENOUGH
            for given, owed in (held[file] for file in _both_files(one) if file in held)
        )
    ]


@transaction.atomic
def _owe_alone(decision: Decision, *, at: datetime) -> bool:
    """Under its case's lock, and asked again: somebody may have stepped out at this very moment."""
    Case.objects.select_for_update(no_key=True).get(id=decision.case_id)
    return owe_decision(Decision.objects.get(id=decision.id), at=at)


def _lacking(
    decision: Decision, *, at: datetime, without: UUID | None = None
) -> dict[UUID, set[UUID]]:
    """For its own key and for that of the exact text: who is to have it, has it not, and is not owed it yet."""
    able: set[UUID] | None = None
    wanted = _who_followed(decision, at=at)
    lacking = {}
    for file in _files_of(decision):
        readers = files.readers(file)
        has = readers | files.owed_to(file)
        is_short = _is_short(decision, readers - {without}, at=at)
        if wanted <= has and not is_short:
            continue
        if able is None:
            about = whom_it_is_about(decision)
            able = {one.person_id for one in eligible(decision.case, about=about, at=at)}
        due = able | outside_readers(at) if is_short else able & wanted
        if due - has - {without}:
            lacking[file] = due - has - {without}
    return lacking


def _who_followed(decision: Decision, *, at: datetime) -> set[UUID]:
    """Who sits at its case now, and whose key counts only since the text was written: nobody could give it to them.

    Whoever was there already was given it, or had a reason not to be. A tie that was taken back brings nothing old.
    """
    counting, since = counting_since(_team(at)), _since(decision)
    return _seats(decision) | {person for person, began in counting.items() if began > since}


def _seats(decision: Decision) -> set[UUID]:
    case = decision.case
    return {one.person_id for one in (case.coordinator, case.deputy) if one is not None}


def _since(decision: Decision) -> datetime:
    agreed = decision.execution.concurrence
    return agreed.version.submitted_at if agreed else decision.made_at


def _team(at: datetime) -> Iterable[UUID]:
    return StaffMember.objects.who_may_concur(at).values_list("person_id", flat=True)


def _files_of(decision: Decision) -> list[UUID]:
    """What is erased by now is nobody's."""
    there = files.still_there(_both_files(decision))
    return [one for one in _both_files(decision) if one in there]


def _both_files(decision: Decision) -> list[UUID]:
    agreed = decision.execution.concurrence
    return [decision.file, *([agreed.version.briefing] if agreed else [])]


def _is_short(decision: Decision, left: Iterable[UUID], *, at: datetime) -> bool:
    """Fewer than two of the team are among those who are left, and it is in force."""
    if decision.ends_at is not None and decision.ends_at <= at:
        return False
    return len(keyholders(left) - _contacts()) < ENOUGH


def _contacts() -> set[UUID]:
    return set(OutsideContact.objects.values_list("holder", flat=True))
