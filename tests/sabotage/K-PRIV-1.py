"""What was written is shown with its names."""

import pytest

from concord.concurrence import propose

STORY = "tests/policy/test_confidentiality.py::test_a_colleague_who_is_asked_does_not_learn_who_was_harmed"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(propose, "mask", lambda text, parties: text)
