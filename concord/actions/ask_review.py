"""ask_review: somebody who was shut out asks us to look again, or says that they are somebody else."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.access.models import Shut
from concord.actions.models import ReviewRequest
from concord.actions.review_reference import executions_named_by
from concord.concurrence.models import Decision, Execution, Warrant
from concord.ledger.codes import random_code
from concord.ledger.record import record
from concord.letterbox.issue import issue
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import outside_readers
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyholders import keyholders

ANSWER_LIVE = timedelta(hours=24)
LONGEST = 10_000
KINDS = ("review", "not_me")


class SayALittle(Refused):
    """A request needs a few words."""

    words = _("Please tell us in a few words. Nothing you wrote is lost.")
    status = 409


@transaction.atomic
def ask_review(
    *,
    kind: str,
    words: str,
    contact: str,
    shut: UUID | None,
    nonce: bytes,
    at: datetime,
    number: str = "",
) -> tuple[str, ReviewRequest]:
    """File a request, sealed to staff who had no part in the decision, and return the code to come back with.

    Which decision it is about is told by `shut`, from the gate's own page, or by the `number` of a notice; when
    neither tells, all who receive reports read it. No account is needed. The action stands meanwhile. The same
    form sent twice shows the same code. Raises `SayALittle` for an empty or endless text.
    """
    if not words.strip() or len(words) > LONGEST or kind not in KINDS:
        raise SayALittle()
    code, box = issue(nonce, purpose="review", at=at)
    before = ReviewRequest.objects.filter(box=box.id).first()
    if before is not None:
        return code, before
    request_id = uuid4()
    executions = [*_executions_behind(shut), *executions_named_by(number)]
    readers = _readers(executions, at=at)
    file = files.open_file(readers=readers, at=at)
    contents = json.dumps({"words": words.strip(), "contact": contact.strip()})
    made = ReviewRequest.objects.create(
        id=request_id,
        code=random_code(),
        kind=kind,
        shut=shut if shut and Shut.objects.filter(id=shut).exists() else None,
        named=bool(executions),
        file=file.id,
        sealed=files.seal(file.id, contents.encode(), about=f"review:{request_id}"),
        box=box.id,
        filed_at=at,
        answer_due_at=at + ANSWER_LIVE,
    )
    record("actions.ask_review", actor=None, subject=made.id, at=at, kind=kind)
    tell_desks(readers, "review", made.id)
    ring(readers, at=at)
    return code, made


def _readers(executions: list[Execution], *, at: datetime) -> set[UUID]:
    """Receivers with keys who had no part in the decision; else the outside contact."""
    receivers = set(StaffMember.objects.receivers(at).values_list("person_id", flat=True))
    part = {person for execution in executions for person in _people_of(execution)}
    return keyholders(receivers - part) or outside_readers(at)


def _executions_behind(shut: UUID | None) -> list[Execution]:
    standing = Shut.objects.filter(id=shut).first() if shut else None
    warrant = Warrant.objects.filter(id=standing.warrant).first() if standing else None
    return [warrant.execution] if warrant else []


def _people_of(execution: Execution) -> set[UUID]:
    """Who proposed, agreed or carried it out, and who stepped out of the case it came from."""
    decision: Decision | None = execution.prior_decision or getattr(execution, "decision", None)
    if decision is None:
        return set()
    recused = set(decision.case.recusals.values_list("person", flat=True))
    made = decision.execution
    agreed = made.concurrence
    deciding = {agreed.proposer, agreed.person} if agreed else set()
    acting = {person for person in (made.executed_by, execution.executed_by) if person}
    return recused | deciding | acting
