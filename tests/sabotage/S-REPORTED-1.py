"""Nobody asks on what a proposal rests."""

import pytest

from concord.concurrence import propose

STORY = "tests/policy/test_thoughtful_decisions.py::test_a_decision_rests_on_reported_behaviour"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(propose, "_check_may_propose", lambda case, by, keyring, at: None)
