"""import_registrants: people who registered elsewhere are registered here (P-OPEN-1, P-GUIDE-1, P-RISK-1).

They are in no room by that: each shows that the mailbox is theirs, acknowledges the policy and reads the guidelines
like anybody. No answer says who was known here before, or who may not come in: a file of one line would be a question
about one person. That is also why the gate is not asked here; it stands before every room. What an organiser can still
learn is that the number of all who are registered did not grow; each file that was taken is an entry of the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Convening, Registration, State
from concord.convenings.names_here import is_of_the_team, names_of_the_team
from concord.convenings.plan_convening import HasEnded
from concord.convenings.read_registrants import Registrant
from concord.ledger.record import record
from concord.people.designate import must_plan
from concord.people.login_of_mailbox import login_of_mailbox
from concord.people.models import StaffMember
from concord.refusals import Refused

BATCH = 25
"""People in one transaction: others write meanwhile. What stopped half-way is brought again, and twice is once."""


class TakenForTheTeam(Refused):
    """A name in the file is one by which people know the team. Says the lines, never the names."""

    status = 409

    def __init__(self, lines: Sequence[int]) -> None:
        super().__init__()
        self.words = _(
            "By these names people here know somebody on the team. Add a word to each; nobody was registered. "
            "Lines: %(lines)s"
        ) % {"lines": ", ".join(map(str, lines[:20]))}


def import_registrants(
    convening: Convening, people: Sequence[Registrant], *, by: StaffMember, at: datetime
) -> None:
    """Register each of them who is not; whoever is stays as they are, with the name they chose.

    The ledger is told that a file was taken, and nobody in it. Raises NotYoursToDesignate, HasEnded, TakenForTheTeam,
    before anybody is registered.
    """
    with transaction.atomic():
        must_plan(by, at=at)
        _check_open(convening)
        known = names_of_the_team(person=None, at=at)
        taken = [one.line for one in people if is_of_the_team(one.name, known)]
        if taken:
            raise TakenForTheTeam(taken)
        record("convenings.import_registrants", actor=by.person_id, subject=convening.id, at=at)
    for start in range(0, len(people), BATCH):
        _register(convening, people[start : start + BATCH])


@transaction.atomic
def _register(convening: Convening, people: Sequence[Registrant]) -> None:
    _check_open(convening)
    for one in people:
        login = login_of_mailbox(one.address, language=one.language)
        Registration.objects.get_or_create(
            convening=convening,
            person_id=login.person_id,
            defaults={"display_name": one.name, "pronouns": one.pronouns},
        )


def _check_open(convening: Convening) -> None:
    held = Convening.objects.select_for_update(no_key=True).get(id=convening.id)
    if held.state == State.ENDED:
        raise HasEnded(subject=convening.id)
