"""What looks like junk is left out of the inbox."""

import pytest

from concord.desk import waiting

STORY = "tests/policy/test_reports.py::test_what_looks_like_junk_reaches_a_person_all_the_same"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = waiting.reports_for
    monkeypatch.setattr(waiting, "reports_for", lambda staff: found(staff).filter(folded=False))
