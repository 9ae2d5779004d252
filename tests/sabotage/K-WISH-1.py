"""A proposal need not say whether it keeps to what was wished."""

import pytest

from concord.concurrence import terms

STORY = "tests/policy/test_answering.py::test_wishes_come_first_and_a_proposal_says_whether_it_keeps_to_them"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_missing_departure", lambda terms, wishes: [])
