"""Nobody reports without saying how to reach them."""

import pytest

from concord.reports.forms import ReportForm

STORY = "tests/policy/test_reports.py::test_a_few_words_are_enough_and_are_thanked"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReportForm.base_fields["contact"], "required", True)
