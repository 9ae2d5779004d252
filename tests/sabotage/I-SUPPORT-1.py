"""Somebody who was removed keeps their box."""

import pytest

from concord.reports import remove_supporter

STORY = "tests/policy/test_reports_support.py::test_the_person_beside_reads_what_is_shared_until_they_are_removed"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remove_supporter, "purge", lambda box, by, at: None)
    monkeypatch.setattr(remove_supporter.Supporter, "delete", lambda self: None)
