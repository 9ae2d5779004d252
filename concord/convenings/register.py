"""register: anyone may take part, with a name of their choice and a mailbox (P-OPEN-1, P-RISK-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord import names
from concord.access.gate import admit
from concord.convenings.models import Convening, Registration, State
from concord.convenings.names_here import check_name, read_pronouns
from concord.convenings.rename import rename
from concord.people.models import Person
from concord.people.name_organisation import name_organisation
from concord.refusals import Refused


class RegistrationHasEnded(Refused):
    """The event is over."""

    words = _("This event has ended, so it takes no more registrations.")
    status = 409


@transaction.atomic
def register(
    convening: Convening,
    *,
    person: Person,
    display_name: str,
    pronouns: str = "",
    organisation: str = "",
    at: datetime,
) -> Registration:
    """Register a person for an event once; again, it only takes the new name, as `rename` does; the gate comes first.

    An organisation is kept if one is named; without one, what the person named before stays as it is. No time is
    kept and the ledger gets no entry, for it would be a timed list of who attends.
    Raises NotAdmitted, RegistrationHasEnded, NameOfTheTeam and what `rename` raises; ValueError for a name that is
    empty or too long.
    """
    name, pronouns = names.clean_display_name(display_name), read_pronouns(pronouns)
    known = Registration.objects.filter(convening=convening, person=person).first()
    if known is not None:
        rename(known, display_name=name, pronouns=pronouns, by=person.id, at=at)
    check_name(name, person=person, at=at)
    admit(person.id, convening.places, at=at)
    if convening.state == State.ENDED:
        raise RegistrationHasEnded(subject=convening.id)
    registration, _is_new = Registration.objects.get_or_create(
        convening=convening, person=person, defaults={"display_name": name, "pronouns": pronouns}
    )
    if organisation.strip():
        name_organisation(person, organisation=organisation, at=at)
    return registration
