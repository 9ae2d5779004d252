"""Nothing has to be written."""

import pytest

from concord.concurrence import terms

STORY = "tests/policy/test_thoughtful_decisions.py::test_whatever_is_missing_from_a_considered_decision_stops_it"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_missing_words", lambda given: [])
