"""Two cases become one: everything goes into the older, for those who may read both, and it cannot be undone."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from concord.cases.add_party import add_party
from concord.cases.close_case import CaseIsClosed
from concord.cases.follow_up import follow_up
from concord.cases.hold_case import hold_case
from concord.cases.link_cases import ItselfOnly, link_cases, say_they_belong
from concord.cases.merge_cases import OnlyWhoWorksOnBoth, merge_cases
from concord.cases.models import Case, LinkedCase, State
from concord.cases.parties import known_parties
from concord.cases.read_case import read_case
from concord.cases.recuse import recuse
from concord.cases.take_up import take_up
from concord.cases.write_note import MayNotWriteHere, write_note
from concord.concurrence.concur import concur
from concord.concurrence.models import Decision, Proposal
from concord.convenings.rename import rename
from concord.reports.models import Report
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from concord.retaliation.models import Protected
from concord.vault.errors import NoGrant
from tests.browsing import at_the_desk
from tests.cast import (
    Cast,
    Desk,
    assessed,
    case_about_karim,
    closed,
    left_as_it_is,
    opened,
    proposed,
)

pytestmark = pytest.mark.django_db


def report(cast: Cast, text: str = "He followed me.", *out: Desk) -> Report:
    kept_out = [desk.staff for desk in out]
    told = Told(text)
    return receive_report(told, nonce=uuid4().bytes, keep_out=kept_out, at=cast.at).report


def of_report(cast: Cast, found: Report) -> Case:
    at = cast.at + timedelta(minutes=5)
    return take_up(found, by=cast.amara.staff, keyring=cast.amara.keyring, at=at)


def merged(cast: Cast, one: Case, two: Case) -> Case:
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.later(minutes=30)}
    return merge_cases(one, other=two, **who)


def test_everything_goes_into_the_older_and_both_codes_lead_there(cast: Cast) -> None:
    older = case_about_karim(cast)
    younger = of_report(cast, report(cast))
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.later(minutes=6)}
    write_note(younger, text="She called twice.", **who)
    sara = {"role": "reporter", "name": "Sara Lindqvist", "person_id": cast.sara.person_id}
    add_party(younger, **sara, by=cast.amara.staff, at=cast.at)
    rename(cast.sara, display_name="Sam Oak", by=cast.sara.person_id, at=cast.at)
    assessed(cast, younger, at=cast.later(minutes=7))
    hold_case(younger, reason="A court asked.", by=cast.luis.staff, at=cast.later(minutes=8))
    link_cases(younger, older=older, by=cast.amara.id, at=cast.later(minutes=8))
    done = proposed(cast, older)
    concur(
        opened(done.version, cast.luis, cast.at),
        by=cast.luis.staff,
        keyring=cast.luis.keyring,
        at=cast.later(minutes=9),
    )
    amara = at_the_desk(cast.amara).open(f"/cases/{younger.id}")
    amara.follow("It is the same as another case").press("Put them together", other=str(older.id))
    assert amara.sees("They are one case now.")
    assert amara.sees(younger.code)
    assert amara.sees("She called twice.")
    assert amara.sees("Amara put another case into this one")
    assert amara.open(f"/cases/{younger.id}").sees("You coordinate this.")
    assert not amara.open("/").sees(younger.code)
    whole = Case.objects.get(id=older.id)
    gone = Case.objects.get(id=younger.id)
    assert (gone.state, gone.merged_into) == (State.MERGED, whole)
    read = read_case(whole, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.later(hours=1))
    assert (len(read.flags), len(read.reports), len(read.notes)) == (1, 1, 1)
    (sam,) = [one for one in read.parties if one.role == "reporter"]
    assert (sam.name, sam.also) == ("Sam Oak", ("Sara Lindqvist",))
    assert whole.assessments.count() == 1
    assert whole.holds.standing().count() == 1
    assert Decision.objects.get().case == whole
    assert not LinkedCase.objects.exists()
    assert not Protected.objects.filter(case=gone).exists()
    with pytest.raises(CaseIsClosed):
        merged(cast, whole, gone)


def test_whoever_is_kept_out_of_one_is_out_of_both(cast: Cast) -> None:
    kept = report(cast, "Luis was there.", cast.luis)
    younger = of_report(cast, kept)
    older = case_about_karim(cast)
    open_now = proposed(cast, older)
    assert older.deputy == cast.luis.staff
    whole = merged(cast, younger, older)
    assert whole == older
    assert whole.coordinator == cast.amara.staff
    assert not Case.objects.visible_to(cast.luis.staff).exists()
    with pytest.raises(NoGrant):
        read_case(whole, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.later(hours=1))
    assert Proposal.objects.get(id=open_now.id).state == "voided"
    assert {one.role for one in known_parties(whole, keyring=cast.amara.keyring)} >= {"respondent"}


def test_whoever_stepped_out_of_the_younger_is_out_of_the_older(cast: Cast) -> None:
    older = case_about_karim(cast)
    younger = of_report(cast, report(cast))
    recuse(younger, who=cast.luis.id, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    whole = merged(cast, older, younger)
    assert not Case.objects.visible_to(cast.luis.staff).exists()
    assert whole.recusals.filter(person=cast.luis.id).exists()


def test_who_may_not_and_what_may_not(cast: Cast) -> None:
    older = case_about_karim(cast)
    younger = of_report(cast, report(cast))
    with pytest.raises(ItselfOnly):
        merged(cast, older, older)
    for desk in (cast.noor, cast.ravi):
        with pytest.raises(OnlyWhoWorksOnBoth):
            merge_cases(
                older, other=younger, by=desk.staff, keyring=desk.keyring, at=cast.later(hours=1)
            )
    ravi = at_the_desk(cast.ravi)
    assert ravi.open(f"/cases/{older.id}/same").status == 404
    with pytest.raises(CaseIsClosed):
        merged(cast, closed(cast, older), younger)


def test_an_older_case_that_rested_is_looked_at_anew(cast: Cast) -> None:
    older = left_as_it_is(cast, case_about_karim(cast))
    follow_up(older, by=cast.luis.staff, at=cast.at)
    whole = merged(cast, older, of_report(cast, report(cast)))
    assert whole.state == State.REOPENED
    assert not whole.follow_ups.filter(ended_at__isnull=True).exists()
    assert not whole.no_actions.standing().exists()


def test_a_report_that_joins_a_case_takes_out_whom_it_keeps_out(cast: Cast) -> None:
    """The deputy's seat too: never a deputy who cannot open it."""
    case = case_about_karim(cast)
    kept = report(cast, "Luis laughed.", cast.luis)
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.later(minutes=9)}
    case = take_up(kept, into=case, **who)
    assert case.coordinator == cast.amara.staff
    assert case.deputy != cast.luis.staff
    assert not Case.objects.visible_to(cast.luis.staff).exists()


