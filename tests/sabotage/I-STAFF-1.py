"""Whoever is named in a report reads it."""

import pytest

from concord.reports import who_read

STORY = "tests/policy/test_reports.py::test_only_designated_staff_find_a_report_and_whoever_is_named_in_it_does_not"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(who_read, "named_in", lambda text, staff: [])
