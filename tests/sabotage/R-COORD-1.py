"""Nobody follows a coordinator who steps out."""

import pytest

from concord.cases import recuse

STORY = "tests/policy/test_concurrence.py::test_a_case_has_exactly_one_coordinator_at_any_time"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recuse, "fill_the_seats", lambda case, at: None)