def test_a_page_left_open_on_a_case_that_is_part_of_another_now_refuses_kindly(cast: Cast) -> None:
    older = case_about_karim(cast)
    younger = of_report(cast, report(cast))
    merged(cast, older, younger)
    with pytest.raises(MayNotWriteHere):
        assessed(cast, younger, at=cast.later(hours=1))


def test_stepping_out_on_a_page_left_open_is_out_of_where_it_is_now(cast: Cast) -> None:
    older = case_about_karim(cast)
    younger = of_report(cast, report(cast))
    luis = (
        at_the_desk(cast.luis).open(f"/cases/{younger.id}").follow("I am close to somebody in this")
    )
    merged(cast, older, younger)
    assert luis.press("Step out").sees("You are out of it")
    for case in (older, younger):
        assert luis.open(f"/cases/{case.id}").status == 404
    with pytest.raises(NoGrant):
        read_case(older, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.later(hours=1))
    assert older.recusals.get().person == cast.luis.id


def test_two_that_belong_together_stay_two_and_lead_to_each_other_for_readers_of_both(
    cast: Cast,
) -> None:
    older = closed(cast, case_about_karim(cast))
    younger, third = (
        of_report(cast, report(cast)),
        of_report(cast, report(cast, "Another.", cast.luis)),
    )
    amara, luis = at_the_desk(cast.amara), at_the_desk(cast.luis)
    for press in range(2):
        amara.open(f"/cases/{younger.id}/same")
        amara.post(f"/cases/{younger.id}/belongs", other=str(older.id))
        assert amara.status == (200, 404)[press]  # linked already: not offered again
    link = LinkedCase.objects.get()
    assert (link.case, link.older, link.linked_by) == (younger, older, cast.amara.id)
    assert amara.open(f"/cases/{older.id}").follow(f"Case {younger.code}").sees(older.code)
    amara.follow("or belongs with one").press("They belong together", other=str(third.id))
    assert amara.sees("They belong together. Each leads to the other")
    assert not luis.open(f"/cases/{younger.id}").sees(third.code)
    assert not luis.open(f"/cases/{younger.id}/same").sees(third.code)
    luis.post(f"/cases/{younger.id}/belongs", other=str(third.id))
    assert luis.status == 404


def test_belonging_together_takes_somebody_who_can_open_both_that_are_there(cast: Cast) -> None:
    older = case_about_karim(cast)
    younger = of_report(cast, report(cast, "He followed me.", cast.luis))
    at = cast.later(minutes=20)
    for desk in (cast.luis, cast.noor, cast.ines):
        with pytest.raises(NoGrant):
            say_they_belong(younger, other=older, by=desk.staff, at=at)
    with pytest.raises(ItselfOnly):
        say_they_belong(older, other=older, by=cast.amara.staff, at=at)
    one = say_they_belong(older, other=younger, by=cast.amara.staff, at=at)
    assert say_they_belong(younger, other=older, by=cast.amara.staff, at=at) == one
