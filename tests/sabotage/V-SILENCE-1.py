"""A room that one person holds goes on as if nothing had been pressed."""

import pytest

from concord.spaces.models import BrakeQuerySet

STORY = "tests/policy/test_one_awake.py::test_a_brake_asks_no_second_person_and_outlasts_no_quarter_hour_without_one"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        BrakeQuerySet, "holding", lambda self, at: self.filter(lifted_at__isnull=False)
    )
