"""What is asked of the policy contact stays readable to whoever read it, also once it is a report."""

import pytest

from concord.people.models import StaffMember
from concord.reports import receive_report

STORY = "tests/policy/test_policy_contact.py::test_what_is_really_a_report_becomes_one_and_fewer_people_read_it"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    everyone = StaffMember.objects.exclude(role="it").values_list("person_id", flat=True)
    monkeypatch.setattr(receive_report, "_receivers", lambda at: set(everyone.all()))
