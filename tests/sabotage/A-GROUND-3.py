"""Nobody says what is relied on."""

import pytest

from concord.concurrence import terms

STORY = "tests/policy/test_thoughtful_decisions.py::test_unlawful_or_violent_conduct_says_what_is_relied_on"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_missing_grounds", lambda given: [])
