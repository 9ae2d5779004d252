"""The list of what can be done is closed: nothing else can be proposed."""

import pytest

from concord.desk import forms
from concord.desk.ladder import FOR_ALL

STORY = (
    "tests/policy/test_other_ways.py::"
    "test_something_else_goes_the_same_way_and_is_done_when_a_person_says_so"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "RUNGS", FOR_ALL)
