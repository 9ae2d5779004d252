"""Anybody is taken for the person of the decision."""

import pytest

from concord.concurrence.models import Decision, Warrant
from concord.evasion import revoke_again

STORY = "tests/policy/test_returning.py::test_without_a_sign_that_it_is_the_same_person_a_reason_is_not_enough"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        revoke_again, "_warrant_of_the_mailbox", lambda decision, person: any_of(decision)
    )


def any_of(decision: Decision) -> Warrant | None:
    return Warrant.objects.filter(execution=decision.execution_id, kind="revoke").first()
