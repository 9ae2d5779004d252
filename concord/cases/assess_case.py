"""assess_case: what staff make of a case before anything is proposed or left as it is (workflow.md 4.4)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from concord.cases.close_case import CaseIsClosed
from concord.cases.models import OVER, Assessment, Case, State
from concord.cases.move import move
from concord.cases.write_note import MayNotWriteHere
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring

LIVE = {
    "now": _("Yes, it goes on"),
    "may": _("It has stopped and may start again"),
    "over": _("No"),
}
"""Is somebody at risk at this moment?"""
QUESTIONS = (
    _("Is somebody at risk at this moment?"),
    _("What would an action rest on?"),
    _("What was wished by whoever it happened to?"),
    _("Whom could it put at risk, if we act and if we do not?"),
)


class NotFullyAssessed(Refused):
    """Each of the four questions is answered, if only with "nobody has said"."""

    words = _("Please answer each of the four. One sentence is enough; nothing you wrote is lost.")
    status = 409


class Assessed(NamedTuple):
    """The four questions: is it live, what would an action rest on, what was wished, who could come to harm."""

    live: str = ""
    grounds: str = ""
    wishes: str = ""
    safety: str = ""


@transaction.atomic
def assess_case(case: Case, *, said: Assessed, by: StaffMember, at: datetime) -> Assessment:
    """Seal the answers to the case. Said anew they stand beside the older ones; the newest counts.

    A proposal asks the same and more, so nobody has to do this first; whoever leaves a case without an action
    does (`decide_no_action`), and what waits for a colleague's yes then is void.

    Raises `NotFullyAssessed`, `MayNotWriteHere` for whoever cannot open it, `CaseIsClosed`.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    if not (by.is_current(at) and files.may_open(case.file, by.person_id)):
        raise MayNotWriteHere(subject=case.id)
    if case.state in OVER:
        raise CaseIsClosed(subject=case.id)
    said = Assessed(*(answer.strip() for answer in said))
    if said.live not in LIVE or not all(said):
        raise NotFullyAssessed(subject=case.id)
    assessment_id = uuid4()
    sealed = files.seal(case.file, json.dumps(said._asdict()).encode(), about=about(assessment_id))
    assessment = Assessment.objects.create(
        id=assessment_id, case=case, sealed=sealed, assessed_by=by.person_id, assessed_at=at
    )
    if case.state in (State.OPEN, State.REOPENED):
        move(case, State.ASSESSED, at=at)
    case.no_actions.asked().update(ended_at=at)
    record("cases.assess", actor=by.person_id, subject=case.id, at=at)
    return assessment


def read_assessment(assessment: Assessment, *, keyring: Keyring) -> Assessed:
    """What was said. Raises NoGrant."""
    plain = files.unseal(
        assessment.case.file,
        bytes(assessment.sealed),
        about=about(assessment.id),
        keyring=keyring,
    )
    return Assessed(**json.loads(plain))


def in_words(said: Assessed) -> list[tuple[Words | str, Words | str]]:
    """Each question with its answer, as it is shown."""
    answers = (LIVE.get(said.live, said.live), said.grounds, said.wishes, said.safety)
    return list(zip(QUESTIONS, answers, strict=True))


def about(assessment: UUID) -> str:
    return f"assessment:{assessment}"
