"""A credible flag becomes a case with one coordinator and a deputy, for those without a conflict."""

from __future__ import annotations

import pytest

from concord.cases.add_party import add_party
from concord.cases.models import Case
from concord.cases.parties import known_parties
from concord.cases.read_case import read_case
from concord.cases.recuse import OnlyALeadRecusesOthers, recuse
from concord.cases.take_up import AlreadyTakenUp, NeedsJudgement, take_up
from concord.cases.write_note import EmptyNote, MayNotWriteHere, write_note
from concord.ledger.models import Entry
from concord.vault import files
from concord.vault.errors import NoGrant
from tests.browsing import at_the_desk
from tests.cast import Cast, case_about_karim, flagged

pytestmark = pytest.mark.django_db


def test_a_flag_nobody_judged_is_no_case(cast: Cast) -> None:
    with pytest.raises(NeedsJudgement):
        take_up(flagged(cast), by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    assert not Case.objects.exists()


def test_a_case_has_one_coordinator_and_a_deputy(cast: Cast) -> None:
    case = case_about_karim(cast)
    assert (case.coordinator, case.deputy) == (cast.amara.staff, cast.luis.staff)
    assert not case.is_unstaffed
    assert case.happened_under == 1


def test_a_flag_is_taken_up_once(cast: Cast) -> None:
    flag = case_about_karim(cast).sources.get().flag
    with pytest.raises(AlreadyTakenUp):
        take_up(flag, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)


def test_what_changed_since_it_was_looked_at_counts_as_it_is_now(cast: Cast) -> None:
    flag = flagged(cast)
    flag.credible = True
    with pytest.raises(NeedsJudgement):
        take_up(flag, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)


def test_somebody_tied_has_no_row_and_no_key(cast: Cast) -> None:
    case = case_about_karim(cast)
    assert not Case.objects.visible_to(cast.ravi.staff).exists()
    assert not Case.objects.visible_to(cast.ines.staff).exists()
    assert Case.objects.visible_to(cast.luis.staff).get() == case
    with pytest.raises(NoGrant):
        read_case(case, by=cast.ravi.staff, keyring=cast.ravi.keyring, at=cast.at)


def test_the_flagger_is_protected_from_the_first_moment(cast: Cast) -> None:
    case = case_about_karim(cast)
    parties = {party.role: party for party in known_parties(case, keyring=cast.amara.keyring)}
    assert parties["respondent"].person_id == cast.karim.person_id
    assert parties["reporter"].is_protected
    assert parties["reporter"].name == "Sara Lindqvist"


def test_reading_is_recorded(cast: Cast) -> None:
    case = case_about_karim(cast)
    for one in (cast.amara, cast.luis, cast.luis):
        read_case(case, by=one.staff, keyring=one.keyring, at=cast.at)
    read = Entry.objects.filter(subject=case.id, actor=cast.luis.id)
    assert read.filter(verb="cases.read_case").count() == 2
    assert read.filter(verb="cases.deputy_reads").count() == 1
    assert Entry.objects.filter(verb="cases.deputy_reads").count() == 1
    assert at_the_desk(cast.amara).open(f"/cases/{case.id}").sees("Luis, the deputy, opened it")


def test_recusal_takes_row_and_key_and_fills_the_seat(cast: Cast) -> None:
    case = case_about_karim(cast)
    recuse(case, who=cast.amara.id, by=cast.amara.staff, at=cast.at)
    recuse(case, who=cast.amara.id, by=cast.amara.staff, at=cast.at)
    case.refresh_from_db()
    assert case.coordinator == cast.luis.staff
    assert not Case.objects.visible_to(cast.amara.staff).exists()
    with pytest.raises(NoGrant):
        read_case(case, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)


def test_what_comes_after_a_recusal_is_closed_to_the_recused(cast: Cast) -> None:
    case = case_about_karim(cast)
    recuse(case, who=cast.amara.id, by=cast.amara.staff, at=cast.at)
    note = write_note(
        case, text="Only for Luis.", by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at
    )
    with pytest.raises(NoGrant):
        files.unseal(
            case.file, bytes(note.sealed), about=f"note:{note.id}", keyring=cast.amara.keyring
        )


def test_when_nobody_is_left_the_case_is_unstaffed_and_owed_to_the_outside(cast: Cast) -> None:
    case = case_about_karim(cast)
    recuse(case, who=cast.amara.id, by=cast.amara.staff, at=cast.at)
    case.refresh_from_db()
    assert case.is_unstaffed
    assert files.OwedGrant.objects.filter(file=case.file, holder=cast.outside.holder).exists()


def test_only_a_lead_takes_somebody_else_out(cast: Cast) -> None:
    with pytest.raises(OnlyALeadRecusesOthers):
        recuse(case_about_karim(cast), who=cast.amara.id, by=cast.luis.staff, at=cast.at)


def test_a_note_needs_words_and_a_key(cast: Cast) -> None:
    case = case_about_karim(cast)
    with pytest.raises(EmptyNote):
        write_note(case, text=" ", by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    with pytest.raises(MayNotWriteHere):
        write_note(case, text="…", by=cast.ravi.staff, keyring=cast.ravi.keyring, at=cast.at)
    for no_reader in (cast.ravi, cast.ines):
        with pytest.raises(MayNotWriteHere):
            add_party(case, role="respondent", name="Sam", by=no_reader.staff, at=cast.at)


def test_a_colleague_who_turns_out_to_be_harmed_is_recused_at_once(cast: Cast) -> None:
    case = case_about_karim(cast)
    add_party(
        case,
        role="survivor",
        name="Luis",
        person_id=cast.luis.id,
        by=cast.amara.staff,
        at=cast.at,
    )
    case.refresh_from_db()
    assert case.deputy != cast.luis.staff
    assert not Case.objects.visible_to(cast.luis.staff).exists()
