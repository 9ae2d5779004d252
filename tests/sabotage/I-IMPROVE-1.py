"""Feedback of fewer than five people is shown, so that staff can guess whose it is."""

import pytest

from concord.improvement import summary

STORY = (
    "tests/policy/test_improvement.py::test_feedback_leads_back_to_nobody_and_is_shown_from_five_on"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "ENOUGH", 2)
