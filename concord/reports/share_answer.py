"""share_answer: the reporter shows one of our answers to the person beside them, and nothing else (I-SUPPORT-1)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.letterbox.push import push
from concord.letterbox.read import read
from concord.letterbox.session import Held
from concord.reports.models import Report, Shared, Supporter

MAY_BE_SHARED = ("answer", "outcome", "receipt")
"""Never the reporter's own words or choices: those they can tell themself."""


@transaction.atomic
def share_answer(report: Report, answer: UUID, *, held: Held, at: datetime) -> bool:
    """Lay it in the support person's box as well. False when there is nothing to share, or nobody. Twice is once."""
    there = Supporter.objects.select_for_update().filter(report=report).first()
    box = Box.objects.filter(id=there.box).first() if there else None
    found = [one for one in read(held.box, held.code) if one.id == answer]
    if there is None or box is None or not found or found[0].kind not in MAY_BE_SHARED:
        return False
    _shared, fresh = Shared.objects.get_or_create(supporter=there, answer=answer)
    if fresh:
        push(box, found[0].plaintext, kind=found[0].kind, at=at)
        record("reports.share_answer", actor=None, subject=report.id, at=at)
    return True
