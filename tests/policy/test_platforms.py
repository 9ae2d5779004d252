"""A platform outside takes its time, or cannot do it at all: our own door is shut at once, and nothing is given up.

The platform is a fake made from what such platforms promise: registrants can be cancelled, a call may time out, and
nobody can be expelled from a meeting that runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from concord.access.gate import is_admitted
from concord.access.models import Place
from concord.actions import platforms
from concord.actions.carry_elsewhere import TRIED_FOR, alarm_elsewhere
from concord.actions.hasten import hasten
from concord.actions.models import Elsewhere, ElsewhereState
from concord.actions.platforms import BACK, REVOKE, Answer, Platform, StrangerFailed
from concord.actions.settle_by_hand import NeedsProof, ProofIsTooLong, read_proof, settle_by_hand
from concord.cases.models import State
from concord.cases.recuse import recuse
from concord.concurrence.concur import concur
from concord.concurrence.guards import NeedsCoordinator
from concord.concurrence.models import Concurrence, Decision, Proposal
from concord.concurrence.propose import propose
from concord.concurrence.terms import Target
from concord.ledger.models import Entry
from concord.monitoring.ring import NOTICE
from concord.outbox.models import Job
from concord.outbox.worker import run_due
from tests.browsing import at_the_desk
from tests.cast import Cast, Desk, assessed, case_about_karim, opened, proposed, terms_for

pytestmark = pytest.mark.django_db


@dataclass
class Meetings:
    """A fake of a platform for meetings: who is registered there, and how it behaves just now."""

    mood: str = "well"
    cancelled: set[UUID] = field(default_factory=set)
    calls: list[tuple[str, UUID]] = field(default_factory=list)

    def act(self, what: str, target: UUID, *, place: Place, key: UUID) -> Answer:
        self.calls.append((what, key))
        if self.mood == "times out":
            raise StrangerFailed
        if self.mood == "refuses":
            raise StrangerFailed(permanent=True)
        if self.mood == "cannot":
            return Answer.NOT_POSSIBLE
        (self.cancelled.discard if what == BACK else self.cancelled.add)(target)
        return Answer.DONE

    def holds(self, what: str, target: UUID, *, place: Place) -> bool:
        return self.mood != "slow" and (target in self.cancelled) is (what != BACK)


@pytest.fixture
def meetings() -> Iterator[Meetings]:
    """Cancels registrations, and takes that back; it cannot delete what was written there."""
    fake = Meetings()
    platforms.register(
        Platform(
            name="meetings",
            label="Meetings",
            can=frozenset({REVOKE, BACK}),
            concerns=lambda place: place.kind != "all",
            act=fake.act,
            holds=fake.holds,
            by_hand={"delete": "Open the chat there, and delete it from the menu of the message."},
        )
    )
    yield fake
    platforms.forget("meetings")


def decided(cast: Cast, *, at: datetime | None = None, **changes: object) -> Decision:
    """Amara proposes, Noor agrees, and it is carried out in that moment."""
    proposal = proposed(cast, assessed(cast, case_about_karim(cast)), **changes)
    agree(cast, proposal, at=at or cast.at)
    return Decision.objects.get(execution__concurrence__version__proposal=proposal)


def agree(cast: Cast, proposal: Proposal, *, at: datetime) -> None:
    concur(
        opened(proposal.version, cast.noor, at),
        by=cast.noor.staff,
        keyring=cast.noor.keyring,
        at=at,
    )


def only_karim(cast: Cast) -> dict[str, object]:
    """A proposal that takes his access to the hall, and deletes nothing."""
    terms = terms_for(cast)
    return {"targets": tuple(one for one in terms.targets if one.kind == "revoke")}


def work(*, at: datetime) -> None:
    """What a worker does that looks at its clock at that moment."""
    for _turn in range(3):
        run_due(at=at, at_most=10)


def by_hand(step: Elsewhere, desk: Desk, proof: str, *, at: datetime) -> Elsewhere:
    return settle_by_hand(step, proof=proof, by=desk.staff, keyring=desk.keyring, at=at)


def state_of(decision: Decision) -> str:
    decision.case.refresh_from_db()
    return decision.case.state


@pytest.mark.clauses("R-ACT-REVOKE", "R-PRACT-1")
def test_half_done(cast: Cast, meetings: Meetings):
    """PUB-14: the platform times out; our own door is shut at once, and the case waits, with an owner and a clock."""
    meetings.mood = "times out"
    decision = decided(cast, **only_karim(cast))
    place = Place("session", cast.hall.session_id)
    assert not is_admitted(cast.karim.person_id, [place], at=cast.at)
    work(at=cast.at)
    step = Elsewhere.objects.get()
    assert step.state == ElsewhereState.RETRYING
    assert step.due_at == cast.at + timedelta(minutes=1)
    assert state_of(decision) == State.ACTION_PENDING

    page = at_the_desk(cast.amara)
    proposal = decision.execution.concurrence.version.proposal
    page.open(f"/proposals/{proposal.id}")
    assert page.sees("It holds here; something still has to happen on a platform outside.")
    page.open(f"/decisions/{decision.id}")
    assert page.sees("Amara answers for it.")
    assert page.sees("It did not answer. It is tried again by itself")

    meetings.mood = "well"
    agreements = Concurrence.objects.count()
    work(at=cast.later(minutes=5))
    step.refresh_from_db()
    assert step.state == ElsewhereState.VERIFIED
    assert Concurrence.objects.count() == agreements
    assert {key for _what, key in meetings.calls} == {step.id}
    work(at=cast.later(minutes=6))
    assert state_of(decision) == State.STABILISED


@pytest.mark.clauses("R-PRACT-1")
def test_what_a_platform_cannot_do_is_before_a_named_person_at_once(cast: Cast, meetings: Meetings):
    decision = decided(cast)
    work(at=cast.at)
    deletion = Elsewhere.objects.get(what="delete")
    assert deletion.state == ElsewhereState.BY_HAND
    told = set(Job.objects.filter(kind=NOTICE).values_list("subject", flat=True))
    assert cast.amara.id in told
    assert Elsewhere.objects.get(what="revoke").state == ElsewhereState.VERIFIED
    assert state_of(decision) == State.ACTION_PENDING
    page = at_the_desk(cast.amara).open("/")
    assert page.sees("On platforms outside")
    assert page.sees("by hand")
    with pytest.raises(NeedsProof):
        by_hand(deletion, cast.amara, "  \0 ", at=cast.at)
    with pytest.raises(ProofIsTooLong):
        by_hand(deletion, cast.amara, "x" * 2_001, at=cast.at)
    work(at=cast.at)
    assert state_of(decision) == State.ACTION_PENDING
    page.open(f"/decisions/{decision.id}")
    assert page.sees("Something is to be done by hand.")
    assert page.sees("Open the chat there, and delete it from the menu of the message.")
    page.press("It is done", words="")
    assert page.sees("Say what you did there")
    page.press("It is done", words="Deleted it from the chat; it is gone for two others as well.")
    assert page.sees("it is gone for two others as well")
    work(at=cast.later(minutes=1))
    assert state_of(decision) == State.STABILISED
    settled = Elsewhere.objects.get(id=deletion.id)
    assert settled.settled_by == cast.amara.id
    assert b"gone for two" not in bytes(settled.proof_sealed)


@pytest.mark.clauses("R-PRACT-1")
def test_a_platform_that_never_answers_is_handed_to_a_person_and_never_given_up(
    cast: Cast, meetings: Meetings
):
    meetings.mood = "times out"
    decision = decided(cast, **only_karim(cast))
    for _try in range(6):
        job = Job.objects.waiting().get(kind="actions.elsewhere")
        assert job.due_at - cast.at < TRIED_FOR
        work(at=job.due_at)
        assert Elsewhere.objects.get().state == ElsewhereState.RETRYING
    Elsewhere.objects.update(since_at=cast.at - TRIED_FOR)
    work(at=Job.objects.waiting().get(kind="actions.elsewhere").due_at)
    assert Elsewhere.objects.get().state == ElsewhereState.BY_HAND
    assert len(meetings.calls) > 5
    assert state_of(decision) == State.ACTION_PENDING


def test_past_its_clock_it_is_told_once_and_stays_open(cast: Cast, meetings: Meetings):
    meetings.mood = "times out"
    decided(cast, **only_karim(cast))
    Elsewhere.objects.update(due_at=cast.later(hours=4))  # decided before the session
    assert hasten(None, at=cast.at) == 1
    assert alarm_elsewhere(None, at=cast.later(seconds=59)) == 0
    Job.objects.filter(kind=NOTICE).delete()
    assert alarm_elsewhere(None, at=cast.later(minutes=1)) == 1
    told = set(Job.objects.filter(kind=NOTICE).values_list("subject", flat=True))
    assert cast.amara.id in told
    assert alarm_elsewhere(None, at=cast.later(minutes=2)) == 0
    assert Elsewhere.objects.open().count() == 1
    assert at_the_desk(cast.amara).open("/").sees("did not answer yet")


@pytest.mark.clauses("K-CONF-1", "R-PRACT-1")
def test_whose_name_only_stands_on_the_seat_is_told_nothing_of_it(cast: Cast, meetings: Meetings):
    """Luis and Amara step out, and nobody is left to follow: what is late is the outside contact's to hear of."""
    meetings.mood = "times out"
    decision = decided(cast, **only_karim(cast))
    for desk in (cast.luis, cast.amara):
        recuse(decision.case, who=desk.id, by=desk.staff, keyring=desk.keyring, at=cast.at)
    decision.case.refresh_from_db()
    assert decision.case.coordinator == cast.amara.staff
    Job.objects.filter(kind=NOTICE).delete()
    assert alarm_elsewhere(None, at=cast.later(minutes=1)) == 1
    told = set(Job.objects.filter(kind=NOTICE).values_list("subject", flat=True))
    assert told == {cast.outside.holder}


