"""A code is only understood exactly as it was shown."""

import pytest

from concord.letterbox import find, session

STORY = "tests/policy/test_reports_box.py::test_part_now_and_part_later_in_any_words"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (find, session):
        monkeypatch.setattr(place, "understand", lambda typed: typed if typed.isupper() else None)
