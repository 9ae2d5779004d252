"""asked_again: that a reporter asked us to look again, and until when they were promised an answer, in their box."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from concord.letterbox.models import Box
from concord.letterbox.push import push
from concord.letterbox.read import Opened
from concord.reports.lay_outcome import KIND as OUTCOME
from concord.reports.lay_outcome import looked_again
from concord.reports.leave_notice import leave_notice
from concord.reports.models import Report

KIND = "again"
LOOKED = "looked"
"""An answer of whoever looked again: it lies in the box, and is no word of the report's own file."""


class AskedAgain(NamedTuple):
    """When they asked, and when the answer is due."""

    asked_at: datetime
    due_at: datetime


def note_asked_again(report: Report, *, due_at: datetime, at: datetime) -> None:
    """Lay it in their box, where the answer will lie too."""
    for box in Box.objects.filter(id=report.box) if report.box else []:
        push(box, due_at.isoformat().encode(), kind=KIND, at=at)


def tell_who_reported(report: Report, answer: str, *, at: datetime) -> None:
    """Lay the words of whoever looked at it where whoever reported finds every other answer."""
    for box in Box.objects.filter(id=report.box) if report.box else []:
        push(box, answer.encode(), kind=LOOKED, at=at)
        leave_notice(report, at=at)


def asked_again(opened: list[Opened]) -> AskedAgain | None:
    """What still waits, among what lies in the box; None once they were told what came of it."""
    asked = [each for each in opened if each.kind == KIND]
    if not asked:
        return None
    newest = max(asked, key=lambda each: each.pushed_at)
    told = [each for each in opened if each.kind == OUTCOME and looked_again(each.plaintext)]
    if any(each.pushed_at >= newest.pushed_at for each in told):
        return None
    return AskedAgain(newest.pushed_at, datetime.fromisoformat(newest.plaintext.decode()))
