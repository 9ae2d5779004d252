"""Anything counts as a value."""

import pytest

from concord.concurrence import terms

STORY = "tests/policy/test_thoughtful_decisions.py::test_acting_against_the_values_names_the_value"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(terms.VALUES, "whatever I dislike", "whatever I dislike")
