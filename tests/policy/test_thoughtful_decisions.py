"""A decision is thoughtful: grounds, reasons, what was considered, and somebody's words to rest on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from concord.cases.clocks import months_after
from concord.cases.models import Source
from concord.concurrence.concur import concur
from concord.concurrence.models import Decision, Execution, Proposal
from concord.concurrence.propose import NothingReported
from concord.concurrence.terms import GROUNDS, Incomplete
from concord.outbox.worker import plant_periodic, run_due
from concord.policy.violations import KINDS
from tests.browsing import at_the_desk
from tests.cast import Cast, case_about_karim, flagged, opened, proposed, terms_for


def missing(cast: Cast, **changes: object) -> list[str]:
    """What a proposal with these changes lacks, when it is refused for that; nothing of it stays."""
    with transaction.atomic():
        try:
            proposed(cast, **changes)
        except Incomplete as refused:
            assert not Proposal.objects.exists()
            return refused.missing
        finally:
            transaction.set_rollback(True)
    return []


def briefing(cast: Cast, **changes: object) -> str:
    """What a colleague reads who is asked to agree."""
    proposal = proposed(cast, **changes)
    return at_the_desk(cast.luis).open(f"/proposals/{proposal.id}").words


@pytest.mark.clauses("A-THOUGHT-1")
def test_whatever_is_missing_from_a_considered_decision_stops_it(cast: Cast) -> None:
    for field in ("reason", "stabilises", "considered", "less_severe", "safety"):
        assert missing(cast, **{field: "  "}) == [field]
    for field in ("grounds", "targets"):
        assert missing(cast, **{field: ()}) == [field]


@pytest.mark.clauses("A-THOUGHT-1")
def test_a_revocation_says_until_when_or_when_it_is_looked_at_again(cast: Cast) -> None:
    endless = tuple(replace(each, until_at=None) for each in terms_for(cast).targets)
    assert missing(cast, targets=endless) == ["until_at"]
    revoke = endless[0]
    for until_at, days in ((None, 400), (cast.later(days=30), 31)):
        day = (cast.at + timedelta(days=days)).date()
        late = replace(revoke, until_at=until_at, review_on=day)
        assert missing(cast, targets=(late,)) == ["review_on"], "out of sight until then"
    for_ever = replace(revoke, until_at=datetime(9999, 12, 31, 23, 59, tzinfo=UTC))
    assert missing(cast, targets=(for_ever,)) == ["until_at"], "no clock shows that day"
    assert months_after(for_ever.until_at, 24) == date.max, "nor is a case kept open by one"


@pytest.mark.clauses("A-THOUGHT-1")
def test_whoever_is_asked_reads_everything_that_was_considered(cast: Cast) -> None:
    read = briefing(cast)
    terms = terms_for(cast)
    for text in (terms.reason, terms.stabilises, terms.considered, terms.less_severe, terms.safety):
        assert text in read


@pytest.mark.clauses("A-THOUGHT-1")
def test_no_flag_however_often_raised_becomes_a_decision_by_itself(cast: Cast) -> None:
    for words in ("Go away", "Go away at last"):
        flagged(cast, words)
    plant_periodic(at=cast.at)
    run_due(at=cast.later(minutes=30))
    assert not Proposal.objects.exists()
    assert not Decision.objects.exists()
    assert not Execution.objects.exists()


@pytest.mark.clauses("A-GROUND-1")
def test_a_risk_to_somebody_is_ground_enough_without_any_finding(cast: Cast) -> None:
    assert missing(cast, grounds=("risk",), violations=(), finding="") == []
    read = briefing(cast, grounds=("risk",), violations=(), finding="")
    assert str(GROUNDS["risk"]) in read
    concur_by_luis(cast)
    assert Decision.objects.count() == 1


@pytest.mark.clauses("A-GROUND-2")
def test_a_violation_needs_the_item_and_the_conduct(cast: Cast) -> None:
    assert missing(cast, grounds=("violation",), finding=" ") == ["finding"]
    assert missing(cast, grounds=("violation",), violations=()) == ["finding"]


@pytest.mark.clauses("A-GROUND-2")
def test_the_finding_and_its_item_are_what_a_colleague_agrees_to(cast: Cast) -> None:
    read = briefing(cast)
    assert "Encouraging self-harm, in the hall, today." in read
    assert str(KINDS["threat"].name) in read


@pytest.mark.clauses("A-GROUND-3")
def test_unlawful_or_violent_conduct_says_what_is_relied_on(cast: Cast) -> None:
    assert missing(cast, grounds=("conduct",), relied_on="") == ["relied_on"]
    read = briefing(cast, grounds=("conduct",), relied_on="The court's notice of 3 May.")
    assert "The court's notice of 3 May." in read


@pytest.mark.clauses("A-GROUND-4")
def test_acting_against_the_values_names_the_value(cast: Cast) -> None:
    assert missing(cast, grounds=("values",), value="") == ["value"]
    assert missing(cast, grounds=("values",), value="whatever I dislike") == ["value"]
    read = briefing(cast, grounds=("values",), value="dignity")
    assert "Dignity, decency and respect" in read
    assert str(GROUNDS["values"]) in read


@pytest.mark.clauses("S-REPORTED-1")
def test_a_decision_rests_on_reported_behaviour(cast: Cast) -> None:
    case = case_about_karim(cast)
    Source.objects.filter(case=case).delete()
    with pytest.raises(NothingReported):
        proposed(cast, case)
    assert not Proposal.objects.exists()


@pytest.mark.clauses("S-REPORTED-1")
def test_every_decision_leads_back_to_what_was_reported_and_waits_for_no_inquiry(
    cast: Cast,
) -> None:
    proposed(cast)
    concur_by_luis(cast)
    decision = Decision.objects.get()
    assert decision.case.sources.get().flag.credible
    assert decision.case.state in ("pending", "stabilised")


def concur_by_luis(cast: Cast) -> None:
    version = opened(Proposal.objects.get().version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
