"""A violation needs no finding."""

import pytest

from concord.concurrence import terms

STORY = "tests/policy/test_thoughtful_decisions.py::test_a_violation_needs_the_item_and_the_conduct"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_missing_grounds", lambda given: [])
