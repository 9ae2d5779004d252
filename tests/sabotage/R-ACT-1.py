"""A step by hand counts as done although nobody said so."""

from dataclasses import replace

import pytest

from concord.concurrence import kinds

STORY = "tests/policy/test_other_ways.py::test_it_is_never_silently_given_up"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sure = replace(kinds.kind_of("other"), verify=lambda warrant, at: True)
    monkeypatch.setitem(kinds._kinds, "other", sure)
