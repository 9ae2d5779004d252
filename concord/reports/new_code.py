"""new_code: what waits behind a code that somebody on the team has just made (I-CONTACT-1, K-WISH-1).

Whoever makes it sees it: by typing a report in, or for somebody who lost theirs. They could open the box in the
reporter's place. So for a while it lets nobody in, withdraws no wish to have a part, and takes on no other way to reach
them; it takes the report from nobody as long as that would leave it with its maker alone. Reading, writing, and erasing
what they left wait for nothing. A second reader who has spoken with them ends the while (`confirm_code`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.models import NewCode, Report
from concord.vault.sight import is_read_by

SETTLES_AFTER = timedelta(hours=48)


class NewCodeWaits(Refused):
    """Nobody decides in the reporter's place with a code that was handed over a moment ago."""

    words = _(
        "Somebody on the team gave you this code a short while ago. So that nobody else decides in your place, "
        "this waits for two days, or until a second person on the team has confirmed that the code is yours. "
        "Reading and writing to us works at once."
    )
    status = 409
    is_kept = False


def newest_code(report: Report) -> NewCode | None:
    """The last one that somebody on the team made."""
    return report.new_codes.order_by("-made_at").first()


def unsettled(report: Report, *, at: datetime) -> NewCode | None:
    """The newest code, while it is that new and nobody else has confirmed it."""
    newest = newest_code(report)
    if newest is None or newest.confirmed_by is not None or settles_at(newest) <= at:
        return None
    return newest


def settles_at(code: NewCode) -> datetime:
    return code.made_at + SETTLES_AFTER


def check_settled(report: Report, *, at: datetime) -> None:
    """Raise NewCodeWaits while the code is that new."""
    if unsettled(report, at=at) is not None:
        raise NewCodeWaits(subject=report.id)


def made_for_others(staff: StaffMember, *, at: datetime) -> list[NewCode]:
    """Those that colleagues made lately for reports which this member reads, and that nobody has confirmed."""
    lately = NewCode.objects.filter(made_at__gt=at - SETTLES_AFTER, confirmed_by__isnull=True)
    reads = Report.objects.filter(is_read_by(staff.person_id), id__in=lately.values("report"))
    others = lately.filter(report__in=reads).exclude(by_staff=staff.person_id)
    return list(others.select_related("report").order_by("made_at"))
