"""register: anyone may take part, with a name of their choice and a mailbox (P-OPEN-1, P-RISK-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord import names
from concord.access.gate import admit
from concord.convenings.models import Convening, Registration, State
from concord.people.models import Person
from concord.refusals import Refused

LONGEST_PRONOUNS = 30


class RegistrationHasEnded(Refused):
    """The event is over."""

    words = _("This event has ended, so it takes no more registrations.")
    status = 409


@transaction.atomic
def register(
    convening: Convening, *, person: Person, display_name: str, pronouns: str = "", at: datetime
) -> Registration:
    """Register a person for an event once; again, it only takes the new name. The gate is asked first.

    No time is kept and the ledger gets no entry, for it would be a timed list of who attends.
    Raises NotAdmitted, RegistrationHasEnded; ValueError for a name that is empty or too long.
    """
    name, pronouns = names.clean_display_name(display_name), read_pronouns(pronouns)
    admit(person.id, convening.places, at=at)
    if convening.state == State.ENDED:
        raise RegistrationHasEnded(subject=convening.id)
    registration, _is_new = Registration.objects.update_or_create(
        convening=convening, person=person, defaults={"display_name": name, "pronouns": pronouns}
    )
    return registration


def read_pronouns(typed: str) -> str:
    """Pronouns as shown beside a name; empty when none were typed. Raises ValueError when too long."""
    if not typed.strip():
        return ""
    pronouns = names.clean_display_name(typed)
    if len(pronouns) > LONGEST_PRONOUNS:
        raise ValueError(_("Please keep this within 30 characters."))
    return pronouns
