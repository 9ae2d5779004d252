"""Nobody is asked whether they acknowledged the policy."""

import pytest

from concord.convenings import threshold

STORY = "tests/policy/test_policy_versions.py::test_nobody_enters_by_any_door_before_they_said_yes"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threshold, "has_acknowledged", lambda registration, at: True)
