"""Helping or cheering on a breach: each person's part is decided on its own (V-ASSIST-1)."""

from __future__ import annotations

import pytest

from concord.access.models import Shut
from concord.cases.models import Case
from concord.concurrence.models import Decision, Proposal
from tests.browsing import at_the_desk
from tests.cast import Cast, case_about_karim

SHORT = {"grounds": "violation", "is_safe": "on", "posts": ""}


@pytest.mark.clauses("V-ASSIST-1")
def test_who_did_it_and_who_cheered_it_on_have_a_decision_each(cast: Cast) -> None:
    case = case_about_karim(cast)
    cast.say(cast.tomas, "Yes, more of this.")
    amara, luis = at_the_desk(cast.amara), at_the_desk(cast.luis)
    amara.open(f"/cases/{case.id}/people").press("Keep it", role="assisted", name="Tomas Vega")
    assert amara.sees("Person reported: helped, or cheered it on")
    for who, item, reason in (
        (cast.karim, "threat", "He urged her to hurt herself."),
        (cast.tomas, "assist", "He cheered it on."),
    ):
        amara.open(f"/cases/{case.id}/propose")
        assert amara.sees("Tomas Vega (helped, or cheered it on)")
        steps = {f"step_{one.person_id}": "" for one in (cast.karim, cast.tomas)}
        steps[f"step_{who.person_id}"] = "revoke"
        typed = {**SHORT, **steps, "violations": item, "reason": reason}
        amara.press("See what it does", **typed).press("Ask for a second yes")
    assert Proposal.objects.count() == 2
    did, helped = Proposal.objects.order_by("opened_at")
    assert {did.state, helped.state} == {"proposed"}
    luis.open(f"/proposals/{helped.id}")
    assert luis.sees("He cheered it on.")
    assert not luis.sees("He urged her")
    luis.press("I agree")
    assert Shut.objects.get().person_id == cast.tomas.person_id
    did.refresh_from_db()
    assert did.state == "proposed"
    luis.open(f"/proposals/{did.id}").press("I agree")
    assert Decision.objects.filter(case=Case.objects.get()).count() == 2
    assert Shut.objects.count() == 2
