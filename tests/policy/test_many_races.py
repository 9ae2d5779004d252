"""Several people press at the same moment, over and over: exactly one execution of what two agreed to, or none.

None is right only where nobody agreed, where something voids it, or where whoever carries it out may come too early:
all else is carried out. A house in which every press is refused does not pass.

On PostgreSQL each is a thread with a connection of its own; on SQLite, whose one writer is a lock on a file, each is a
process of its own.
"""

from __future__ import annotations

import multiprocessing
import random
import traceback
from collections.abc import Callable

import pytest
from django.db import connection

from concord.access.models import Shut
from concord.actions.audit import audit
from concord.cases.models import Case
from concord.cases.recuse import recuse
from concord.concurrence.concur import concur
from concord.concurrence.execute import execute
from concord.concurrence.models import Concurrence, Execution, Proposal, State, Warrant
from concord.concurrence.propose import revise
from concord.concurrence.void import take_back, withdraw
from concord.ledger.models import Entry
from concord.refusals import Refused
from concord.spaces.models import Post, Removal
from tests.cast import Cast, Desk, opened, stage, terms_for
from tests.many import another_proposed
from tests.policy.test_races import at_once
from tests.proofs import RACES, proving

pytestmark = pytest.mark.django_db(transaction=True)
Press = Callable[[], object]
AUDITED = 12
"""After so many races the whole ledger is audited: what one of them left is there afterwards, too."""
LEAST = 10
"""Of a hundred races so many come to an execution, at the least; it is about three times as many."""


@pytest.mark.clauses("R-CONCUR-1")
def test_of_many_who_press_at_once_exactly_one_execution_comes_or_none(
    transactional_db: None,
) -> None:
    cast = stage()
    with proving(RACES) as run:
        dice, carried_out = random.Random(run.seed), 0
        while run.done < RACES.wanted:
            carried_out += race(cast, dice)
            run.found = f"{carried_out:,} carried out"
            if (run.done + 1) % AUDITED == 0 or run.done + 1 == RACES.wanted:
                assert audit() == []
            run.held(run.done + 1)
        assert carried_out * 100 >= run.done * LEAST, run.found


def race(cast: Cast, dice: random.Random) -> int:
    """One race; returns how many executions came of it."""
    at_once_ = dice.random() < 0.5
    proposal, post = another_proposed(cast, act_at_once=at_once_)
    for desk in (cast.noor, cast.luis):
        opened(proposal.version, desk, cast.at)
    agreed = not at_once_ and dice.random() < 0.7
    if agreed:
        agrees(cast, proposal, cast.noor)()
    drawn = [dice.choice(PRESSES) for _each in range(dice.choice((2, 2, 3)))]
    together([press(cast, proposal) for press in drawn])
    done = exactly_one_or_none(proposal, post)
    if not agreed and not YES & set(drawn):
        assert done == 0, "nobody agreed"
    elif not VOIDS & set(drawn) and (at_once_ or (agreed and CARRIES_OUT & set(drawn))):
        assert done == 1, "two people agreed, and all was refused"
    return done


def agrees(cast: Cast, proposal: Proposal, desk: Desk) -> Press:
    version = proposal.versions.get(number=1)
    said = {"by": desk.staff, "keyring": desk.keyring, "at": cast.later(seconds=1)}
    return lambda: concur(version, **said)


def carries_out(cast: Cast, proposal: Proposal, desk: Desk) -> Press:
    said = {"by": desk.staff, "keyring": desk.keyring, "at": cast.later(seconds=2)}
    version = proposal.versions.get(number=1)
    return lambda: execute(version, **said)


def edits(cast: Cast, proposal: Proposal) -> Press:
    terms = terms_for(cast, reason="Said otherwise.")
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.later(seconds=1)}
    return lambda: revise(proposal, terms=terms, **amara)


def takes_it_back(cast: Cast, proposal: Proposal) -> Press:
    def press() -> None:
        for agreed in Concurrence.objects.filter(version__proposal=proposal, person=cast.noor.id):
            take_back(agreed, by=cast.noor.staff, at=cast.later(seconds=2))

    return press


def steps_out(cast: Cast, proposal: Proposal) -> Press:
    case, noor = Case.objects.get(id=proposal.case_id), cast.noor
    return lambda: recuse(case, who=noor.id, by=noor.staff, at=cast.later(seconds=2))


def withdraws(cast: Cast, proposal: Proposal) -> Press:
    return lambda: withdraw(proposal.version, by=cast.amara.staff, at=cast.later(seconds=2))


def noor_agrees(cast: Cast, proposal: Proposal) -> Press:
    return agrees(cast, proposal, cast.noor)


def luis_agrees(cast: Cast, proposal: Proposal) -> Press:
    return agrees(cast, proposal, cast.luis)


def amara_carries_out(cast: Cast, proposal: Proposal) -> Press:
    return carries_out(cast, proposal, cast.amara)


def luis_carries_out(cast: Cast, proposal: Proposal) -> Press:
    return carries_out(cast, proposal, cast.luis)


YES = {noor_agrees, luis_agrees}
CARRIES_OUT = {amara_carries_out, luis_carries_out}
VOIDS = {edits, withdraws, takes_it_back, steps_out}
PRESSES: list[Callable[[Cast, Proposal], Press]] = [
    noor_agrees,
    luis_agrees,
    amara_carries_out,
    luis_carries_out,
    edits,
    withdraws,
    takes_it_back,
    steps_out,
]


def together(presses: list[Press]) -> None:
    if connection.vendor == "postgresql":
        at_once(*presses)
        return
    connection.close()
    fork = multiprocessing.get_context("fork")
    barrier = fork.Barrier(len(presses))
    children = [fork.Process(target=_press, args=(press, barrier)) for press in presses]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * len(children)


def _press(press: Press, barrier: object) -> None:
    barrier.wait(20)  # type: ignore[attr-defined]
    try:
        press()
    except Refused:
        pass
    except Exception:
        traceback.print_exc()
        raise
    finally:
        connection.close()


def exactly_one_or_none(proposal: Proposal, post: Post) -> int:
    executions = Execution.objects.filter(concurrence__version__proposal=proposal)
    done = executions.count()
    assert done <= 1
    warrants = list(Warrant.objects.filter(execution__in=executions).values_list("id", flat=True))
    shuts = Shut.objects.filter(warrant__in=warrants).count()
    removals = Removal.objects.filter(warrant__in=warrants).count()
    assert (len(warrants), shuts, removals) == (2 * done, done, done)
    assert Post.objects.get(id=post.id).removed == bool(done)
    state = Proposal.objects.get(id=proposal.id).state
    assert (state == State.EXECUTED) == bool(done)
    standing = Concurrence.objects.filter(version__proposal=proposal, voided_at=None)
    assert standing.count() <= 1
    for agreed in standing:
        assert agreed.version.voided_at is None
        assert agreed.version_digest == agreed.version.digest
    for execution in executions:
        assert standing.get() == execution.concurrence
        carried = Entry.objects.filter(
            verb="concurrence.execute", facts__execution=str(execution.id)
        )
        assert carried.count() == 1
    return done
