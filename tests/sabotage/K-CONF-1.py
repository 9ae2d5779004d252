"""Whoever steps out keeps the key."""

import pytest

from concord.vault import files

STORY = "tests/policy/test_confidentiality.py::test_for_whoever_has_a_conflict_or_stepped_out_there_is_no_case"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "withdraw", lambda file_id, holder, at: None)
