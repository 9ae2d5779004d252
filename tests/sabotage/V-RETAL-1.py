"""Two names of one case are nobody."""

import pytest

from concord.retaliation import notice_attempt

STORY = "tests/policy/test_retaliation.py::test_a_report_naming_both_sides_of_an_old_case_goes_before_its_readers_alone"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice_attempt, "is_touched", lambda rows: False)
