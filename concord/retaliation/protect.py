"""protect: whoever reports, is harmed, witnesses or answers a report is protected from then on (V-RETAL-1 to -3).

Those who answer are the coordinator and the deputy, who agreed or did not, who flagged as a monitor, and the
person reported too. Heard from the rooms where it happens, in their transaction; kept as tokens.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.dispatch import receiver

from concord.cases.models import Case
from concord.cases.parties import Known
from concord.cases.signals import handed_over, party_added, purging, recused, taken_up
from concord.concurrence.models import Version
from concord.concurrence.signals import answered
from concord.ledger.record import record
from concord.monitoring.seen import MACHINE, Seen
from concord.people.addresses import address_of
from concord.people.models import Login, StaffMember
from concord.reports.told import Told
from concord.retaliation.models import Attempt, Protected
from concord.retaliation.touching import (
    Token,
    of_mailbox,
    of_name,
    of_person,
    of_team_name,
)


@transaction.atomic
def protect(case: Case, *, tokens: Iterable[Token], is_staff: bool, at: datetime) -> UUID | None:
    """Keep these tokens of one person in a case. Somebody known by the same login there is that person again."""
    tokens = set(tokens)
    if not tokens:
        return None
    person = [token for kind, token in tokens if kind == "person"]
    known = Protected.objects.filter(case=case, kind="person", token__in=person).first()
    who = known.who if known else uuid4()
    there = set(Protected.objects.filter(case=case, who=who).values_list("kind", "token"))
    fresh = tokens - {(kind, bytes(token)) for kind, token in there}
    if fresh:
        Protected.objects.bulk_create(
            Protected(case=case, who=who, is_staff=is_staff, kind=kind, token=token)
            for kind, token in fresh
        )
        record("retaliation.protect", actor=None, subject=case.id, at=at, staff=is_staff)
    return who


@receiver(party_added, dispatch_uid="retaliation.protect_party")
def protect_party(sender: Any, case: Case, known: Known, at: datetime, **kwargs: Any) -> None:
    """A party, by everything that was named."""
    tokens: set[Token] = set()
    for name in (known.name, *known.also, *known.handles):
        tokens.update(of_name(name))
    for address in known.addresses:
        tokens.update(of_mailbox(address))
    if known.person_id:
        tokens.update(_of_login(known.person_id))
    protect(case, tokens=tokens, is_staff=False, at=at)


@receiver(taken_up, dispatch_uid="retaliation.protect_who_takes_part")
def protect_who_takes_part(
    sender: Any, case: Case, contents: Seen | Told, by: StaffMember, at: datetime, **kwargs: Any
) -> None:
    """Who takes it up, the two who work on it, a monitor who flagged it, and whoever left a way to be reached."""
    persons = {by.person_id}
    if isinstance(contents, Seen):
        persons |= {contents.by} - {MACHINE}
    else:
        protect(case, tokens=set(of_mailbox(contents.contact)), is_staff=False, at=at)
    _protect_staff(case, persons, at=at)
    protect_seats(sender, case=case, at=at)


@receiver(handed_over, dispatch_uid="retaliation.protect_who_takes_it")
@receiver(recused, dispatch_uid="retaliation.protect_seats")
def protect_seats(sender: Any, case: Case, at: datetime, **kwargs: Any) -> None:
    """Coordinator and deputy, as they are now; those before them stay protected."""
    case = Case.objects.select_related("coordinator", "deputy").get(id=case.id)
    seats = {staff.person_id for staff in (case.coordinator, case.deputy) if staff}
    _protect_staff(case, seats, at=at)


@receiver(answered, dispatch_uid="retaliation.protect_who_answers")
def protect_who_answers(sender: Any, version: Version, at: datetime, **kwargs: Any) -> None:
    """Who proposed, who agreed, and who did not."""
    persons = {
        version.proposer,
        *version.concurrences.values_list("person", flat=True),
        *version.declines.values_list("person", flat=True),
    }
    _protect_staff(version.proposal.case, persons, at=at)


@receiver(purging, dispatch_uid="retaliation.forget")
def forget(sender: Any, case: Case, **kwargs: Any) -> None:
    """The tokens go with the case."""
    Protected.objects.filter(case=case).delete()
    Attempt.objects.filter(case=case).delete()


def _protect_staff(case: Case, persons: Iterable[UUID], *, at: datetime) -> None:
    for staff in StaffMember.objects.filter(person__in=list(persons)):
        tokens = {of_person(staff.person_id), *of_team_name(staff.working_name)}
        protect(case, tokens=tokens, is_staff=True, at=at)


def _of_login(person: UUID) -> Iterable[Token]:
    yield of_person(person)
    for login in Login.objects.by_mailbox().filter(person_id=person):
        address = address_of(login)
        if address:
            yield from of_mailbox(address)