@pytest.mark.parametrize("mood", ["refuses", "cannot"])
def test_what_is_refused_for_good_is_done_by_hand(cast: Cast, meetings: Meetings, mood: str):
    meetings.mood = mood
    decided(cast, **only_karim(cast))
    work(at=cast.at)
    assert Elsewhere.objects.get().state == ElsewhereState.BY_HAND
    assert len(meetings.calls) == 1


def test_a_platform_that_was_asked_is_looked_at_until_it_holds(cast: Cast, meetings: Meetings):
    meetings.mood = "slow"
    decision = decided(cast, **only_karim(cast))
    work(at=cast.at)
    assert Elsewhere.objects.get().state == ElsewhereState.ASKED
    assert state_of(decision) == State.ACTION_PENDING
    meetings.mood = "well"
    work(at=cast.later(minutes=5))
    assert Elsewhere.objects.get().state == ElsewhereState.VERIFIED
    assert len(meetings.calls) == 1


def test_a_late_try_undoes_no_undo(cast: Cast, meetings: Meetings):
    """Access was given back while the platform was away: nothing is taken away there any more."""
    meetings.mood = "times out"
    decision = decided(cast, **only_karim(cast))
    work(at=cast.at)
    lifted(cast, decision, at=timezone.now())
    meetings.mood = "well"
    work(at=cast.later(hours=2))
    assert cast.karim.person_id not in meetings.cancelled
    assert not Elsewhere.objects.open().exists()
    assert Elsewhere.objects.get(what=REVOKE).state == ElsewhereState.OVERTAKEN


