"""Somebody pulls the plug between a proposal and its verified effect: nothing is lost, nothing is done twice.

A process of its own agrees and then works through the outbox, as server and worker do. It is killed with SIGKILL at a
random point: before any statement it sends to the database, on either side of any commit, on either side of handing a
letter over. It is started again, perhaps killed again, until it gets to the end. Killing from inside hits every
gap between two statements, which a clock from outside would miss.
"""

from __future__ import annotations

import os
import random
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from concord.access.models import Shut
from concord.actions.audit import audit
from concord.cases.models import Case, Evidence
from concord.cases.models import State as CaseState
from concord.concurrence.concur import concur
from concord.concurrence.execute import execute
from concord.concurrence.models import Concurrence, Execution, Proposal, State, Warrant
from concord.ledger.chain import chain
from concord.ledger.models import Entry
from concord.ledger.verify import verify
from concord.letters.models import Letter
from concord.outbox.models import Job
from concord.outbox.worker import run_due
from concord.spaces.models import Post, Removal
from tests.cast import Cast, opened, stage
from tests.many import another_proposed
from tests.proofs import KILLS, proving

pytestmark = pytest.mark.django_db(transaction=True)
AFTER_THE_LEASE = timedelta(minutes=6)


@dataclass
class Doom:
    """Counts the points at which a process can die, and ends it at the chosen one; `None` lets it live."""

    at: int | None
    passed: int = 0

    def point(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.clauses("R-CONCUR-1", "R-ACT-REVOKE", "R-ACT-DELETE")
def test_a_process_killed_at_any_point_loses_nothing_and_does_nothing_twice(
    transactional_db: None, tmp_path: Path
) -> None:
    cast = stage()
    with proving(KILLS) as run:
        dice = random.Random(run.seed)
        story = Story(cast, tmp_path / "sent")
        points = story.to_its_end([], at_once=False)
        while run.done < KILLS.wanted:
            deaths = [dice.randrange(1, points) for _life in range(dice.choice((1, 1, 2)))]
            story.to_its_end(deaths, at_once=dice.random() < 0.5)
            run.held(story.kills)


@dataclass
class Story:
    """One decision after the other, each about somebody else, each from its proposal to its verified effect."""

    cast: Cast
    sent: Path
    kills: int = 0
    told: int = 0

    def to_its_end(self, deaths: list[int], *, at_once: bool) -> int:
        """Die at these points, one in each life, then live. Returns the points of the last life."""
        proposal, post = another_proposed(self.cast, act_at_once=at_once)
        opened(proposal.version, self.cast.noor, self.cast.at)
        letters, self.told = Letter.objects.count(), 0
        self.sent.write_text("")
        killed, life = 0, 0
        for life, death in enumerate([*deaths, None]):
            died, points = _live(self.cast, proposal, life=life, doom=Doom(death), sent=self.sent)
            _nothing_is_half_done(proposal, post)
            killed += died
        self.kills += killed
        _all_is_done_once(proposal, post)
        # A mail server that took a letter cannot be asked: killed right then, it is carried there once more.
        carried = len(self.sent.read_text().split())
        assert 0 <= carried - (Letter.objects.count() - letters) <= killed
        assert carried
        return points


def _live(cast: Cast, proposal: Proposal, *, life: int, doom: Doom, sent: Path) -> tuple[bool, int]:
    """A process of its own does what is left to do. Whether it was killed, and how many points it passed."""
    _leave_nothing_open()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _in_the_child(cast, proposal, life=life, doom=doom, sent=sent)
            os.write(write, str(doom.passed).encode())
            status = 0
        except BaseException:  # noqa: BLE001 (told by the assertion below)
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(write)
    told = os.read(read, 100)
    os.close(read)
    _child, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed or os.waitstatus_to_exitcode(status) == 0, "it ended by itself, and not well"
    _wait_for_the_server()
    return killed, int(told or b"0")


def _leave_nothing_open() -> None:
    """A child must not speak through its parent's connection."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()


def _wait_for_the_server() -> None:
    """PostgreSQL ends what a dead process had sent in its own time: commits it, or rolls it back."""
    if connection.vendor != "postgresql":
        return
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    with connection.cursor() as cursor:
        while cursor.execute(others).fetchone()[0]:
            time.sleep(0.01)


def _in_the_child(cast: Cast, proposal: Proposal, *, life: int, doom: Doom, sent: Path) -> None:
    """Noor presses "I agree", Amara carries it out where she has to; then the worker, until nothing is due."""
    commit = BaseDatabaseWrapper._commit

    def commits(self: BaseDatabaseWrapper) -> None:
        doom.point()
        commit(self)
        doom.point()

    def carries(*, to: str, subject: str, body: str, language: str) -> None:
        doom.point()
        with sent.open("a") as letters:
            letters.write(f"{to}\n")
        doom.point()

    def sends(execute: Callable[..., object], *query: object) -> object:
        doom.point()
        return execute(*query)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "_commit", commits)
        patch.setattr("concord.letters.deliver.transport", lambda: carries)
        with connection.execute_wrapper(sends):
            moment = cast.later(seconds=1 + life)
            found = Proposal.objects.get(id=proposal.id)
            if found.state == State.PROPOSED:
                noor = {"by": cast.noor.staff, "keyring": cast.noor.keyring, "at": moment}
                concur(found.version, **noor)
                found.refresh_from_db()
            if found.state == State.CONCURRED:
                amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": moment}
                execute(found.version, **amara)
            after = (
                life + 1
            ) * AFTER_THE_LEASE  # also what was left for the moment of the decision
            while run_due(at=timezone.now() + after):
                pass


def _nothing_is_half_done(proposal: Proposal, post: Post) -> None:
    """Whatever was left behind, all of a decision is there or none of it."""
    agreed = Concurrence.objects.filter(version__proposal=proposal).count()
    executions = Execution.objects.filter(concurrence__version__proposal=proposal)
    state = Proposal.objects.get(id=proposal.id).state
    assert (agreed, executions.count()) in [(0, 0), (1, 0), (1, 1)]
    assert (state == State.PROPOSED) == (agreed == 0)
    assert (state == State.EXECUTED) == executions.exists()
    warrants = list(Warrant.objects.filter(execution__in=executions).values_list("id", flat=True))
    shuts = Shut.objects.filter(warrant__in=warrants).count()
    removals = Removal.objects.filter(warrant__in=warrants).count()
    assert (len(warrants), shuts, removals) == ((2, 1, 1) if executions else (0, 0, 0))
    assert Post.objects.get(id=post.id).removed == executions.exists()
    assert Evidence.objects.filter(post=post.id).count() == len(executions)
    assert audit() == []


def _all_is_done_once(proposal: Proposal, post: Post) -> None:
    execution = Execution.objects.get(concurrence__version__proposal=proposal)
    assert not execution.warrants.filter(verified_at__isnull=True).exists()
    assert Case.objects.get(id=proposal.case_id).state == CaseState.STABILISED
    said = {
        "concurrence.concur": proposal.id,
        "concurrence.execute": execution.decision.id,
        "actions.verified": execution.decision.id,
    }
    for verb, subject in said.items():
        assert Entry.objects.filter(verb=verb, subject=subject).count() == 1, verb
    assert not Job.objects.waiting().filter(every_seconds=None).exists()
    assert not Job.objects.dead().exists()
    assert not Letter.objects.filter(sent_at=None).exists()
    chain()
    assert verify().whole
