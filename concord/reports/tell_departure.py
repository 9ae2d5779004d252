"""tell_departure: whoever reported hears beforehand that a wish of theirs may not be kept, and for which reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.letterbox.push import push
from concord.reports.add_words import say
from concord.reports.leave_notice import leave_notice
from concord.reports.models import Report
from concord.reports.read_report import Said
from concord.reports.told import Told

TEXT = _(
    "You told us what you wish. It may be that we cannot keep to all of it, for one reason: %(why)s.\n\n"
    "Nothing has been done yet. You can write to us here if you want to; nothing waits for it."
)


@transaction.atomic
def tell_departure(
    report: Report,
    *,
    told: Told,
    words: Iterable[Said],
    why: str | Words,
    by: UUID,
    at: datetime,
) -> bool:
    """Lay it in the reporter's box, in their language, if they chose to hear from us (K-LIMIT-1).

    The sentence is ours and says neither which wish nor what is proposed. The same is told once. Returns whether it
    was laid there now. `told` and `words` are the report as its coordinator has it open.
    """
    box = Box.objects.filter(id=report.box).first() if report.box else None
    with override(told.language):
        text = str(TEXT) % {"why": str(why)}
    if box is None or told.hear == "nothing" or any(said.text == text for said in words):
        return False
    say(report, text, by_staff=by, at=at)
    push(box, text.encode(), kind="answer", at=at)
    leave_notice(report, at=at)
    record("reports.tell_departure", actor=by, subject=report.id, at=at)
    return True
