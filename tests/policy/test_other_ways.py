"""The list of actions is open: something else goes the same way, is done by a hand, and is never silently given up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection, transaction

from concord.access.models import Shut
from concord.actions.act_by_hand import SayWhatAndWho, alarm_late
from concord.actions.ask_review import ask_review
from concord.actions.audit import audit
from concord.actions.hasten import hasten
from concord.actions.models import ByHand, Told
from concord.actions.state_done import SayWhatWasDone, WasSetAside, state_done
from concord.actions.triggers import drop_statements, install
from concord.actions.verify_steps import verify_steps
from concord.cases.models import Case
from concord.cases.models import State as CaseState
from concord.cases.recuse import recuse
from concord.concurrence.concur import concur
from concord.concurrence.execute import NeedsConcurrence, execute
from concord.concurrence.guards import HasAConflict, NeedsCoordinator, NoLongerOpen
from concord.concurrence.models import Execution, Proposal, SetAside, Warrant
from concord.concurrence.set_aside import (
    ItsLetterSpeaksOfBoth,
    NothingIsLeft,
    SayWhyNot,
    WasCarriedOut,
    set_aside,
)
from concord.concurrence.terms import SET_ASIDE, Target
from concord.convenings.models import Convening, Session, State
from concord.monitoring.call_again import call_again
from concord.monitoring.ring import NOTICE
from concord.outbox.models import Job
from concord.people.end_designation import end_designation
from concord.spaces.models import Post
from concord.vault import files
from tests.browsing import at_the_desk
from tests.cast import Cast, Desk, case_about_karim, opened, proposed, terms_for
from tests.looking_again import another_receiver
from tests.policy.test_sanctions import missing, step

WORDS = "Ask the interpreters' agency to give him another booth tomorrow."


def by_hand(cast: Cast, hand: Desk | None = None, words: str = WORDS) -> Target:
    """Something else about Karim, which Luis does."""
    detail = {"words": words, "hand": str((hand or cast.luis).id)}
    return replace(step(cast, "warn"), kind="other", detail=detail)


def agreed_to(cast: Cast, *targets: Target, at_once: bool = True) -> Proposal:
    """Amara proposed these steps; Luis agreed."""
    case = Case.objects.first() or case_about_karim(cast)
    proposal = proposed(cast, case, targets=targets, act_at_once=at_once)
    concur(
        opened(proposal.version, cast.luis, cast.at),
        by=cast.luis.staff,
        keyring=cast.luis.keyring,
        at=cast.at,
    )
    return Proposal.objects.get(id=proposal.id)


def who(desk: Desk, cast: Cast, **later: float) -> dict[str, object]:
    return {"by": desk.staff, "keyring": desk.keyring, "at": cast.later(**later)}


def looked_at(cast: Cast, **later: float) -> Execution:
    """The worker looks at the steps."""
    execution = Execution.objects.get()
    verify_steps(Job(kind="actions.verify", subject=execution.id), at=cast.later(**later))
    return execution


def steps_of(proposal: Proposal) -> list[str]:
    return list(proposal.version.steps.values_list("commitment", flat=True))


@pytest.mark.clauses("R-ACT-1", "R-CONCUR-1")
def test_something_else_goes_the_same_way_and_is_done_when_a_person_says_so(cast: Cast) -> None:
    case = case_about_karim(cast)
    ladder = at_the_desk(cast.amara).open(f"/cases/{case.id}/propose").page
    assert f'name="step_{cast.karim.person_id}" value="other"' in ladder
    waiting = proposed(cast, case, targets=(by_hand(cast),))
    with pytest.raises(NeedsConcurrence):
        execute(waiting.version, **who(cast.amara, cast))
    assert not ByHand.objects.exists()
    luis = at_the_desk(cast.luis).open(f"/proposals/{waiting.id}")
    assert luis.sees(WORDS)
    assert luis.sees("Luis does it")
    luis.press("I agree")
    execution = looked_at(cast)
    (found,) = ByHand.objects.all()
    (warrant,) = execution.warrants.all()
    assert (warrant.kind, warrant.done_at, warrant.verified_at) == ("other", None, None)
    assert WORDS.encode() not in bytes(found.sealed)
    assert Case.objects.get().state == CaseState.ACTION_PENDING
    assert luis.open("/").sees("To be done by hand")
    luis.open(f"/decisions/{found.decision_id}")
    assert luis.sees(WORDS)
    luis.press("It is done", words="")
    assert luis.sees("Please say what was done.")
    luis.press("It is done", words="They moved him to booth 4.")
    assert luis.sees("Luis did it")
    assert luis.sees("They moved him to booth 4.")
    warrant.refresh_from_db()
    assert warrant.done_at is not None
    assert warrant.verified_at is not None
    assert Case.objects.get().state == CaseState.STABILISED
    assert not luis.open("/").sees("To be done by hand")
    assert audit() == []


@pytest.mark.clauses("R-ACT-1")
def test_it_says_what_is_done_and_by_somebody_who_may_know_of_it(cast: Cast) -> None:
    case = case_about_karim(cast)
    for wrong in (
        by_hand(cast, words="  "),
        by_hand(cast, cast.ravi),
        by_hand(cast, cast.ines),
        replace(by_hand(cast), detail={"words": WORDS, "hand": "nobody"}),
        replace(by_hand(cast), detail={"words": WORDS}),
        by_hand(cast, words="x" * 2_001),
    ):
        with pytest.raises(SayWhatAndWho), transaction.atomic():
            proposed(cast, case, targets=(wrong,))


@pytest.mark.clauses("R-ACT-1")
def test_it_is_never_silently_given_up(cast: Cast) -> None:
    agreed_to(cast, by_hand(cast, cast.noor))
    looked_at(cast)
    assert alarm_late(None, at=cast.later(minutes=14)) == 0
    assert alarm_late(None, at=cast.later(minutes=15)) == 1
    assert alarm_late(None, at=cast.later(minutes=16)) == 0
    Job.objects.filter(kind=NOTICE).delete()
    assert call_again(None, at=cast.later(minutes=19)) == 0
    assert call_again(None, at=cast.later(minutes=20)) == 1
    called = set(Job.objects.filter(kind=NOTICE).values_list("subject", flat=True))
    assert called == {cast.amara.id, cast.luis.id, cast.noor.id}
    luis = at_the_desk(cast.luis).open("/")
    assert luis.sees("nobody has said that it was done")
    looked_at(cast, days=9)
    assert Warrant.objects.get().verified_at is None
    assert Case.objects.get().state == CaseState.ACTION_PENDING


@pytest.mark.clauses("R-ACT-1", "I-REVIEW-1")
def test_what_waits_by_a_quiet_day_waits_less_once_its_room_is_open(cast: Cast) -> None:
    """A step by hand, and somebody who asked to look again; neither ever waits longer."""
    case_about_karim(cast)
    Session.objects.update(state=State.PLANNED)
    Convening.objects.update(state=State.PLANNED)
    agreed_to(cast, by_hand(cast, cast.noor))
    asked = {"words": "Please look.", "contact": "", "nonce": b"r" * 16}
    _code, request = ask_review(kind="review", shut=None, at=cast.at, **asked)
    found = ByHand.objects.get()
    assert found.due_at == cast.later(hours=4)
    assert hasten(None, at=cast.later(minutes=1)) == 0
    Session.objects.update(state=State.OPEN)
    Convening.objects.update(state=State.OPEN)
    Job.objects.filter(kind=NOTICE).delete()
    assert hasten(None, at=cast.later(minutes=10)) == 2
    assert hasten(None, at=cast.later(minutes=11)) == 0
    found.refresh_from_db()
    request.refresh_from_db()
    assert found.due_at == cast.later(minutes=25)
    assert request.answer_due_at == cast.later(days=1, minutes=10)
    assert Job.objects.filter(kind=NOTICE, subject=cast.noor.id).exists()
    assert alarm_late(None, at=cast.later(minutes=25)) == 1


@pytest.mark.clauses("R-ACT-1")
def test_a_colleague_may_say_it_and_nobody_without_a_part(cast: Cast) -> None:
    agreed_to(cast, by_hand(cast, cast.noor))
    found = ByHand.objects.get()
    with pytest.raises(SayWhatWasDone):
        state_done(found, words=" ", **who(cast.luis, cast))
    with pytest.raises(HasAConflict):
        state_done(found, words="Done.", **who(cast.ravi, cast))
    first = state_done(found, words="I called them.", **who(cast.luis, cast))
    again = state_done(found, words="I did.", **who(cast.noor, cast, hours=1))
    assert (first.stated_by, again.stated_by) == (cast.luis.id, cast.luis.id)
    ravi = at_the_desk(cast.ravi)
    assert ravi.post(f"/by-hand/{found.id}", words="Done.").status == 404


@pytest.mark.clauses("R-ACT-1")
def test_a_statement_that_nobody_signed_is_named(cast: Cast) -> None:
    agreed_to(cast, by_hand(cast))
    found = ByHand.objects.get()
    state_done(found, words="I called them.", **who(cast.luis, cast))
    assert audit() == []
    with connection.cursor() as cursor:
        for statement in drop_statements():
            cursor.execute(statement)
    ByHand.objects.update(stated_by=cast.noor.id)
    install()
    assert "a statement that does not hold" in {one.what for one in audit()}


@pytest.mark.clauses("R-PRACT-1")
def test_what_was_considered_and_cannot_be_done_needs_its_reason(cast: Cast) -> None:
    case = case_about_karim(cast)
    targets = (step(cast, "mute"),)
    said = {"targets": targets, "set_aside": ("organisation",)}
    assert missing(cast, case, **said) == ["set_aside_why"]
    assert missing(cast, case, **said, set_aside_why="  ") == ["set_aside_why"]
    assert missing(cast, case, targets=targets, set_aside_why="No.") == ["set_aside_why"]
    why = "Nobody knows which organisation he is with."
    proposal = proposed(cast, case, **said, set_aside_why=why)
    luis = at_the_desk(cast.luis).open(f"/proposals/{proposal.id}")
    assert luis.sees(str(SET_ASIDE["organisation"]))
    assert luis.sees(why)


@pytest.mark.clauses("R-PRACT-1")
def test_an_agreed_step_is_left_out_with_a_reason_and_without_a_new_yes(cast: Cast) -> None:
    case = case_about_karim(cast)
    proposal = agreed_to(cast, *terms_for(cast).targets, at_once=False)
    out, delete = steps_of(proposal)
    with pytest.raises(SayWhyNot):
        set_aside(proposal.version, steps=[out], reason="  ", **who(cast.amara, cast))
    with pytest.raises(NothingIsLeft):
        set_aside(proposal.version, steps=[out, delete], reason="No.", **who(cast.amara, cast))
    with pytest.raises(NeedsCoordinator):
        set_aside(proposal.version, steps=[out], reason="No.", **who(cast.noor, cast))
    amara = at_the_desk(cast.amara).open(f"/proposals/{proposal.id}")
    amara.press("Leave it out", steps=out, reason="He has left the event by himself.")
    assert amara.sees("Left out: Remove one person from Hall 1")
    assert amara.sees("He has left the event by himself.")
    amara.press("Carry it out now")
    execution = looked_at(cast)
    assert [one.kind for one in execution.warrants.all()] == ["delete"]
    assert not Shut.objects.exists()
    assert not Told.objects.exists()
    assert not Post.objects.filter(registration=cast.karim, removed=False).exists()
    case.refresh_from_db()
    assert case.state == CaseState.STABILISED
    luis = at_the_desk(cast.luis).open(f"/proposals/{proposal.id}")
    assert luis.sees("He has left the event by himself.")
    assert audit() == []


@pytest.mark.clauses("R-PRACT-1")
def test_a_step_that_waits_for_a_hand_is_left_out_while_it_is_carried_out(cast: Cast) -> None:
    proposal = agreed_to(cast, by_hand(cast), replace(step(cast, "mute"), id=cast.tomas.person_id))
    execution = looked_at(cast)
    other = Warrant.objects.get(kind="other").commitment
    mute = Warrant.objects.get(kind="mute").commitment
    with pytest.raises(WasCarriedOut):
        set_aside(proposal.version, steps=[mute], reason="No.", **who(cast.amara, cast))
    set_aside(
        proposal.version, steps=[other], reason="The agency is closed.", **who(cast.amara, cast)
    )
    looked_at(cast)
    assert Case.objects.get().state == CaseState.STABILISED
    with pytest.raises(WasSetAside):
        state_done(ByHand.objects.get(), words="Done.", **who(cast.luis, cast))
    assert execution.warrants.get(kind="other").verified_at is None
    assert alarm_late(None, at=cast.later(days=1)) == 0
    assert audit() == []


@pytest.mark.clauses("R-PRACT-1")
def test_a_letter_never_speaks_of_a_step_that_was_left_out(cast: Cast) -> None:
    proposal = agreed_to(cast, step(cast, "mute"), step(cast, "ask"), at_once=False)
    with pytest.raises(ItsLetterSpeaksOfBoth):
        set_aside(
            proposal.version, steps=steps_of(proposal)[:1], reason="No.", **who(cast.amara, cast)
        )
    assert not SetAside.objects.exists()


@pytest.mark.clauses("R-PRACT-1")
def test_nothing_is_left_out_of_what_nobody_agreed_to(cast: Cast) -> None:
    proposal = proposed(cast)
    opened(proposal.version, cast.amara, cast.at)
    with pytest.raises(NoLongerOpen):
        set_aside(
            proposal.version, steps=steps_of(proposal)[:1], reason="No.", **who(cast.amara, cast)
        )


@pytest.mark.clauses("R-PRACT-1")
def test_a_step_that_vanished_without_a_reason_is_named(cast: Cast) -> None:
    case_about_karim(cast)
    agreed_to(cast, *terms_for(cast).targets)
    assert audit() == []
    with connection.cursor() as cursor:
        for statement in drop_statements():
            cursor.execute(statement)
    Warrant.objects.filter(kind="delete").delete()
    install()
    found = {one.what for one in audit()}
    assert "a step that was agreed to, and neither done nor set aside" in found


@pytest.mark.clauses("R-ACT-1", "K-CONF-1")
def test_a_hand_without_a_part_hears_nothing_and_it_is_the_coordinators(cast: Cast) -> None:
    """Noor was named and steps out before the yes; Amara does it, until she steps out, and Luis after her."""
    zoe = another_receiver(cast, "zoe")
    case = case_about_karim(cast)
    proposal = proposed(cast, case, targets=(by_hand(cast, cast.noor),))
    recuse(case, who=cast.noor.id, **who(cast.noor, cast))
    Job.objects.filter(kind=NOTICE).delete()
    agrees = opened(proposal.version, zoe, cast.at)
    concur(agrees, by=zoe.staff, keyring=zoe.keyring, at=cast.at)
    found = ByHand.objects.get()
    assert (found.hand, found.doer) == (cast.noor.id, cast.amara.id)
    assert rung() == {cast.amara.id}
    amara = at_the_desk(cast.amara).open("/")
    assert amara.sees("To be done by hand")
    assert amara.open(f"/decisions/{found.decision_id}").sees("Whoever was named for it")
    Job.objects.filter(kind=NOTICE).delete()
    recuse(case, who=cast.amara.id, **who(cast.amara, cast, minutes=1))
    found.refresh_from_db()
    assert (found.doer, found.passed_at) == (cast.luis.id, cast.later(minutes=1))
    assert {cast.amara.id, cast.noor.id} & rung() == set()
    end_designation(cast.luis.staff, by=None, at=cast.later(minutes=2))
    found.refresh_from_db()
    assert found.doer == zoe.id
    files.settle(zoe.keyring, at=cast.later(minutes=3))
    assert state_done(found, words="Booth 4.", **who(zoe, cast, minutes=3)).stated_by == zoe.id
    assert audit() == []


def rung() -> set[object]:
    return set(Job.objects.waiting().filter(kind=NOTICE).values_list("subject", flat=True))
