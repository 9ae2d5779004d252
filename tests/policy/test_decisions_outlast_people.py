"""A decision stays in force longer than people stay: whoever comes after them can read it, act under it and end it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from concord.actions.audit import audit
from concord.actions.confirm_decision import confirm_decision
from concord.actions.end_earlier import end_earlier
from concord.actions.models import ByHand, LateRecusal
from concord.cases.accept_hand_over import accept_hand_over
from concord.cases.hand_over import hand_over
from concord.cases.hand_to_team import hand_to_team
from concord.cases.models import Case
from concord.cases.recuse import recuse
from concord.concurrence.let_stand import let_stand
from concord.concurrence.look_again import look_again
from concord.concurrence.models import Decision, Look
from concord.concurrence.owe_decisions import owe_decisions
from concord.evasion.revoke_again import MayNotActOnAReturn, check_may_act
from concord.monitoring.ring import NOTICE
from concord.outbox.models import Job
from concord.people.declare_tie import declare_tie
from concord.people.end_designation import end_designation
from concord.people.end_tie import end_tie
from concord.people.models import Tie
from concord.reports.outside import Outside
from concord.reports.promise_discretion import promise_discretion
from concord.vault import files
from concord.vault.models import OwedGrant
from tests.browsing import at_the_desk
from tests.cast import Cast, Desk, opened, stage, terms_for
from tests.looking_again import another_receiver, decided, lift_of, proposed_lift
from tests.policy.test_other_ways import by_hand


@pytest.fixture(scope="module")
def staged(kept_for_the_module: None) -> Cast:
    return stage(timezone.now() - timedelta(hours=6))


def without_end(cast: Cast, *, days: int = 30) -> Decision:
    """Karim is out of the hall, and it is looked at again in a month."""
    revoke = terms_for(cast).targets[0]
    day = (cast.at + timedelta(days=days)).date()
    return decided(cast, targets=(replace(revoke, review_on=day, until_at=None),))


def rung() -> set[object]:
    return set(Job.objects.waiting().filter(kind=NOTICE).values_list("subject", flat=True))


def rung_anew() -> None:
    Job.objects.filter(kind=NOTICE).delete()


def takes_it_over(cast: Cast, case: Case, new: Desk) -> None:
    """Amara passes it on by name, and is at her desk once more afterwards."""
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring}
    asked = hand_over(case, to=new.staff, at=cast.later(hours=1), **amara)
    accept_hand_over(asked, by=new.staff, at=cast.later(hours=2))
    files.settle(cast.amara.keyring, at=cast.later(hours=3))


def opens(desk: Desk, decision: Decision) -> bool:
    """The decision, and the exact text that was agreed to."""
    text = decision.execution.concurrence.version.briefing
    return all(files.may_open(one, desk.id) for one in (decision.file, text))


@pytest.mark.clauses("R-COORD-1", "R-EVADE-2", "I-PROC-1")
def test_whoever_takes_a_case_over_acts_under_what_was_decided_before_they_came(
    cast: Cast,
) -> None:
    decision = without_end(cast)
    mina = another_receiver(cast, at=cast.later(minutes=30))
    with pytest.raises(MayNotActOnAReturn):
        check_may_act(decision, by=mina.staff, at=cast.later(minutes=31))
    takes_it_over(cast, decision.case, mina)
    desk = at_the_desk(mina).open(f"/cases/{decision.case_id}")
    assert desk.sees(decision.code)
    assert desk.open(f"/decisions/{decision.id}").sees("Read the exact text")
    assert desk.follow("Read the exact text").sees("Urged somebody to hurt themself.")
    check_may_act(decision, by=mina.staff, at=cast.later(hours=4))
    day = cast.later(days=30)
    rung_anew()
    look_again(None, at=day)
    assert rung() == {mina.id, cast.luis.id}
    who = {"by": mina.staff, "at": day}
    let_stand(Look.objects.get(), next_on=(day + timedelta(days=60)).date(), **who)
    theirs = {**who, "keyring": mina.keyring}
    end_earlier(decision, ends_at=day + timedelta(days=9), reason="It is calm.", **theirs)
    mina_is_amara = replace(cast, amara=mina)
    proposal = proposed_lift(mina_is_amara, decision, lift_of(decision), at=day)
    assert proposal.state == "proposed"
    assert audit() == []


@pytest.mark.clauses("R-COORD-1", "I-WHO-1")
def test_a_decision_goes_on_when_everybody_who_made_it_has_left(cast: Cast) -> None:
    """The team turns over, one by one; whoever is there on its day is rung, and can say that it stays."""
    decision = without_end(cast)
    mina = another_receiver(cast, at=cast.later(days=1))
    zoe = another_receiver(cast, "zoe", at=cast.later(days=1))
    assert owe_decisions(None, at=cast.later(days=2)) == 1
    assert owe_decisions(None, at=cast.later(days=2)) == 0
    assert not opens(mina, decision)
    files.settle(cast.noor.keyring, at=cast.later(days=2))
    assert opens(mina, decision)
    assert opens(zoe, decision)
    for desk in (cast.luis, cast.noor, cast.amara):
        end_designation(desk.staff, by=None, at=cast.later(days=3))
    assert files.readers(decision.file) == {mina.id, zoe.id}
    rung_anew()
    look_again(None, at=cast.later(days=30))
    look_again(None, at=cast.later(days=31))
    assert rung() == {mina.id, zoe.id}
    end_designation(zoe.staff, by=None, at=cast.later(days=32))
    assert mina.id in rung()  # the last who can open it, who makes the grant at the next request
    files.settle(mina.keyring, at=cast.later(days=32))
    assert files.readers(decision.file) == {mina.id, cast.outside.holder}
    assert audit() == []


@pytest.mark.clauses("K-CONF-1", "I-WHO-1")
def test_nobody_with_a_conflict_comes_by_its_key_afterwards(cast: Cast) -> None:
    """Mina is close to Karim, Zoe steps out, and Noor, who takes her tie back, was there when it was decided."""
    tie = declare_tie(cast.noor.staff, person=cast.karim.person, kind=Tie.Kind.HARD, at=cast.at)
    decision = decided(cast, agrees=cast.luis)
    mina, zoe = (another_receiver(cast, one, at=cast.later(minutes=1)) for one in ("mina", "zoe"))
    declare_tie(mina.staff, person=cast.karim.person, kind=Tie.Kind.HARD, at=cast.later(minutes=2))
    recuse(decision.case, who=zoe.id, by=zoe.staff, at=cast.later(minutes=2))
    end_tie(tie, by=cast.noor.staff, at=cast.later(minutes=3))
    owe_decisions(None, at=cast.later(minutes=4))
    files.settle(cast.amara.keyring, at=cast.later(minutes=4))
    assert files.readers(decision.file) == {cast.amara.id, cast.luis.id}
    assert not OwedGrant.objects.exists()
    assert at_the_desk(mina).open(f"/decisions/{decision.id}").status == 404


@pytest.mark.clauses("R-BOTH-1", "R-CONCUR-1")
def test_whoever_steps_out_leaves_the_key_to_those_who_confirm(cast: Cast) -> None:
    """With their own key, while it is still theirs: nobody else need be there."""
    decision = decided(cast)
    mina = another_receiver(cast, at=cast.later(minutes=1))
    zoe = another_receiver(cast, "zoe", at=cast.later(minutes=1))
    who = {"at": cast.later(minutes=2)}
    for desk in (cast.luis, cast.noor):
        recuse(decision.case, who=desk.id, by=desk.staff, keyring=desk.keyring, **who)
    assert not opens(cast.noor, decision)
    version = decision.execution.concurrence.version
    late = LateRecusal.objects.get(person=cast.noor.id)
    for desk in (mina, zoe):
        assert opens(desk, decision)
        opened(version, desk, cast.later(minutes=3))
        confirm_decision(late, by=desk.staff, keyring=desk.keyring, at=cast.later(minutes=3))
    late.refresh_from_db()
    assert late.settled_at == cast.later(minutes=3)
    assert audit() == []


@pytest.mark.clauses("I-WHO-1", "R-COORD-1")
def test_with_nobody_left_it_is_with_the_outside_contact_and_whoever_is_brought_in_has_it_from_there(
    cast: Cast,
) -> None:
    """And what Luis was to do by hand is theirs to do."""
    decision = decided(cast, targets=(by_hand(cast, cast.luis),))
    for desk in (cast.noor, cast.luis, cast.amara):
        who = {"by": desk.staff, "keyring": desk.keyring, "at": cast.later(minutes=1)}
        recuse(decision.case, who=desk.id, **who)
    assert files.readers(decision.file) == {cast.outside.holder}
    mina = another_receiver(cast, at=cast.later(minutes=2))
    promise_discretion(cast.outside, at=cast.later(minutes=3))
    elena = Outside(cast.outside, cast.outside_key)
    hand_to_team(decision.case, to=mina.staff, by=elena, at=cast.later(minutes=3))
    files.settle(cast.outside_key, at=cast.later(minutes=4))
    assert opens(mina, decision)
    assert ByHand.objects.get().doer == mina.id
    assert audit() == []
