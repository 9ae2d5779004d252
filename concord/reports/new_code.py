"""new_code: what waits behind a code that somebody on the team has just made (I-CONTACT-1, K-WISH-1).

Whoever makes it sees it: by typing a report in, or for somebody who lost theirs. They could open the box in the
reporter's place. So for a while what is decided with it is held back (`hold_back`), but for keeping somebody out, where
that does not leave it to its maker alone. Reading and writing wait for nothing. A second reader who has spoken with
them ends the while (`confirm_code`), and then it is carried out.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from concord.people.models import StaffMember
from concord.reports.models import NewCode, Report
from concord.vault.sight import is_read_by

SETTLES_AFTER = timedelta(hours=48)


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


def made_for_others(staff: StaffMember, *, at: datetime) -> list[NewCode]:
    """Those that colleagues made lately for reports which this member reads, and that nobody has confirmed."""
    lately = NewCode.objects.filter(made_at__gt=at - SETTLES_AFTER, confirmed_by__isnull=True)
    reads = Report.objects.filter(is_read_by(staff.person_id), id__in=lately.values("report"))
    others = lately.filter(report__in=reads).exclude(by_staff=staff.person_id)
    return list(others.select_related("report").order_by("made_at"))
