"""stay_out: the reporter withdraws the wish to be involved; recorded, and it closes nothing (K-WISH-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.letterbox.session import Held
from concord.reports.change_choices import seal_anew
from concord.reports.hold_back import hold_back, is_held_back
from concord.reports.keep_out import keep_out
from concord.reports.models import Report


@transaction.atomic
def stay_out(report: Report, *, held: Held, at: datetime) -> Report:
    """Note that the reporter wants no further part in it. That closes nothing (workflow 4.2). Twice is once.

    Behind a code that has not settled it is held back. Once that has, whoever they decided to keep out is out by it.
    """
    if is_held_back(report, at=at):
        report = hold_back(report, held=held, changes={"involved": False}, at=at)
        return keep_out(report, [], held=held, at=at)
    return seal_anew(report, {"involved": False}, "reports.stay_out", held=held, at=at)
