"""What cannot be done is left out of a proposal without a word why."""

import pytest

from concord.concurrence import terms

STORY = (
    "tests/policy/test_other_ways.py::test_what_was_considered_and_cannot_be_done_needs_its_reason"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_missing_words", lambda given: [])
