"""Whoever leaves the team leaves their cases: none stays with somebody who cannot sign in any more (R-COORD-1)."""

from __future__ import annotations

import pytest

from concord.cases.models import Case, Recusal
from concord.cases.recuse import recuse
from concord.cases.write_note import write_note
from concord.concurrence.concur import concur
from concord.concurrence.models import Execution, Proposal, State
from concord.ledger.models import Entry
from concord.people.end_designation import end_designation
from concord.vault import files
from concord.vault.models import OwedGrant
from tests.cast import Cast, Desk, case_about_karim, opened, proposed
from tests.looking_again import another_receiver


def leaves(cast: Cast, desk: Desk) -> None:
    end_designation(desk.staff, by=None, at=cast.later(minutes=1))


def seats(case: Case) -> tuple[object, object]:
    case.refresh_from_db()
    return case.coordinator, case.deputy


def test_a_coordinator_who_leaves_is_followed_by_the_deputy_and_the_deputy_by_the_next(
    cast: Cast,
) -> None:
    mina = another_receiver(cast)
    case = case_about_karim(cast)
    assert seats(case) == (cast.amara.staff, cast.luis.staff)
    leaves(cast, cast.amara)
    assert seats(case) == (cast.luis.staff, mina.staff)
    assert files.readers(case.file) == {cast.luis.id, mina.id}
    luis = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.later(minutes=2)}
    write_note(case, text="I go on from here.", **luis)
    assert Entry.objects.get(verb="cases.leave").subject == case.id
    assert not Recusal.objects.exists()


def test_with_nobody_left_to_be_deputy_the_case_says_so_and_is_owed_to_the_outside_contact(
    cast: Cast,
) -> None:
    case = case_about_karim(cast)
    leaves(cast, cast.luis)
    assert seats(case) == (cast.amara.staff, None)
    assert case.is_unstaffed
    assert OwedGrant.objects.get().file_id == case.file
    files.settle(cast.amara.keyring, at=cast.later(minutes=2))
    assert files.may_open(case.file, cast.outside.holder)


def test_a_row_that_was_theirs_at_rest_is_gone_and_nobody_elses_seat_changes(cast: Cast) -> None:
    mina = another_receiver(cast)
    case = case_about_karim(cast)
    assert files.dormant_readers(case.file) == {mina.id}
    leaves(cast, mina)
    assert seats(case) == (cast.amara.staff, cast.luis.staff)
    assert files.dormant_readers(case.file) == set()
    assert not Entry.objects.filter(verb="cases.leave").exists()


def test_what_they_proposed_waits_for_whoever_follows_and_is_not_carried_out_by_itself(
    cast: Cast,
) -> None:
    another_receiver(cast)
    proposal = proposed(cast)
    leaves(cast, cast.amara)
    version = opened(proposal.version, cast.noor, cast.at)
    with pytest.raises(Exception, match="HasAConflict"):
        concur(version, by=cast.noor.staff, keyring=cast.noor.keyring, at=cast.later(minutes=2))
    assert not Execution.objects.exists()
    assert Proposal.objects.get().state == State.PROPOSED


def test_leaving_twice_and_leaving_after_stepping_out_change_nothing_more(cast: Cast) -> None:
    another_receiver(cast)
    case = case_about_karim(cast)
    recuse(case, who=cast.amara.id, by=cast.amara.staff, at=cast.at)
    before = seats(case)
    leaves(cast, cast.amara)
    leaves(cast, cast.amara)
    assert seats(case) == before
    assert not Entry.objects.filter(verb="cases.leave").exists()
