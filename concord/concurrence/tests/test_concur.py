"""Nothing happens to anybody before another staff member has agreed to this exact text."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from concord.access.gate import is_admitted
from concord.access.models import Shut
from concord.cases.recuse import recuse
from concord.concurrence.concur import concur
from concord.concurrence.execute import NeedsConcurrence, execute
from concord.concurrence.guards import (
    HasAConflict,
    Lapsed,
    NeedsAnotherStaffMember,
    NeedsOpening,
    NoLongerOpen,
    NotDesignated,
    StaleVersion,
)
from concord.concurrence.models import Concurrence, Execution, GroundCount
from concord.concurrence.propose import revise
from concord.concurrence.void import take_back, withdraw
from concord.outbox.models import Job
from concord.outbox.worker import run
from concord.people.end_designation import end_designation
from concord.spaces.models import Removal
from concord.vault.errors import NoGrant
from tests.cast import Cast, opened, proposed, terms_for

pytestmark = pytest.mark.django_db


def agree(cast: Cast, desk, version, at=None):
    return concur(version, by=desk.staff, keyring=desk.keyring, at=at or cast.at)


def test_a_second_person_agrees_and_it_takes_hold_at_once(cast: Cast) -> None:
    version = opened(proposed(cast).version, cast.luis, cast.at)
    agreed = agree(cast, cast.luis, version)
    assert agreed.execution.concurrence == agreed
    assert not is_admitted(cast.karim.person_id, cast.hall.places, at=cast.at)
    assert is_admitted(cast.karim.person_id, cast.annex.places, at=cast.at)
    assert Removal.objects.count() == 1


def test_a_coordinator_cannot_concur_with_herself(cast: Cast) -> None:
    version = opened(proposed(cast).version, cast.amara, cast.at)
    with pytest.raises(NeedsAnotherStaffMember):
        agree(cast, cast.amara, version)
    assert not Execution.objects.exists()


def test_agreeing_twice_acts_once(cast: Cast) -> None:
    version = opened(proposed(cast).version, cast.luis, cast.at)
    assert agree(cast, cast.luis, version) == agree(cast, cast.luis, version)
    assert Execution.objects.count() == 1
    assert Shut.objects.count() == 1


def test_nobody_agrees_to_what_they_did_not_open(cast: Cast) -> None:
    with pytest.raises(NeedsOpening):
        agree(cast, cast.luis, proposed(cast).version)


def test_an_edit_voids_the_text_that_was_opened(cast: Cast) -> None:
    proposal = proposed(cast)
    first = opened(proposal.version, cast.luis, cast.at)
    revise(
        proposal,
        terms=terms_for(cast, reason="Another reason."),
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.at,
    )
    with pytest.raises(StaleVersion):
        agree(cast, cast.luis, first)
    assert not Concurrence.objects.exists()


def test_the_coordinator_alone_executes_nothing(cast: Cast) -> None:
    with pytest.raises(NeedsConcurrence):
        execute(proposed(cast).version, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    assert not Execution.objects.exists()


def test_the_coordinator_presses_when_she_kept_that_to_herself(cast: Cast) -> None:
    proposal = proposed(cast, act_at_once=False)
    agree(cast, cast.luis, opened(proposal.version, cast.luis, cast.at))
    assert is_admitted(cast.karim.person_id, cast.hall.places, at=cast.at)
    first = execute(proposal.version, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    again = execute(proposal.version, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    assert first == again
    assert not is_admitted(cast.karim.person_id, cast.hall.places, at=cast.at)


def test_an_agreement_can_be_taken_back_before_it_starts(cast: Cast) -> None:
    proposal = proposed(cast, act_at_once=False)
    agreed = agree(cast, cast.luis, opened(proposal.version, cast.luis, cast.at))
    take_back(agreed, by=cast.luis.staff, at=cast.at)
    with pytest.raises(NeedsConcurrence):
        execute(proposal.version, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)


def test_the_machine_keeper_cannot_agree(cast: Cast) -> None:
    with pytest.raises(NotDesignated):
        agree(cast, cast.ines, proposed(cast).version)


def test_somebody_tied_to_the_person_cannot_even_open_it(cast: Cast) -> None:
    version = proposed(cast).version
    with pytest.raises(NoGrant):
        opened(version, cast.ravi, cast.at)
    with pytest.raises((NoGrant, HasAConflict)):
        agree(cast, cast.ravi, version)


def test_somebody_who_left_the_team_cannot_agree(cast: Cast) -> None:
    version = opened(proposed(cast).version, cast.luis, cast.at)
    end_designation(cast.luis.staff, by=None, at=cast.at)
    cast.luis.staff.refresh_from_db()
    with pytest.raises(NotDesignated):
        agree(cast, cast.luis, version, at=cast.later(seconds=1))


def test_somebody_recused_since_cannot_agree(cast: Cast) -> None:
    proposal = proposed(cast)
    version = opened(proposal.version, cast.noor, cast.at)
    recuse(proposal.case, who=cast.noor.id, by=cast.noor.staff, at=cast.at)
    with pytest.raises((HasAConflict, NoGrant)):
        agree(cast, cast.noor, version)


def test_an_agreement_of_somebody_recused_since_is_void(cast: Cast) -> None:
    proposal = proposed(cast, act_at_once=False)
    agree(cast, cast.noor, opened(proposal.version, cast.noor, cast.at))
    recuse(proposal.case, who=cast.noor.id, by=cast.noor.staff, at=cast.later(minutes=1))
    with pytest.raises(NeedsConcurrence):
        execute(proposal.version, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    assert is_admitted(cast.karim.person_id, cast.hall.places, at=cast.at)
    recuse(proposal.case, who=cast.luis.id, by=cast.luis.staff, at=cast.later(minutes=1))
    Job.objects.filter(kind="monitoring.notice").delete()
    run(Job.objects.get(kind="concurrence.ring_for_end"))
    assert Job.objects.get(kind="monitoring.notice").subject == cast.amara.id


def test_a_proposal_lapses(cast: Cast) -> None:
    version = opened(proposed(cast).version, cast.luis, cast.at)
    with pytest.raises(Lapsed):
        agree(cast, cast.luis, version, at=version.lapses_at + timedelta(seconds=1))


def test_a_withdrawn_proposal_is_closed(cast: Cast) -> None:
    proposal = proposed(cast)
    version = opened(proposal.version, cast.luis, cast.at)
    withdraw(proposal.version, by=cast.amara.staff, at=cast.at)
    with pytest.raises((NoLongerOpen, StaleVersion)):
        agree(cast, cast.luis, version)


def test_the_database_refuses_an_agreement_with_oneself(cast: Cast) -> None:
    version = opened(proposed(cast).version, cast.amara, cast.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Concurrence.objects.create(
            version=version,
            version_digest=version.digest,
            proposer=version.proposer,
            person=version.proposer,
            signature=bytes(64),
            concurred_at=cast.at,
        )


def test_the_database_refuses_a_false_copy_of_the_proposer(cast: Cast) -> None:
    version = opened(proposed(cast).version, cast.amara, cast.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Concurrence.objects.create(
            version=version,
            version_digest=version.digest,
            proposer=cast.luis.id,
            person=cast.amara.id,
            signature=bytes(64),
            concurred_at=cast.at,
        )


def test_the_database_refuses_a_shut_without_a_warrant(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Shut.objects.create(
            person=cast.karim.person, scope_kind="all", warrant=cast.amara.id, since_at=cast.at
        )


def test_a_standing_shut_cannot_be_lengthened(cast: Cast) -> None:
    agree(cast, cast.luis, opened(proposed(cast).version, cast.luis, cast.at))
    with pytest.raises(IntegrityError), transaction.atomic():
        Shut.objects.update(until_at=None)


def test_each_ground_is_counted_apart_and_linked_to_nothing(cast: Cast) -> None:
    proposal = proposed(cast, grounds=("violation", "values"), value="dignity")
    agree(cast, cast.luis, opened(proposal.version, cast.luis, cast.at))
    assert dict(GroundCount.objects.values_list("ground", "decisions")) == {
        "violation": 1,
        "values": 1,
    }
    assert {field.name for field in GroundCount._meta.get_fields()} == {"ground", "decisions"}
