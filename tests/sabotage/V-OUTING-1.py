"""A copy of the case holds what somebody did not choose to show."""

import pytest

from concord.desk import export_views

STORY = (
    "tests/policy/test_kinds_of_harassment.py::"
    "test_what_somebody_did_not_choose_to_show_is_repeated_in_no_list_letter_title_or_copy"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_views, "REPEATS", set())
