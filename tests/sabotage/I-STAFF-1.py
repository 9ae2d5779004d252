"""Everybody on the team receives reports."""

from datetime import datetime
from uuid import UUID

import pytest

from concord.people.models import StaffMember
from concord.reports import receive_report

STORY = "tests/policy/test_reports.py::test_only_designated_staff_find_a_report_and_whoever_is_named_in_it_does_not"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def everybody(at: datetime) -> set[UUID]:
        return set(StaffMember.objects.current(at).values_list("person_id", flat=True))

    monkeypatch.setattr(receive_report, "_receivers", everybody)
