"""note_organisation: staff note where somebody belongs to, beside what they said themself (A-UNIT-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.people.designate import must_plan
from concord.people.models import Affiliation, Person, Source, StaffMember
from concord.people.organisations import organisation_named, read_organisation


@transaction.atomic
def note_organisation(
    person: Person, *, organisation: str, by: StaffMember, at: datetime
) -> Affiliation:
    """Note that a person belongs to an organisation, as staff know it; what they said themself stays beside it.

    Noting it twice changes nothing. The person sees the note on their own page. The ledger keeps that something
    was noted about an organisation, not about whom. Raises NotYoursToDesignate; ValueError for a name that is
    empty, that nobody can read, or too long.
    """
    must_plan(by, at=at)
    name = read_organisation(organisation)
    if not name:
        raise ValueError(_("Please write the name of the organisation."))
    affiliation, is_new = Affiliation.objects.get_or_create(
        person=person,
        organisation=organisation_named(name),
        source=Source.STAFF,
        defaults={"name": name},
    )
    if is_new:
        subject = affiliation.organisation_id
        record("people.note_organisation", actor=by.person_id, subject=subject, at=at)
    return affiliation
