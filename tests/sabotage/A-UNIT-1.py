"""Less is done than was agreed to."""

from dataclasses import replace

import pytest

from concord.concurrence import kinds

STORY = "tests/policy/test_revoking_access.py::test_what_a_colleague_agrees_to_is_what_happens_and_no_more"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    idle = replace(kinds.kind_of("delete"), carry_out=lambda warrant, decision, detail, at: None)
    monkeypatch.setitem(kinds._kinds, "delete", idle)
