"""What is attached to a report is dropped."""

import pytest

from concord.reports import bring_files

STORY = (
    "tests/policy/test_kinds_of_harassment.py::"
    "test_material_from_elsewhere_is_told_by_a_link_and_a_file_with_place_and_day"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bring_files, "bring_files", lambda report, brought, at: [])
