"""A question stands in the box as if an answer were owed."""

import pytest

from concord.reports import views

STORY = "tests/policy/test_no_engagement.py::test_a_question_is_marked_optional_and_a_silent_reporter_holds_nothing_up"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "asks", lambda text: False)
