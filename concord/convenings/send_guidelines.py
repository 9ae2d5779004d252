"""send_guidelines: everybody registered gets the guidelines of each session by letter, ahead of it (P-GUIDE-1).

The letter is a fixed template and not guarded, though it carries what an organiser wrote: guidelines are the
host's public text, confirmed for the session, on no case, and the same for everyone at its door. Nothing of any
report, case or person is in the hands of whoever writes them here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from concord.access.models import Shut
from concord.convenings.guidelines_read import guidelines_of_each
from concord.convenings.models import (
    Convening,
    Guidelines,
    GuidelinesLetter,
    Registration,
    Session,
    State,
)
from concord.letters.registry import register_kind
from concord.letters.send import send_template
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.addresses import address_of
from concord.people.languages import language_of
from concord.people.models import Login

register_kind("convenings.guidelines", template="convenings/letters/guidelines.txt", guarded=False)

BATCH = 100
"""People in one transaction: with each letter its flag is written, so what stopped half-way is not sent twice."""


@dataclass(frozen=True)
class Sending:
    """How far the letters with the guidelines of one session have come, in numbers, never who.

    Whoever is shut out, or has no address left, counts as seen to: were they left out, two sessions side by side
    would tell the host that somebody may not come in, and the host is not to know.
    """

    begins_at: datetime
    is_due: bool
    seen_to: int
    of: int


def send_guidelines(convening: Convening, *, at: datetime) -> int:
    """Leave a letter for each registered person with the guidelines that are due; return how many letters.

    Due are the newest confirmed guidelines of each session ahead, from CONCORD_GUIDELINES_HOURS before its
    start; confirmed later, at once; confirmed anew, once more. What one person is due at one moment is one
    letter. Nobody gets the same guidelines twice, nobody who is shut out of the session gets them, and whoever
    has no address left gets none. That a letter was left is kept as a flag without a time.
    """
    due = due_guidelines(convening, at=at)
    letters, last = 0, None
    while due and (batch := _next_people(convening, due, after=last)):
        letters += _write_to(batch, due, at=at)
        last = batch[-1]
    return letters


@every("convenings.send_guidelines", seconds=60)
def send_each_minute(job: Job, *, at: datetime) -> None:
    """The clock of it."""
    begin_by = at + _ahead()
    sessions = Session.objects.filter(starts_at__lte=begin_by, ends_at__gt=at)
    for convening in Convening.objects.not_over().filter(sessions__in=sessions).distinct():
        send_guidelines(convening, at=at)


def due_guidelines(convening: Convening, *, at: datetime) -> list[Guidelines]:
    """What holds for each session that is near, in the order of their starts."""
    ahead = [session for session in convening.sessions.all() if is_near(session, at=at)]
    held = guidelines_of_each(ahead)
    return [held[session.id] for session in ahead if session.id in held]


def is_near(session: Session, *, at: datetime) -> bool:
    """Whether a session begins soon. It has begun when its time has come and somebody has opened it.

    From then on its guidelines are read at its door, and no letter could be ahead of it.
    """
    is_open = session.state in (State.OPEN, State.PAUSED)
    has_begun = session.state == State.ENDED or (session.starts_at <= at and is_open)
    return session.starts_at - _ahead() <= at < session.ends_at and not has_begun


def sendings_of(
    convening: Convening, held: Mapping[Session, Guidelines], *, at: datetime
) -> dict[UUID, Sending]:
    """What the host sees of it, by session; people are counted once it is due.

    In as many questions for a day of a hundred sessions as for one, but for sessions that somebody is shut out of.
    """
    near = {session: one for session, one in held.items() if is_near(session, at=at)}
    told = {
        session.id: Sending(session.starts_at - _ahead(), is_due=False, seen_to=0, of=0)
        for session in held
    }
    if not near:
        return told
    registered = _named(convening)
    of = registered.count()
    out = {session: _shut_out(session, at=at) for session in _with_shuts(near, at=at)}
    everywhere = _shut_out(convening, at=at)
    addressed = registered.filter(person__in=_with_address().values("person"))
    letters = GuidelinesLetter.objects.filter(guidelines__in=list(near.values()))
    begun = set(letters.values_list("guidelines_id", flat=True).distinct())

    def waiting_in(people: QuerySet[Registration], some: Collection[Guidelines]) -> Counter[int]:
        had = letters.filter(registration__in=people.values("id"), guidelines__in=list(some))
        counted = dict(had.values_list("guidelines_id").annotate(Count("id")))
        all_of_them = people.count()
        return Counter({one.id: all_of_them - counted.get(one.id, 0) for one in some})

    waiting = waiting_in(
        addressed.exclude(person__in=everywhere),
        [one for session, one in near.items() if session not in out],
    )
    for session, persons in out.items():
        waiting |= waiting_in(addressed.exclude(person__in=persons), [near[session]])
    for session, one in near.items():
        has_begun = one.id in begun or not waiting[one.id]
        told[session.id] = Sending(
            begins_at=session.starts_at - _ahead(),
            is_due=True,
            seen_to=of - waiting[one.id] if has_begun else 0,
            of=of,
        )
    return told


def _ahead() -> timedelta:
    return timedelta(hours=settings.CONCORD_GUIDELINES_HOURS)


def _named(convening: Convening) -> QuerySet[Registration]:
    """Without those who were forgotten and only hold a post together."""
    return convening.registrations.exclude(display_name="")


def _with_address() -> QuerySet[Login]:
    """Also those whom an organiser brought in from elsewhere, before they first sign in."""
    return Login.objects.filter(mailbox_token__isnull=False).exclude(address_sealed=None)


def _shut_out(of: Session | Convening, *, at: datetime) -> set[UUID]:
    shuts = Shut.objects.not_over(at).at_places(of.places)
    return set(shuts.values_list("person_id", flat=True))


def _with_shuts(sessions: Iterable[Session], *, at: datetime) -> list[Session]:
    """Those that somebody is shut out of by themselves, whatever holds for the whole event."""
    known = {session.id: session for session in sessions}
    shuts = Shut.objects.not_over(at).filter(scope_kind="session", scope_id__in=list(known))
    shut = set(shuts.values_list("scope_id", flat=True))
    return [session for id, session in known.items() if id in shut]


def _next_people(
    convening: Convening, due: Collection[Guidelines], *, after: UUID | None
) -> list[UUID]:
    """The next registrations, by id, that have not had all that is due."""
    had = Count("guidelines_letters", filter=Q(guidelines_letters__guidelines__in=due))
    people = _named(convening).annotate(had=had).filter(had__lt=len(due)).order_by("id")
    if after is not None:
        people = people.filter(id__gt=after)
    return list(people.values_list("id", flat=True)[:BATCH])


@transaction.atomic
def _write_to(ids: list[UUID], due: list[Guidelines], *, at: datetime) -> int:
    """Looked at again under the lock: another worker may have written to them meanwhile."""
    held = Registration.objects.select_for_update(of=["self"]).filter(id__in=ids)
    people = list(held.select_related("convening").order_by("id"))
    had = set(
        GuidelinesLetter.objects.filter(registration__in=ids, guidelines__in=due).values_list(
            "registration_id", "guidelines_id"
        )
    )
    out = {
        one.id: _shut_out(one, at=at) for one in _with_shuts((one.session for one in due), at=at)
    }
    everywhere = _shut_out(people[0].convening, at=at) if people else set()
    shut_out = {one.id: out.get(one.session_id, everywhere) for one in due}
    mailboxes = _mailboxes(one.person_id for one in people)
    letters = 0
    for registration in people:
        theirs = [
            one
            for one in due
            if (registration.id, one.id) not in had
            and registration.person_id not in shut_out[one.id]
        ]
        if theirs and (login := mailboxes.get(registration.person_id)):
            _write(registration, login, theirs, at=at)
            letters += 1
    return letters


def _mailboxes(persons: Iterable[UUID]) -> dict[UUID, Login]:
    """One mailbox for each person who has an address."""
    return {
        login.person_id: login
        for login in _with_address().filter(person_id__in=list(persons)).order_by("-id")
    }


def _write(
    registration: Registration, login: Login, guidelines: list[Guidelines], *, at: datetime
) -> None:
    convening = registration.convening
    path = reverse("event", args=[convening.slug], urlconf=settings.ROOT_URLCONF)
    send_template(
        "convenings.guidelines",
        to=address_of(login) or "",
        context={
            "host": settings.CONCORD_HOST_NAME,
            "parts": _by_text(guidelines),
            "zone": convening.zone,
            "link": f"{settings.CONCORD_PUBLIC}{path}",
        },
        language=language_of(login),
        at=at,
    )
    GuidelinesLetter.objects.bulk_create(
        GuidelinesLetter(registration=registration, guidelines=one) for one in guidelines
    )


def _by_text(guidelines: Iterable[Guidelines]) -> list[tuple[list[Session], list[str]]]:
    """Sessions that hold to the same lines stand together: a day of a hundred makes no letter of a thousand lines."""
    alike: dict[tuple[str, ...], list[Session]] = defaultdict(list)
    for one in guidelines:
        alike[tuple(one.lines)].append(one.session)
    return [(sessions, list(lines)) for lines, sessions in alike.items()]
