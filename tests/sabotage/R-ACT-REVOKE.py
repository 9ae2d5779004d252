"""Out of one session is out of all."""

import pytest

from concord.access.models import ShutQuerySet

STORY = "tests/policy/test_revoking_access.py::test_out_of_one_session_leaves_the_others_open"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ShutQuerySet, "at_places", lambda self, places: self)
