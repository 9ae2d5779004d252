"""known_members: who is known to belong to an organisation, and how (A-UNIT-1). Others cannot be known.

Nothing here tells more than what people said of themselves and what staff noted. The domain of a mail address says
nothing: whole countries share one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.convenings.models import Registration
from concord.ledger.record import record
from concord.names import fold
from concord.people.models import Affiliation, Source, StaffMember


@dataclass(frozen=True)
class Member:
    """Somebody who is known to belong to it: what they are called in a room, and values of `Source`."""

    person: UUID
    name: str
    how: tuple[str, ...]


@transaction.atomic
def known_members(organisation: str, *, about: UUID, by: StaffMember, at: datetime) -> list[Member]:
    """Look them up, in the course of the case `about`; that one looked is kept, and not for which organisation."""
    record("convenings.known_members", actor=by.person_id, subject=about, at=at)
    return members_of(organisation)


def members_of(organisation: str) -> list[Member]:
    """By name; the organisation in any spelling that looks the same."""
    found: dict[UUID, set[str]] = defaultdict(set)
    for person, source in Affiliation.objects.filter(
        organisation__folded=fold(organisation)
    ).values_list("person", "source"):
        found[person].add(source)
    names = names_in_rooms(found)
    members = [Member(one, names.get(one, ""), tuple(sorted(how))) for one, how in found.items()]
    return sorted(members, key=lambda one: (one.name.casefold(), str(one.person)))


def how_many(members: Iterable[Member]) -> list[tuple[str, int]]:
    """How many are known by each source, in words; somebody known by two counts in both."""
    found = Counter(source for each in members for source in each.how)
    return [(str(Source(source).label), found[source]) for source in sorted(found, reverse=True)]


def names_in_rooms(persons: Iterable[UUID]) -> dict[UUID, str]:
    """What each of these persons is called in the newest event in which they still have a name."""
    named = Registration.objects.filter(person__in=list(persons)).exclude(display_name="")
    rows = named.order_by("convening__starts_at").values_list("person", "display_name")
    return dict(rows)
