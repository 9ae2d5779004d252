"""A flag becomes a case before anybody has answered it."""

import pytest

from concord.cases import take_up

STORY = "tests/policy/test_nothing_fades_away.py::test_only_a_named_answer_with_a_reason_makes_a_case_of_a_flag"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take_up, "_check", lambda source: None)
