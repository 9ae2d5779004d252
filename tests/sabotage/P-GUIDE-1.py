"""Nobody is asked whether they read the guidelines."""

import pytest

from concord.convenings import threshold

STORY = "tests/policy/test_guidelines.py::test_whoever_comes_late_by_a_deep_link_reads_them_before_the_room"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threshold, "has_read", lambda request, session: True)
