"""name_organisation: say of oneself where one belongs to, or nothing any more (A-UNIT-1, P-RISK-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.people.models import Affiliation, Person, Source
from concord.people.organisations import (
    announce_ended,
    forget_unused,
    organisation_named,
    read_organisation,
)
from concord.people.signals import affiliation_named


@transaction.atomic
def name_organisation(person: Person, *, organisation: str, at: datetime) -> Affiliation | None:
    """Keep the one organisation that a person names of themself, in place of any other; an empty one erases it.

    Nobody has to, and no other participant is told. What staff noted stays as it is. The ledger keeps no entry,
    for it would be a timed list of who attends. Raises ValueError for a name that nobody can read, or too long.
    """
    name = read_organisation(organisation)
    Person.objects.select_for_update(no_key=True).get(id=person.id)
    own = Affiliation.objects.filter(person=person, source=Source.SELF)
    before = dict(own.values_list("organisation_id", "organisation__folded"))
    if not name:
        own.delete()
        announce_ended(person.id, before.values(), at=at)
        forget_unused(before)
        return None
    affiliation, _is_new = Affiliation.objects.update_or_create(
        person=person,
        source=Source.SELF,
        defaults={"organisation": organisation_named(name), "name": name},
    )
    if affiliation.organisation_id not in before:
        affiliation_named.send(sender=Affiliation, affiliation=affiliation, at=at)
        announce_ended(person.id, before.values(), at=at)
    forget_unused(before.keys() - {affiliation.organisation_id})
    return affiliation
