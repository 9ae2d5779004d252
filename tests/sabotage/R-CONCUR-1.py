"""Nobody looks whether a second person truly signed."""

import pytest

from concord.concurrence import execute

STORY = "tests/policy/test_concurrence.py::test_an_agreement_forged_with_the_rules_taken_away_is_refused"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "check_signatures", lambda agreed, version: True)
