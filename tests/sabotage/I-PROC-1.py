"""A closed proposal can be closed again."""

import pytest

from concord.concurrence import void

STORY = (
    "tests/policy/test_concurrence.py::test_a_step_that_the_procedure_does_not_know_cannot_be_taken"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(void, "check_unexecuted", lambda proposal: None)
