"""A page asks in a word that judges."""

import pytest

from concord.reports.forms import ReportForm

STORY = "tests/policy/test_dignity.py::test_no_page_and_no_letter_blames_or_judges_in_any_language"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReportForm.base_fields["who"], "label", "Who is the perpetrator?")
