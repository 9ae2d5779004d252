"""What was done is never told to whoever asked to hear it."""

import pytest

from concord.actions import tell_reporter

STORY = "tests/policy/test_reports_box.py::test_whoever_chose_to_hear_it_finds_kind_and_day_of_what_was_done"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tell_reporter, "lay_outcome", lambda report, kinds, on, at: False)
