"""What was long ago is turned away."""

import pytest

from concord.reports.forms import ReportForm

STORY = "tests/policy/test_reports.py::test_anyone_reports_about_anything_however_long_ago"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ReportForm,
        "clean_when",
        lambda self: self.add_error("when", "Too long ago."),
        raising=False,
    )
