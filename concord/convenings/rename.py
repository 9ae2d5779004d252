"""rename: people say themselves what they are called, and the name they gave up goes (V-MISGENDER-1, V-OUTING-1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from concord import names
from concord.access.gate import MayOnlyRead, admit, limit_of
from concord.access.models import Place
from concord.convenings.models import Convening, Registration
from concord.convenings.names_here import check_name, looks, read_pronouns
from concord.convenings.signals import participant_renamed
from concord.people.models import Person
from concord.refusals import Refused

MOST_RENAMES = 12
"""In one event. Every change shows in every open page, so that a name could be made to flicker."""


class NotYoursToRename(Refused):
    """Nobody, of the team or not, says for somebody else what they are called."""

    words = _("Only you yourself can change the name others see.")


class NameInUse(Refused):
    """Somebody others know from the rooms goes by this name already."""

    words = _(
        "Somebody who has written here goes by this name, or by one that looks the same. "
        "Please add a word to it, so that nobody takes you for each other."
    )
    status = 409


class RenamedOften(Refused):
    """The rooms have shown enough changes of one name."""

    words = _(
        "You have changed your name here many times, and each change shows in every room. "
        "If you need another one, please write to us."
    )
    status = 409


LendsKnown = Callable[[Convening], "QuerySet[Registration]"]
_known: list[LendsKnown] = []


def lends_known(lend: LendsKnown) -> LendsKnown:
    """Register who is known by their name in an event; the rooms, which sit above, see who has written."""
    _known[:] = [lend]
    return lend


@transaction.atomic
def rename(
    registration: Registration, *, display_name: str, pronouns: str = "", by: UUID, at: datetime
) -> Registration:
    """Take on another name or other pronouns; everywhere at once, and the former ones are kept nowhere.

    Of the person it is kept how often they did: by that, what was sealed before knows not to show its name again.

    Holds the person's gate, so that no post of theirs commits in between and is told under the old name. The same
    name again changes nothing. Whoever has lost access, or only reads for a time, keeps the name they have: it
    would be one more way to speak. The ledger gets no entry, for that somebody changed their name is theirs.
    Raises NotYoursToRename, NotAdmitted, MayOnlyRead, NameOfTheTeam, NameInUse, RenamedOften; ValueError for a
    name that is empty or too long.
    """
    name, pronouns = names.clean_display_name(display_name), read_pronouns(pronouns)
    if by != registration.person_id:
        raise NotYoursToRename(subject=registration.id)
    _check_gate(by, registration.convening, at=at)
    convening = Convening.objects.select_for_update(no_key=True).get(id=registration.convening_id)
    registration = Registration.objects.select_for_update(no_key=True).get(id=registration.id)
    if (name, pronouns) == (registration.display_name, registration.pronouns):
        return registration
    is_another = name != registration.display_name
    if is_another:
        check_name(name, person=registration.person, at=at)
        _check_others(name, registration, convening)
    if registration.renames >= MOST_RENAMES:
        raise RenamedOften(subject=registration.id)
    if is_another:
        Person.objects.filter(id=by).update(renames=F("renames") + 1)
    registration.display_name, registration.pronouns = name, pronouns
    registration.renames += 1
    registration.save(update_fields=["display_name", "pronouns", "renames"])
    participant_renamed.send(sender=Registration, registration=registration, at=at)
    return registration


def _check_gate(person: UUID, convening: Convening, *, at: datetime) -> None:
    """The gate is held to the end; a limit in any session of the event counts, for the name shows in all of them."""
    admit(person, convening.places, at=at)
    sessions = [Place("session", id) for id in convening.sessions.values_list("id", flat=True)]
    limit = limit_of(person, [*convening.places, *sessions], at=at)
    if limit is not None and limit.pace is None:
        raise MayOnlyRead(limit)


def _check_others(name: str, registration: Registration, convening: Convening) -> None:
    """Only those whom others know from the rooms are compared: else the answer would tell who has registered.

    Whoever arrives with the name of somebody here is a namesake, and let in as anybody (P-OPEN-1); to take on a
    name that others know already is another thing.
    """
    wanted = looks(name)
    for lend in _known:
        known = lend(convening).exclude(id=registration.id).exclude(display_name="")
        for other in known.values_list("display_name", flat=True).iterator():
            if looks(other) & wanted:
                raise NameInUse