def test_what_was_done_there_is_given_back_there(cast: Cast, meetings: Meetings):
    decision = decided(cast, **only_karim(cast))
    work(at=cast.at)
    assert cast.karim.person_id in meetings.cancelled
    lifted(cast, decision, at=timezone.now())
    work(at=cast.later(minutes=6))
    assert cast.karim.person_id not in meetings.cancelled
    assert Elsewhere.objects.get(what=BACK).state == ElsewhereState.VERIFIED


def lifted(cast: Cast, decision: Decision, *, at: datetime) -> None:
    terms = terms_for(
        cast,
        targets=(Target("lift", decision.id, decision.code),),
        grounds=(),
        violations=(),
        notice_subject="",
        notice_body="",
    )
    decision.case.refresh_from_db()
    proposal = propose(
        decision.case, terms=terms, by=cast.amara.staff, keyring=cast.amara.keyring, at=at
    )
    agree(cast, proposal, at=at)


def test_only_who_answers_for_the_case_says_that_it_was_done(cast: Cast, meetings: Meetings):
    meetings.mood = "cannot"
    decision = decided(cast, **only_karim(cast))
    work(at=cast.at)
    step = Elsewhere.objects.get()
    other = next(
        desk
        for desk in (cast.noor, cast.luis)
        if desk.staff not in (decision.case.coordinator, decision.case.deputy)
    )
    with pytest.raises(NeedsCoordinator):
        by_hand(step, other, "I did it.", at=cast.at)
    ravi = at_the_desk(cast.ravi)
    assert ravi.post(f"/by-hand/{step.id}", words="I did it.").status == 404
    step.refresh_from_db()
    assert step.settled_at is None


def test_said_twice_the_first_statement_stands(cast: Cast, meetings: Meetings):
    meetings.mood = "cannot"
    decided(cast, **only_karim(cast))
    work(at=cast.at)
    step = by_hand(Elsewhere.objects.get(), cast.amara, "First.", at=cast.at)
    again = by_hand(step, cast.amara, "Second.", at=cast.later(minutes=1))
    assert read_proof(again, keyring=cast.amara.keyring) == "First."
    assert Entry.objects.filter(verb="actions.elsewhere_done_by_hand").count() == 1


def test_what_a_platform_cannot_do_is_said_before_anybody_proposes(cast: Cast, meetings: Meetings):
    platforms.register(
        Platform(
            "broadcast", "Broadcast", frozenset(), lambda place: True, meetings.act, meetings.holds
        )
    )
    try:
        proposal = proposed(cast, **only_karim(cast))
        page = at_the_desk(cast.noor).open(f"/proposals/{proposal.id}")
        assert page.sees("removed on Meetings")
        assert page.sees("by hand on Broadcast")
    finally:
        platforms.forget("broadcast")
