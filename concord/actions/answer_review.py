"""answer_review: a person who had no part in the decision answers whoever asked us to look again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.actions.models import ReviewRequest
from concord.actions.read_reply import may_write, read_reply
from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.letterbox.push import push
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.asked_again import tell_who_reported
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.keyring import Keyring


class AnswerIsEmpty(Refused):
    """An answer without words is none."""

    words = _("Please write the answer first.")
    status = 409


class NotReadForNames(Refused):
    """Words that nobody can read for the names in the case do not go."""

    words = _(
        "What is written to them is read for names first, and your key does not open the case. "
        "Whoever looks at it writes to them. Nothing was sent, and nothing is lost."
    )
    status = 409


@transaction.atomic
def answer_review(
    request: ReviewRequest, *, answer: str, by: StaffMember, keyring: Keyring, at: datetime
) -> ReviewRequest:
    """Lay an answer into the box that the person's code opens; of a reporter, into that of their report, too.

    More than one may follow. One that names nothing we decided rests with an answer given after it was raised.

    Changes no decision. Raises `AnswerIsEmpty`, `NotReadForNames`, NoGrant, and what `read_reply` raises (K-NAME-1).
    """
    request = ReviewRequest.objects.select_for_update().get(id=request.id)
    if not (by.is_current(at) and files.may_open(request.file, by.person_id)):
        raise NoGrant(subject=request.id)
    if not answer.strip():
        raise AnswerIsEmpty(subject=request.id)
    if not may_write(request, by.person_id):
        raise NotReadForNames(subject=request.id)
    read_reply(answer, request, by=by.person_id, keyring=keyring, at=at)
    box = Box.objects.filter(id__in=[request.box]).first()
    if box is not None:
        push(box, answer.strip().encode(), kind="answer", at=at)
    if request.report is not None:
        tell_who_reported(request.report, answer.strip(), at=at)
    if request.answered_at is None or _names_nothing(request):
        request.answered_at = at
    request.save(update_fields=["answered_at"])
    record("actions.answer_review", actor=by.person_id, subject=request.id, at=at)
    return request


def _names_nothing(request: ReviewRequest) -> bool:
    return request.decision_id is None and request.report_id is None
