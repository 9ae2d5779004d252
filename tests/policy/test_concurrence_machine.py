"""Whatever order people propose, agree, change their minds, pass a case on and leave in: never without two."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from concord.concurrence import kinds
from tests.histories import KINDS, Histories, staged
from tests.proofs import HISTORIES, NIGHTLY, proving

AT_A_TIME = 200
STEPS = 20


@pytest.mark.django_db
@pytest.mark.clauses("R-CONCUR-1", "R-COORD-1")
def test_no_history_whatever_acts_without_two_people_or_leaves_a_case_to_nobody() -> None:
    Histories.staged, Histories.held = staged(), 0
    phases = [Phase.generate, Phase.shrink] if NIGHTLY else [Phase.generate]
    with proving(HISTORIES) as run:
        while run.done < HISTORIES.wanted:
            size = settings(
                max_examples=min(AT_A_TIME, HISTORIES.wanted - run.done),
                stateful_step_count=STEPS,
                phases=phases,
                database=None,
                derandomize=False,
                suppress_health_check=list(HealthCheck),
            )
            try:
                run_state_machine_as_test(seed(run.seed + run.done)(Histories), settings=size)
            finally:
                run.held(Histories.held)
    kinds_wanted = KINDS if NIGHTLY and run.done > AT_A_TIME else ("revoke",)
    for kind in kinds_wanted:
        assert Histories.came_about[kind] > 0, f"these histories tell nothing about {kind}"


def test_every_kind_of_action_is_in_the_histories() -> None:
    assert set(KINDS) == set(kinds.names())
