"""One proposal at a time in a case, whoever it is about."""

import pytest

from concord.concurrence import propose

STORY = "tests/policy/test_assisting.py::test_who_did_it_and_who_cheered_it_on_have_a_decision_each"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(propose, "target_token", lambda target: b"one and the same")
