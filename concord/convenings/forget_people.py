"""forget_people: some time after an event, who took part in it is forgotten (P-RISK-1, K-PRIV-1).

What outlives it are shuts and decisions: whoever is shut out is known again by the keyed tokens that lie with
their shut, also behind an alias.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, ProtectedError, QuerySet
from django.utils.translation import gettext_lazy as _

from concord.access.models import Shut
from concord.convenings.end_convening import end_convening
from concord.convenings.models import Convening, GuidelinesLetter, Registration, State
from concord.ledger.record import record
from concord.outbox.clocks import erases
from concord.people.ask_sign_in import KEPT as ASKED_LATELY
from concord.people.forget_logins import forget_logins
from concord.people.models import Login, Person, SignInAsk, StaffMember

BATCH = 200
"""Rows in one transaction. What was forgotten stays so when the next batch fails; the next run goes on."""

Remembers = Callable[[list[UUID], datetime], set[UUID]]

_remembers: list[Remembers] = []


def remembers(lent: Remembers) -> Remembers:
    """Register who of these persons must still be known by the tokens of their mailbox; rooms above lend theirs."""
    if lent not in _remembers:
        _remembers.append(lent)
    return lent


def forget_people(*, at: datetime) -> None:
    """Erase registrations of events over for the host's time, and mailboxes that no other event needs.

    That time is CONCORD_KEEP_ADDRESSES_DAYS. An event that nobody ended is ended first, as it was planned. A
    registration that a post still hangs on loses its name, its acknowledgement and what it was written, and goes
    with the post.
    Twice is once; desk logins, shuts and decisions are not touched.
    """
    over = Convening.objects.over_since(_kept_since(at))
    for convening in over.exclude(state=State.ENDED):
        _end_as_planned(convening, at=at)
    for convening in over.filter(Exists(_named().filter(convening=OuterRef("pk")))):
        _forget_registrations(convening, at=at)
    last: UUID | None = None
    while persons := _next_persons(last, at=at):
        _forget_mailboxes(persons, at=at)
        last = persons[-1]


def due(at: datetime) -> Iterator[date]:
    """One day for each registration that would go."""
    days = timedelta(days=settings.CONCORD_KEEP_ADDRESSES_DAYS)
    for convening in Convening.objects.over_since(_kept_since(at)):
        over = (convening.ended_at or convening.ends_at) + days
        yield from [over.date()] * _named().filter(convening=convening).count()


erases("convenings.forget_people", _("names and mailboxes of people who took part"), due=due)(
    forget_people
)


def _kept_since(at: datetime) -> datetime:
    return at - timedelta(days=settings.CONCORD_KEEP_ADDRESSES_DAYS)


@transaction.atomic
def _end_as_planned(convening: Convening, *, at: datetime) -> None:
    end_convening(convening, by=None, at=at)
    Convening.objects.filter(id=convening.id).update(ended_at=F("ends_at"))


def _named() -> QuerySet[Registration]:
    """Registrations that still say something about somebody."""
    return Registration.objects.exclude(
        display_name="", pronouns="", acknowledged_version__isnull=True
    )


def _forget_registrations(convening: Convening, *, at: datetime) -> None:
    named = _named().filter(convening=convening)
    while ids := list(named.values_list("id", flat=True)[:BATCH]):
        with transaction.atomic():
            _forget_some(ids)
            if not named.exists():
                record("convenings.forget_people", actor=None, subject=convening.id, at=at)


def _forget_some(ids: list[UUID]) -> None:
    some = Registration.objects.filter(id__in=ids)
    some.update(display_name="", pronouns="", acknowledged_version=None)
    GuidelinesLetter.objects.filter(registration__in=ids).delete()
    try:
        with transaction.atomic():
            some.delete()
    except ProtectedError:  # at least one of them wrote something that is kept a while longer
        for one in some:
            _delete_if_free(one)


def _delete_if_free(registration: Registration) -> None:
    try:
        with transaction.atomic():
            registration.delete()
    except ProtectedError:
        pass


def _next_persons(last: UUID | None, *, at: datetime) -> list[UUID]:
    """Persons with a mailbox and no event that still needs it, in the order of their ids."""
    persons = Person.objects.filter(
        Exists(Login.objects.filter(person=OuterRef("pk"), mailbox_token__isnull=False))
    )
    persons = _unneeded(persons, at=at).order_by("id")
    if last is not None:
        persons = persons.filter(id__gt=last)
    return list(persons.values_list("id", flat=True)[:BATCH])


def _unneeded(persons: QuerySet[Person], *, at: datetime) -> QuerySet[Person]:
    """Without a registration that counts, and not on their way in: whoever asked lately may be about to register."""
    over = Convening.objects.over_since(_kept_since(at))
    needed = Registration.objects.exclude(convening__in=over).filter(person=OuterRef("pk"))
    asked = SignInAsk.objects.filter(asked_at__gt=at - ASKED_LATELY).values("mailbox_token")
    coming = Login.objects.filter(person=OuterRef("pk"), mailbox_token__in=asked)
    return persons.filter(~Exists(needed), ~Exists(coming))


@transaction.atomic
def _forget_mailboxes(persons: list[UUID], *, at: datetime) -> None:
    """Asked again under the lock: whoever registered in the meantime, or is about to, is left alone."""
    held = Person.objects.select_for_update().filter(id__in=persons).order_by("id")
    list(held)
    still = list(
        _unneeded(Person.objects.filter(id__in=persons), at=at).values_list("id", flat=True)
    )
    forget_logins(still, known_by_token=_known_by_token(still, at=at), at=at)


def _known_by_token(persons: list[UUID], *, at: datetime) -> set[UUID]:
    """Whose mailbox must be known again though nothing says its address.

    Current staff, for one human stays one Person; and whoever is shut out and shares a mailbox, for which no
    token lies with the shut: the login itself is the token then.
    """
    staff = StaffMember.objects.current(at).filter(person__in=persons)
    shared = Login.objects.filter(
        person__in=Shut.objects.not_over(at).filter(person__in=persons).values("person"),
        mailbox_token__isnull=False,
        canonical_token__isnull=True,
    )
    lent = (remembered(persons, at) for remembered in _remembers)
    return set(staff.values_list("person", flat=True)).union(
        shared.values_list("person", flat=True), *lent
    )
