"""A threat brings up nobody to call."""

import pytest

from concord.reports import views

STORY = "tests/policy/test_reports_help.py::test_a_threat_is_urgent_and_the_answer_names_help_lines"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "brings_up_help", lambda told: False)
