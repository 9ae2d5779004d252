"""A considered decision says everything that the policy asks of it (A-THOUGHT-1, A-GROUND-1 to A-GROUND-4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from concord.cases.models import Case, Source
from concord.concurrence.guards import NeedsCoordinator
from concord.concurrence.models import Proposal
from concord.concurrence.propose import NothingReported, TargetHasAnOpenProposal, propose
from concord.concurrence.terms import Incomplete, Target
from concord.refusals import Refused
from concord.survivors.read_text import NamesSomebodyProtected
from tests.cast import Cast, case_about_karim, proposed, terms_for

pytestmark = pytest.mark.django_db


def missing(cast: Cast, **changes: object) -> list[str]:
    with pytest.raises(Incomplete) as refused:
        proposed(cast, **changes)
    assert not Proposal.objects.exists()
    return refused.value.missing


@pytest.mark.parametrize("field", ["reason", "stabilises", "considered", "less_severe", "safety"])
def test_each_field_of_a_thoughtful_decision_is_needed(cast: Cast, field: str) -> None:
    assert missing(cast, **{field: "  "}) == [field]


def test_a_proposal_has_a_target_and_grounds(cast: Cast) -> None:
    assert missing(cast, targets=(), grounds=()) == ["targets", "grounds"]


def test_a_risk_needs_no_finding(cast: Cast) -> None:
    assert proposed(cast, grounds=("risk",), violations=(), finding="").state == "proposed"


def test_a_violation_needs_a_finding(cast: Cast) -> None:
    assert missing(cast, grounds=("violation",), finding="") == ["finding"]


def test_unlawful_conduct_needs_what_is_relied_on(cast: Cast) -> None:
    assert missing(cast, grounds=("conduct",), relied_on="") == ["relied_on"]


def test_values_need_the_value(cast: Cast) -> None:
    assert missing(cast, grounds=("values",), value="") == ["value"]


def test_a_revocation_ends_or_is_reviewed(cast: Cast) -> None:
    endless = tuple(replace(each, until_at=None) for each in terms_for(cast).targets)
    assert missing(cast, targets=endless) == ["until_at"]


def test_an_end_in_the_past_is_refused(cast: Cast) -> None:
    over = tuple(replace(each, until_at=cast.at) for each in terms_for(cast).targets)
    assert missing(cast, targets=over) == ["until_at"]


def test_only_the_coordinator_or_the_deputy_proposes(cast: Cast) -> None:
    case = case_about_karim(cast)
    with pytest.raises(NeedsCoordinator):
        propose(
            case, terms=terms_for(cast), by=cast.noor.staff, keyring=cast.noor.keyring, at=cast.at
        )


def test_a_case_without_a_source_decides_nothing(cast: Cast) -> None:
    case = case_about_karim(cast)
    Source.objects.filter(case=case).delete()
    with pytest.raises(NothingReported):
        proposed(cast, case)


def test_a_second_proposal_on_the_same_target_waits(cast: Cast) -> None:
    case = case_about_karim(cast)
    proposed(cast, case)
    with pytest.raises(TargetHasAnOpenProposal):
        proposed(cast, case)
    assert Proposal.objects.count() == 1


def test_a_notice_that_names_who_flagged_is_refused(cast: Cast) -> None:
    with pytest.raises(NamesSomebodyProtected):
        proposed(cast, notice_body="After what S a r a Lindqvist told us you are out.")
    assert not Proposal.objects.exists()


def test_a_scope_that_does_not_exist_is_refused(cast: Cast) -> None:
    nowhere = Target(
        "revoke",
        cast.karim.person_id,
        "Karim",
        scope_kind="session",
        scope_id=cast.karim.id,
        until_at=cast.at + timedelta(hours=1),
    )
    with pytest.raises(Refused, match="NoSuchPlace"):
        proposed(cast, targets=(nowhere,))


def test_the_case_is_pending_while_a_proposal_is_open(cast: Cast) -> None:
    case = case_about_karim(cast)
    proposed(cast, case)
    assert Case.objects.get(id=case.id).state == "pending"
