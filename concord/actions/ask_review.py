"""ask_review: somebody who was shut out asks us to look again, or says that they are somebody else."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.access.models import Shut
from concord.actions.models import ReviewRequest
from concord.concurrence.models import Decision, Warrant
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
    *, kind: str, words: str, contact: str, shut: UUID | None, nonce: bytes, at: datetime
) -> tuple[str, ReviewRequest]:
    """File a request, sealed to staff who had no part in the decision, and return the code to come back with.

    No account is needed. The action stands meanwhile. The same form sent twice shows the same code. Raises
    `SayALittle` for an empty or endless text.
    """
    if not words.strip() or len(words) > LONGEST or kind not in KINDS:
        raise SayALittle()
    code, box = issue(nonce, purpose="review", at=at)
    before = ReviewRequest.objects.filter(box=box.id).first()
    if before is not None:
        return code, before
    request_id = uuid4()
    readers = _readers(shut, at=at)
    file = files.open_file(readers=readers, at=at)
    contents = json.dumps({"words": words.strip(), "contact": contact.strip()})
    made = ReviewRequest.objects.create(
        id=request_id,
        code=random_code(),
        kind=kind,
        shut=shut if shut and Shut.objects.filter(id=shut).exists() else None,
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


def _readers(shut: UUID | None, *, at: datetime) -> set[UUID]:
    """Receivers with keys who neither proposed nor agreed to the decision; else the outside contact."""
    receivers = set(StaffMember.objects.receivers(at).values_list("person_id", flat=True))
    return keyholders(receivers - _people_of(shut)) or outside_readers(at)


def _people_of(shut: UUID | None) -> set[UUID]:
    standing = Shut.objects.filter(id=shut).first() if shut else None
    warrant = Warrant.objects.filter(id=standing.warrant).first() if standing else None
    if warrant is None:
        return set()
    decision: Decision | None = warrant.execution.prior_decision or getattr(
        warrant.execution, "decision", None
    )
    agreed = decision.execution.concurrence if decision else None
    recused = set(decision.case.recusals.values_list("person", flat=True)) if decision else set()
    return recused | ({agreed.proposer, agreed.person} if agreed else set())
