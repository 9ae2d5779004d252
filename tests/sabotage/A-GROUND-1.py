"""Every ground needs a finding."""

import pytest

from concord.concurrence import terms

STORY = "tests/policy/test_thoughtful_decisions.py::test_a_risk_to_somebody_is_ground_enough_without_any_finding"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        terms, "_missing_grounds", lambda given: [] if given.finding else ["finding"]
    )
