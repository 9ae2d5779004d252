"""Who reads a report, by working name: what the reporter is told."""

from __future__ import annotations

from concord.people.models import StaffMember
from concord.reports.models import Report
from concord.vault import files


def names_of_readers(report: Report) -> list[str]:
    """The working names of those on the team who can open it; none when it went outside."""
    readers = files.readers(report.file)
    staff = StaffMember.objects.filter(person_id__in=readers).order_by("working_name")
    return list(staff.values_list("working_name", flat=True))
