"""Two coordinators on linked cases about one person: one proposal is open, the other waits (PUB-13)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from concord.actions.audit import audit
from concord.cases.link_cases import link_cases
from concord.cases.models import Case
from concord.cases.recuse import recuse
from concord.cases.take_up import take_up
from concord.concurrence.concur import concur
from concord.concurrence.guards import NeedsOpening, StaleVersion
from concord.concurrence.models import Concurrence, Execution, Proposal
from concord.concurrence.propose import TargetHasAnOpenProposal, propose, revise
from concord.concurrence.terms import Target
from concord.concurrence.void import withdraw
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from tests.cast import Cast, Desk, case_about_karim, opened, terms_for


@pytest.fixture
def amaras(cast: Cast) -> Case:
    return case_about_karim(cast)


@pytest.fixture
def luiss(cast: Cast, amaras: Case) -> Case:
    told = receive_report(Told("He did it before."), nonce=uuid4().bytes, keep_out=[], at=cast.at)
    luis = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.at}
    case = take_up(told.report, **luis)
    link_cases(case, older=amaras, by=cast.luis.id, at=cast.at)
    return case


def out_everywhere(cast: Cast) -> Target:
    who, until_at = cast.karim.person_id, cast.later(days=30)
    return Target("revoke", who, "Karim", scope_kind="all", until_at=until_at)


def reads_only(cast: Cast) -> Target:
    place = {"scope_kind": "session", "scope_id": cast.hall.session_id}
    return Target("mute", cast.karim.person_id, "Karim", until_at=cast.later(hours=2), **place)


def puts(cast: Cast, desk: Desk, case: Case, *targets: Target) -> Proposal:
    terms = terms_for(cast, targets=targets) if targets else terms_for(cast)
    return propose(case, terms=terms, by=desk.staff, keyring=desk.keyring, at=cast.at)


@pytest.mark.clauses("R-COORD-1", "A-THOUGHT-1")
@pytest.mark.parametrize("other", [out_everywhere, reads_only])
def test_a_different_action_on_the_same_person_in_a_linked_case_waits(
    cast: Cast, amaras: Case, luiss: Case, other
) -> None:
    first = puts(cast, cast.amara, amaras)
    with pytest.raises(TargetHasAnOpenProposal):
        puts(cast, cast.luis, luiss, other(cast))
    assert Proposal.objects.open().get() == first
    withdraw(first.version, by=cast.amara.staff, at=cast.at)
    assert puts(cast, cast.luis, luiss, other(cast)).case == luiss


@pytest.mark.clauses("R-COORD-1", "R-CONCUR-1")
def test_the_second_may_take_the_place_of_the_first_and_no_yes_goes_over_to_it(
    cast: Cast, amaras: Case, luiss: Case
) -> None:
    first = puts(cast, cast.amara, amaras)
    read = opened(first.version, cast.noor, cast.at)
    luis = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.at}
    newer = revise(first, terms=terms_for(cast, targets=(out_everywhere(cast),)), **luis)
    noor = {"by": cast.noor.staff, "keyring": cast.noor.keyring, "at": cast.at}
    with pytest.raises(StaleVersion):
        concur(read, **noor)
    with pytest.raises(NeedsOpening):
        concur(newer, **noor)
    assert not Concurrence.objects.exists()
    concur(opened(newer, cast.noor, cast.at), **noor)
    assert Execution.objects.count() == 1
    assert audit() == []


def test_in_cases_that_nobody_linked_both_may_be_open_and_the_stricter_stands(
    cast: Cast, amaras: Case
) -> None:
    told = receive_report(Told("He did it before."), nonce=uuid4().bytes, keep_out=[], at=cast.at)
    luis = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.at}
    apart = take_up(told.report, **luis)
    both = [puts(cast, cast.amara, amaras), puts(cast, cast.luis, apart, out_everywhere(cast))]
    for proposal in both:
        version = opened(proposal.version, cast.noor, cast.at)
        concur(version, by=cast.noor.staff, keyring=cast.noor.keyring, at=cast.at)
    assert Execution.objects.count() == 2
    assert audit() == []


def test_whoever_stepped_out_of_the_other_case_is_not_told_that_something_waits_there(
    cast: Cast, amaras: Case, luiss: Case
) -> None:
    recuse(luiss, who=cast.amara.id, by=cast.amara.staff, at=cast.at)
    puts(cast, cast.luis, luiss)
    puts(cast, cast.amara, amaras)
    assert Proposal.objects.open().count() == 2
