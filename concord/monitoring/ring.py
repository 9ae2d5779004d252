"""ring: ask people to look at their desk, by every channel there is. No word says more, whatever it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from concord.letters.send import send_template
from concord.monitoring.channels import by_every_channel, channel
from concord.monitoring.readers import outside_contact
from concord.outbox.leave import leave
from concord.outbox.models import Job
from concord.outbox.registry import handles
from concord.people.addresses import address_of, unseal_address
from concord.people.leave_address import address_left_by
from concord.people.models import Login, StaffMember
from concord.people.name_outside_contact import about as about_outside
from concord.people.team_name import team_name_within

NOTICE = "monitoring.notice"
DRILL = "monitoring.drill_notice"
GATHERING = timedelta(seconds=15)
"""A letter waits this long for more of its kind: a flood of reports must not become a flood of letters, and
a letter that leaves in the same second would tell when somebody wrote."""


def ring(persons: Iterable[UUID], *, at: datetime, at_once: bool = False) -> None:
    """Leave one notice for each of these people, unless one is already waiting.

    `at_once` where somebody waits for an answer and nobody outside can tell what happened just now: a live ask.
    """
    to = {f"{NOTICE}:{person}": person for person in persons}
    waiting = Job.objects.waiting().filter(unique_key__in=to)
    if at_once:
        waiting.filter(leased_until__isnull=True, due_at__gt=at).update(due_at=at)
    due_at = at if at_once else at + GATHERING
    # In one order everywhere: two who ring the same people at once must not wait for each other.
    for key in sorted(to.keys() - set(waiting.values_list("unique_key", flat=True))):
        leave(NOTICE, subject=to[key], due_at=due_at, unique_key=key, at=at)


@handles(NOTICE)
def send_notice(job: Job, *, at: datetime) -> None:
    """Hand the notice to every channel. It is done in the transaction that does so: a crash sends nothing twice."""
    if job.subject is None:
        return
    with transaction.atomic():
        by_every_channel(job.subject, at=at)
        Job.objects.filter(id=job.id).update(done_at=at)


def ring_for_a_drill(persons: Iterable[UUID], *, at: datetime) -> None:
    """Ask people to come to a drill, by the same channels, in words that say so: nobody is to fear for somebody.

    A push has no words of its own; the first page that it leads to says it.
    """
    for person in persons:
        leave(DRILL, subject=person, unique_key=f"{DRILL}:{person}", at=at)


@handles(DRILL)
def send_drill_notice(job: Job, *, at: datetime) -> None:
    """The notice of a drill, likewise once. The outside contact is no part of any."""
    if job.subject is None or not StaffMember.objects.current(at).filter(person=job.subject):
        return
    with transaction.atomic():
        by_every_channel(job.subject, at=at, is_drill=True)
        Job.objects.filter(id=job.id).update(done_at=at)


@channel("letter")
def by_letter(person: UUID, *, at: datetime, is_drill: bool = False) -> None:
    """Send the letter, to current staff or the outside contact with an address; others see it on the desk."""
    address, language = _address_of(person, at=at)
    if address:
        with override(language):
            context = {"desk": _door_of(person, at=at), "team": team_name_within()}
        kind = DRILL if is_drill else NOTICE
        send_template(kind, to=address, context=context, language=language, at=at)


def letters_reach(person: UUID, *, at: datetime) -> bool:
    """Whether a letter would go anywhere."""
    return bool(_address_of(person, at=at)[0])


def _door_of(person: UUID | None, *, at: datetime) -> str:
    """Where they come in: the desk's page that holds nothing, or for the outside contact where they type their code."""
    contact = outside_contact(at)
    if contact is not None and contact.holder == person:
        return f"{settings.CONCORD_PUBLIC}/report/box"
    return f"{settings.CONCORD_DESK}/look"


def _address_of(person: UUID, *, at: datetime) -> tuple[str, str]:
    """Where to write and in which language; an empty address for somebody who left none, or has left."""
    contact = outside_contact(at)
    if contact is not None and contact.holder == person:
        sealed = bytes(contact.address_sealed)
        return unseal_address(sealed, about=about_outside(person)), settings.LANGUAGE_CODE
    staff = StaffMember.objects.current(at).filter(person_id=person).first()
    if staff is None:
        return "", settings.LANGUAGE_CODE
    spoken = [code for code in staff.languages if code in dict(settings.LANGUAGES)]
    return address_left_by(staff) or _of_a_login(person), (spoken or [settings.LANGUAGE_CODE])[0]


def _of_a_login(person: UUID) -> str:
    """The mailbox by which they take part themselves, where they left no other."""
    login = Login.objects.filter(person_id=person, address_sealed__isnull=False).first()
    return address_of(login) or "" if login else ""
