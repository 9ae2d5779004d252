"""What was left to reach somebody by stays with the team, whatever they change."""

import pytest

from concord.reports import change_choices

STORY = (
    "tests/policy/test_reports_box.py::test_contact_wishes_and_what_to_hear_are_changed_and_erased"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seal, replace = change_choices.seal_told, change_choices.replace
    monkeypatch.setattr(
        change_choices,
        "seal_told",
        lambda told, **of: seal(replace(told, contact="me@example.net"), **of),
    )
