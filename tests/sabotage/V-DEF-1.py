"""The list is closed."""

import pytest

from concord.reports import forms

STORY = "tests/policy/test_reports.py::test_what_is_not_on_the_list_counts_too"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        forms, "KINDS", {code: kind for code, kind in forms.KINDS.items() if code != "other"}
    )
