"""Of the people on an organisation's list, only those who said so themselves are shut out."""

from dataclasses import replace
from typing import Any

import pytest

from concord.concurrence import kinds

STORY = (
    "tests/policy/test_organisations.py::"
    "test_those_who_are_known_to_belong_to_it_lose_access_and_nobody_else"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    member = kinds.kind_of("member")

    def some(warrant: Any, *, decision: Any, detail: dict[str, Any], at: Any) -> None:
        if "self" in detail["how"]:
            member.carry_out(warrant, decision=decision, detail=detail, at=at)

    monkeypatch.setitem(kinds._kinds, "member", replace(member, carry_out=some))
