"""Whoever is anywhere at the desk counts as watching every room."""

import pytest

from concord.monitoring import alarm_unwatched

STORY = "tests/policy/test_watch.py::test_an_event_that_nobody_watches_is_noticed_within_a_minute"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm_unwatched, "watched", lambda rooms, at: {one.id for one in rooms})
