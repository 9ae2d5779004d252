"""An answer that asks something leaves the report waiting for whoever sent it."""

from typing import Any

import pytest

from concord.reports import acknowledge_report as verb
from concord.reports.models import Report

STORY = "tests/policy/test_no_engagement.py::test_a_question_is_marked_optional_and_a_silent_reporter_holds_nothing_up"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = verb._answer

    def and_wait(report: Report, words: str, **more: Any) -> None:
        answer(report, words, **more)
        monkeypatch.setattr(verb, "UNANSWERED", [] if "?" in words else verb.UNANSWERED)

    monkeypatch.setattr(verb, "_answer", and_wait)
