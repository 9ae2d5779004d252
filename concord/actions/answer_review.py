"""answer_review: a person who had no part in the decision answers whoever asked us to look again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.actions.models import ReviewRequest
from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.letterbox.push import push
from concord.letters.outgoing import read_outgoing
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


@transaction.atomic
def answer_review(
    request: ReviewRequest, *, answer: str, by: StaffMember, keyring: Keyring, at: datetime
) -> ReviewRequest:
    """Lay an answer into the box that the person's code opens; of a reporter, into that of their report, too.

    More than one may follow. One that names nothing we decided rests with an answer given after it was raised.

    Changes no decision. Raises `AnswerIsEmpty`, NoGrant, and what the guard refuses (K-NAME-1).
    """
    request = ReviewRequest.objects.select_for_update().get(id=request.id)
    if not (by.is_current(at) and files.may_open(request.file, by.person_id)):
        raise NoGrant(subject=request.id)
    if not answer.strip():
        raise AnswerIsEmpty(subject=request.id)
    read_outgoing(answer, about=request.id, by=by.person_id, keyring=keyring, at=at)
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
