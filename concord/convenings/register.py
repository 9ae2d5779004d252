"""register: anyone may take part, with a name of their choice and a mailbox (P-OPEN-1, P-RISK-1)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord import names
from concord.access.gate import admit
from concord.convenings.models import Convening, Registration, State
from concord.people.models import Person, StaffMember
from concord.people.name_organisation import name_organisation
from concord.people.team_name import team_names
from concord.refusals import Refused

LONGEST_PRONOUNS = 30


class RegistrationHasEnded(Refused):
    """The event is over."""

    words = _("This event has ended, so it takes no more registrations.")
    status = 409


class NameOfTheTeam(Refused):
    """Nobody takes part under a name by which others know the team, or whoever receives reports."""

    words = _(
        "People here know somebody on the team by this name, or by one that looks the same. "
        "Please add a word to it, so that nobody takes you for them."
    )
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
    """Register a person for an event once; again, it only takes the new name. The gate is asked first.

    An organisation is kept if one is named; without one, what the person named before stays as it is. No time is
    kept and the ledger gets no entry, for it would be a timed list of who attends.
    Raises NotAdmitted, RegistrationHasEnded, NameOfTheTeam; ValueError for a name that is empty or too long.
    """
    name, pronouns = names.clean_display_name(display_name), read_pronouns(pronouns)
    check_name(name, person=person, at=at)
    admit(person.id, convening.places, at=at)
    if convening.state == State.ENDED:
        raise RegistrationHasEnded(subject=convening.id)
    registration, _is_new = Registration.objects.update_or_create(
        convening=convening, person=person, defaults={"display_name": name, "pronouns": pronouns}
    )
    if organisation.strip():
        name_organisation(person, organisation=organisation, at=at)
    return registration


def check_name(name: str, *, person: Person | None, at: datetime) -> None:
    """Raise NameOfTheTeam for a name that looks like one of those which participants are told.

    Only the names that stand on the report form are compared, and the host's own: a refusal of any other
    working name would tell who works here.
    """
    told = StaffMember.objects.receivers(at).exclude(person=person)
    known = [*team_names(), settings.CONCORD_HOST_NAME]
    known += told.values_list("working_name", flat=True)
    if any(_looks(name) & _looks(one) for one in known):
        raise NameOfTheTeam


def _looks(name: str) -> set[str]:
    """The name in plain letters: its words in any order, and run together."""
    words = names.sorted_name(name).split()
    run_together = "".join(sign for sign in names.transliterate(name) if sign.isalnum())
    return {" ".join(words), run_together} - {""}


def read_pronouns(typed: str) -> str:
    """Pronouns as shown beside a name; empty when none were typed. Raises ValueError when too long."""
    if not typed.strip():
        return ""
    pronouns = names.clean_display_name(typed)
    if len(pronouns) > LONGEST_PRONOUNS:
        raise ValueError(_("Please keep this within 30 characters."))
    return pronouns
