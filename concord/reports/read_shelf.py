"""read_shelf: what is sealed to the outside contact: reports and flags by code, urgency and age; broken promises."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from concord.ledger.record import record
from concord.letterbox.read import read
from concord.letterbox.session import Held
from concord.monitoring.models import Flag
from concord.reports.models import UNANSWERED, Report
from concord.reports.outside import Outside, check_may_read
from concord.vault.sight import is_seen_by


class Noted(NamedTuple):
    """A promise that was broken: a report's code, and when it was raised."""

    words: str
    pushed_at: datetime


class Shelf(NamedTuple):
    """Rows alone, but for the notes, which say no more than a code. Oldest first within each."""

    waiting: list[Report]
    others: list[Report]
    flags: list[Flag]
    notes: list[Noted]


@transaction.atomic
def read_shelf(by: Outside, *, held: Held, at: datetime) -> Shelf:
    """What lies with them; first what waits for an answer, or was added to. Raises SayFirstThatYouKeepIt."""
    check_may_read(by)
    theirs = is_seen_by(by.contact.holder)
    reports = list(Report.objects.filter(theirs).order_by("-urgent", "received_at"))
    shelf = Shelf(
        waiting=[one for one in reports if _waits(one)],
        others=[one for one in reports if not _waits(one)],
        flags=list(Flag.objects.filter(theirs).order_by("raised_at")),
        notes=[
            Noted(one.plaintext.decode(), one.pushed_at)
            for one in read(held.box, held.code)
            if one.kind == "promise"
        ],
    )
    record("reports.read_shelf", actor=by.contact.holder, subject=by.contact.holder, at=at)
    return shelf


def _waits(report: Report) -> bool:
    return report.state in UNANSWERED or report.added_at is not None
