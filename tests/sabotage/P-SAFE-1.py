"""An event opens whatever is missing."""

import pytest

from concord.convenings import open_convening

STORY = "tests/policy/test_guidelines.py::test_an_event_does_not_open_while_anything_is_missing_and_says_what"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_convening, "readiness", lambda convening, at: [])
