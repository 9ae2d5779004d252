"""Whose a request is: somebody's without a part in the decision, from the moment that anybody knows which it is."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from concord.access.models import Shut
from concord.actions.ask_review import ask_review
from concord.actions.assign_review import assign_review
from concord.actions.decide_review import (
    GiveAReason,
    HadAPart,
    NotAnOutcome,
    decide_review,
)
from concord.actions.models import ReviewRequest
from concord.cases.recuse import recuse
from concord.concurrence.models import Decision
from concord.vault import files
from concord.vault.errors import NoGrant
from tests.cast import Cast, Desk
from tests.looking_again import another_receiver, decided, terms_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def mina(cast: Cast) -> Desk:
    return another_receiver(cast)


@pytest.fixture
def decision(cast: Cast, mina: Desk) -> Decision:
    return decided(cast)


def filed(cast: Cast, **known: object) -> ReviewRequest:
    asked = {"kind": "review", "words": "Please look.", "contact": "", "shut": None, **known}
    return ask_review(**{"nonce": os.urandom(16), "at": cast.at, **asked})[1]  # type: ignore[arg-type]


def by(desk: Desk, cast: Cast) -> dict:
    return {"by": desk.staff, "keyring": desk.keyring, "at": cast.at}


def decides(request: ReviewRequest, desk: Desk, cast: Cast, **said: object) -> ReviewRequest:
    what = {"outcome": "upheld", "reason": "A threat.", "answer": "", "at": cast.at, **said}
    return decide_review(request, by=desk.id, keyring=desk.keyring, **what)  # type: ignore[arg-type]


def test_whoever_had_a_part_says_which_it_is_and_loses_it_to_somebody_who_had_none(
    cast: Cast, mina: Desk, decision: Decision
) -> None:
    request = filed(cast)
    assert (request.state, request.named) == ("filed", False)
    with pytest.raises(HadAPart):
        decides(request, mina, cast)
    request = assign_review(request, decision=decision, **by(cast.luis, cast))
    assert (request.state, request.reviewer) == ("assigned", mina.id)
    assert files.readers(request.file) == {mina.id}
    with pytest.raises(NoGrant):
        assign_review(request, decision=decision, **by(cast.luis, cast))
    assert assign_review(request, decision=decision, **by(mina, cast)).reviewer == mina.id


def test_only_who_receives_reports_and_sees_the_decision_says_which_it_is(
    cast: Cast, mina: Desk, decision: Decision
) -> None:
    request = filed(cast)
    for desk in (
        cast.noor,
        cast.ravi,
    ):  # Noor receives none; Ravi, close to Karim, sees no decision
        with pytest.raises(NoGrant):
            assign_review(request, decision=decision, **by(desk, cast))


def test_whoever_steps_out_passes_it_on(cast: Cast, mina: Desk, decision: Decision) -> None:
    shut = decision.execution.warrants.get(kind="revoke")
    request = filed(cast, shut=Shut.objects.get(warrant=shut.id).id)
    assert request.reviewer == mina.id
    recuse(decision.case, who=mina.id, by=mina.staff, at=cast.at)
    request.refresh_from_db()
    assert request.reviewer == cast.outside.holder
    assert not files.may_open(request.file, mina.id)
    with pytest.raises(NoGrant):
        decides(request, mina, cast)


def test_an_outcome_is_one_of_three_and_says_why(
    cast: Cast, mina: Desk, decision: Decision
) -> None:
    request = assign_review(filed(cast), decision=decision, **by(cast.luis, cast))
    with pytest.raises(NotAnOutcome):
        decides(request, mina, cast, outcome="filed")
    with pytest.raises(GiveAReason):
        decides(request, mina, cast, reason=" ")
    assert decides(request, mina, cast).state == "upheld"
    assert not files.may_open(decision.case.file, mina.id)
    assert decides(request, mina, cast, outcome="overturned").state == "upheld"
    assert Decision.objects.in_force(cast.at).filter(id=decision.id).exists()


def test_this_is_not_me_has_no_middle(cast: Cast, mina: Desk, decision: Decision) -> None:
    request = assign_review(filed(cast, kind="not_me"), decision=decision, **by(cast.luis, cast))
    with pytest.raises(NotAnOutcome):
        decides(request, mina, cast, outcome="varied")


def test_what_is_known_to_be_about_one_decision_is_turned_on_no_other(
    cast: Cast, mina: Desk
) -> None:
    zoe = another_receiver(cast, "zoe")
    decision = decided(cast)
    step = terms_for(cast).targets[0]
    other = decided(
        cast, case=decision.case, targets=(replace(step, scope_id=cast.annex.session_id),)
    )
    shut = decision.execution.warrants.get(kind="revoke")
    request = filed(cast, shut=Shut.objects.get(warrant=shut.id).id)
    assert Decision.objects.visible_to(zoe.staff).filter(id=other.id).exists()
    with pytest.raises(NoGrant):
        assign_review(request, decision=other, **by(zoe, cast))
    request.refresh_from_db()
    assert (request.decision, request.reviewer) == (decision, mina.id)
    # The same one: somebody else without a part takes it over, and what was lent is taken back.
    assert assign_review(request, decision=decision, **by(zoe, cast)).reviewer == zoe.id
    assert not files.may_open(decision.case.file, mina.id)


def test_whoever_says_which_decision_a_nameless_request_is_about_does_not_look_at_it(
    cast: Cast, mina: Desk, decision: Decision
) -> None:
    request = assign_review(filed(cast), decision=decision, **by(mina, cast))
    assert request.reviewer == cast.outside.holder, "nobody else on the team has no part in it"
    assert not files.may_open(decision.case.file, mina.id)
    request = assign_review(request, decision=decision, **by(mina, cast))
    assert request.reviewer == cast.outside.holder
    with pytest.raises(HadAPart):
        decides(request, mina, cast, outcome="overturned")


def test_a_key_that_was_owed_for_looking_is_not_made_once_it_was_decided(cast: Cast) -> None:
    decision, newcomer = decided(cast), another_receiver(cast, at=cast.later(minutes=1))
    shut = decision.execution.warrants.get(kind="revoke")
    request = filed(cast, shut=Shut.objects.get(warrant=shut.id).id, at=cast.later(minutes=2))
    assert request.reviewer == newcomer.id
    assert newcomer.id in files.owed_to(decision.case.file)
    decides(request, newcomer, cast, at=cast.later(minutes=3))
    files.settle(cast.amara.keyring, at=cast.later(minutes=4))
    assert not files.may_open(decision.case.file, newcomer.id)
