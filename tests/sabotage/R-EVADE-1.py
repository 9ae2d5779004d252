"""No return is recognised."""

import pytest

from concord.evasion import recognise_login

STORY = "tests/policy/test_returning.py::test_the_same_mailbox_behind_an_alias_is_refused_under_the_prior_decision"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognise_login, "decisions_for", lambda mailbox, but, at: [])
