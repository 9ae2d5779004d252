"""That it happened outside is reason enough to set a report aside alone."""

from typing import Any

import pytest

from concord.reports import desk_views
from concord.reports.set_aside import set_aside

STORY = "tests/policy/test_any_place_any_words.py::test_what_happened_outside_reaches_a_person_and_is_closed_by_no_rule"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def lenient(report: Any, *, reason: str, alleges: bool, **how: Any) -> Any:
        return set_aside(report, reason=reason, alleges="outside" not in reason, **how)

    monkeypatch.setattr(desk_views, "set_aside", lenient)
