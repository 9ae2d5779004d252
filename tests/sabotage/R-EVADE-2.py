"""Anybody is taken for the person of the decision."""

import pytest

from concord.evasion import revoke_again

STORY = "tests/policy/test_returning.py::test_without_a_sign_that_it_is_the_same_person_a_reason_is_not_enough"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revoke_again, "has_the_mailbox_of", lambda decision, person: True)
