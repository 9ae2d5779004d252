"""A report about the team goes to the team."""

import pytest

from concord.people.models import StaffMember
from concord.reports import receive_report

STORY = "tests/policy/test_reports.py::test_about_the_team_it_reaches_the_outside_contact_and_nobody_of_the_team"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    team = StaffMember.objects.filter(role="receiver").values_list("person_id", flat=True)
    monkeypatch.setattr(receive_report, "outside_readers", lambda at: set(team.all()))
