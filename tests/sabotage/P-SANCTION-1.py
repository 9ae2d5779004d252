"""Somebody is sanctioned for a violation that nobody found."""

import pytest

from concord.concurrence import terms

STORY = "tests/policy/test_sanctions.py::test_nothing_happens_to_a_person_without_a_finding_and_a_second_yes"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_missing_grounds", lambda given: [])
