"""Nobody hears beforehand that a wish of theirs is not kept."""

import pytest

from concord.concurrence import propose

STORY = "tests/policy/test_answering.py::test_whoever_wished_otherwise_hears_of_a_departure_before_it_happens"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(propose, "tell_departure", lambda report, **told: False)
