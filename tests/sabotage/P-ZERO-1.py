"""An overdue flag rings nobody."""

import pytest

from concord.monitoring import alarm_unreviewed

STORY = (
    "tests/policy/test_nothing_fades_away.py::test_a_flag_nobody_answers_rings_wider_and_stays_open"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm_unreviewed, "ring", lambda persons, at: None)
