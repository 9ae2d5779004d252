"""A case changes hands only when somebody accepts; nobody answers for it for ten minutes, and the deputy may."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from concord.actions.verify_steps import verify_steps
from concord.cases.accept_hand_over import (
    HandoverIsOver,
    NotAskedToTakeIt,
    accept_hand_over,
)
from concord.cases.ask_for_deputy import (
    HasADeputy,
    OnlyItsCoordinatorAsks,
    ask_for_deputy,
)
from concord.cases.close_case import CaseIsClosed
from concord.cases.cover_me import (
    CoverIsOver,
    NotAskedToCover,
    alarm_cover,
    cover_me,
    have_it,
)
from concord.cases.end_hand_over import end_hand_over
from concord.cases.hand_over import (
    CannotTakeIt,
    NobodyToTakeIt,
    OnlyTheCoordinatorHandsOver,
    give_a_row_to_newcomers,
    hand_over,
)
from concord.cases.models import Case, Handover
from concord.cases.notice_silence import notice_long_silence, notice_silence
from concord.cases.presence import asked_by
from concord.cases.read_case import read_case
from concord.cases.recuse import recuse
from concord.cases.ring_untouched import ring_untouched
from concord.cases.take_up import take_up
from concord.cases.write_note import write_note
from concord.concurrence.adopt_proposal import adopt_proposal
from concord.concurrence.concur import concur
from concord.concurrence.execute import execute
from concord.concurrence.guards import NeedsOpening
from concord.concurrence.void import withdraw
from concord.convenings.models import Session
from concord.ledger.models import Entry
from concord.letterbox.models import Answer
from concord.outbox.models import Job
from concord.people.designate import designate
from concord.people.enrol import enrol
from concord.people.models import Person, Role, StaffMember
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from concord.vault import files, keys
from concord.vault.errors import NoGrant
from tests.browsing import at_the_desk
from tests.cast import (
    Cast,
    Desk,
    case_about_karim,
    closed,
    colleague,
    opened,
    proposed,
)
from tests.looking_again import another_receiver, decided

pytestmark = pytest.mark.django_db


def passed_on(cast: Cast, case: Case, to: Desk | None = None, **later: float) -> Handover:
    return hand_over(
        case,
        to=to.staff if to else None,
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.later(**(later or {"minutes": 1})),
    )


def zoe(cast: Cast) -> Desk:
    """She joins the team after the case was opened."""
    staff = designate(
        Person.objects.create(),
        working_name="Zoe",
        role=Role.RECEIVER,
        languages=["en"],
        by=cast.amara.staff,
        at=cast.at,
    )
    words = "harbour lantern maple quiet ribbon saddle tulip"
    login = enrol(
        staff, handle="zoe", passphrase=words, countersigner=cast.luis.keyring, at=cast.at
    )
    return Desk(staff, login, keys.unlock(staff.person_id, words))


def clear() -> None:
    Job.objects.filter(kind="monitoring.notice").delete()


def rung() -> set[UUID | None]:
    return set(Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True))


def test_a_case_changes_hands_when_somebody_accepts_and_not_before(cast: Cast) -> None:
    case = case_about_karim(cast)
    new = zoe(cast)
    assert not Case.objects.visible_to(new.staff).exists()
    asked = passed_on(cast, case, new)
    assert passed_on(cast, case, new) == asked
    assert Case.objects.get() == Case.objects.visible_to(new.staff).get()
    assert Case.objects.get().coordinator == cast.amara.staff
    with pytest.raises(NoGrant):
        read_case(case, by=new.staff, keyring=new.keyring, at=cast.later(minutes=2))
    accept_hand_over(asked, by=new.staff, at=cast.later(minutes=3))
    accept_hand_over(asked, by=new.staff, at=cast.later(minutes=4))
    case.refresh_from_db()
    assert (case.coordinator, case.deputy) == (new.staff, cast.luis.staff)
    assert case.coordinated_since == cast.later(minutes=3)
    read_case(case, by=new.staff, keyring=new.keyring, at=cast.later(minutes=4))
    assert Case.objects.visible_to(cast.amara.staff).exists()
    with pytest.raises(NoGrant):
        read_case(case, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.later(minutes=4))
    verbs = Entry.objects.filter(subject=case.id).values_list("verb", flat=True)
    assert list(verbs).count("cases.accept_hand_over") == 1


def test_whoever_is_not_the_coordinator_or_has_a_conflict_has_no_part_in_it(cast: Cast) -> None:
    case = case_about_karim(cast)
    with pytest.raises(OnlyTheCoordinatorHandsOver):
        hand_over(
            case, to=None, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.later(minutes=1)
        )
    for out in (cast.ravi, cast.noor, cast.amara):
        with pytest.raises(CannotTakeIt):
            passed_on(cast, case, out)
    new = zoe(cast)
    asked = passed_on(cast, case, new)
    for other in (cast.luis, cast.ravi, cast.noor):
        with pytest.raises(NotAskedToTakeIt):
            accept_hand_over(asked, by=other.staff, at=cast.later(minutes=2))
    with pytest.raises(NotAskedToTakeIt):
        end_hand_over(asked, by=cast.luis.staff, at=cast.later(minutes=2))
    end_hand_over(asked, by=new.staff, at=cast.later(minutes=2))
    end_hand_over(asked, by=new.staff, at=cast.later(minutes=3))
    assert cast.amara.id in rung()
    with pytest.raises(HandoverIsOver):
        accept_hand_over(asked, by=new.staff, at=cast.later(minutes=4))
    recuse(case, who=cast.luis.id, by=cast.luis.staff, at=cast.later(minutes=5))
    recuse(case, who=new.id, by=new.staff, at=cast.later(minutes=6))
    with pytest.raises(NobodyToTakeIt):
        passed_on(cast, case)


def test_a_closed_case_is_not_passed_on(cast: Cast) -> None:
    case = closed(cast, case_about_karim(cast))
    with pytest.raises(CaseIsClosed):
        passed_on(cast, case)


def test_a_case_is_passed_on_without_a_reason_and_the_first_who_can_takes_it(cast: Cast) -> None:
    case, new = case_about_karim(cast), zoe(cast)
    asked = passed_on(cast, case)
    assert {cast.luis.id, new.id} <= rung()
    accept_hand_over(asked, by=cast.luis.staff, at=cast.later(minutes=2))
    case.refresh_from_db()
    assert (case.coordinator, case.deputy) == (cast.luis.staff, new.staff)
    assert files.readers(case.file) == {cast.luis.id, new.id}
    assert "reason" not in {field.name for field in Handover._meta.get_fields()}


def test_an_ask_that_nobody_answers_goes_to_the_deputy_and_then_to_the_others(cast: Cast) -> None:
    case, new = case_about_karim(cast), zoe(cast)
    asked = passed_on(cast, case, new)
    soon, later = cast.later(minutes=10), cast.later(minutes=11)
    assert asked_by(asked, at=soon) == [new.staff]
    assert asked_by(asked, at=later) == [new.staff, cast.luis.staff]
    notice_silence(None, at=later)
    assert cast.luis.id in rung()
    accept_hand_over(asked, by=cast.luis.staff, at=later)
    case.refresh_from_db()
    assert case.coordinator == cast.luis.staff
    assert not Handover.objects.open().exists()


def test_a_silent_coordinator_is_followed_by_the_deputy_after_ten_minutes(cast: Cast) -> None:
    case = case_about_karim(cast)
    note = write_note(
        case,
        text="Nobody has answered her.",
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.later(minutes=2),
    )
    notice_silence(None, at=cast.later(minutes=11, seconds=59))
    assert not Handover.objects.exists()
    notice_silence(None, at=cast.later(minutes=12))
    notice_silence(None, at=cast.later(minutes=13))
    asked = Handover.objects.get()
    assert asked.silent_since == cast.later(minutes=2)
    assert cast.luis.id in rung()
    accept_hand_over(asked, by=cast.luis.staff, at=cast.later(minutes=14))
    case.refresh_from_db()
    assert (case.coordinator, case.deputy) == (cast.luis.staff, cast.amara.staff)
    gap = Entry.objects.get(verb="cases.nobody_answered")
    assert gap.facts == {"minutes": 12}
    opened_case = read_case(
        case, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.later(minutes=15)
    )
    assert [one.id for one, _text in opened_case.notes] == [note.id]


@pytest.mark.parametrize("told", [{"danger": True}, {"kinds": ("threat",)}, {}])
def test_what_was_told_as_urgent_while_people_are_together_is_live_too(
    cast: Cast, told: dict[str, Any]
) -> None:
    """PUB-24, for a case that nobody flagged: a report says of no room where it happened."""
    words = Told("He is outside my door.", **told)
    report = receive_report(words, nonce=b"8" * 16, at=cast.at).report
    case = take_up(report, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    notice_silence(None, at=cast.later(minutes=10))
    assert Handover.objects.open().exists() is bool(told)
    asked = passed_on(cast, case, zoe(cast), minutes=11)
    assert (cast.luis.staff in asked_by(asked, at=cast.later(minutes=21))) is bool(told)
    Session.objects.update(state="ended")
    assert cast.luis.staff not in asked_by(asked, at=cast.later(minutes=21))


def test_whoever_comes_back_or_is_covered_is_not_silent(cast: Cast) -> None:
    case = case_about_karim(cast)
    cover = cover_me(case, by=cast.amara.staff, at=cast.later(minutes=5))
    assert cover_me(case, by=cast.amara.staff, at=cast.later(minutes=6)) == cover
    assert cover.until_at == cast.later(minutes=15)
    assert rung() == {cast.luis.id}
    with pytest.raises(OnlyTheCoordinatorHandsOver):
        cover_me(case, by=cast.luis.staff, at=cast.later(minutes=5))
    for out in (cast.amara, cast.ravi, cast.noor):
        with pytest.raises(NotAskedToCover):
            have_it(cover, by=out.staff, at=cast.later(minutes=6))
    have_it(cover, by=cast.luis.staff, at=cast.later(minutes=6))
    assert have_it(cover, by=cast.luis.staff, at=cast.later(minutes=7)).answered_at == cast.later(
        minutes=6
    )
    assert alarm_cover(None, at=cast.later(minutes=20)) == 0
    notice_silence(None, at=cast.later(minutes=24))
    assert not Handover.objects.exists()
    notice_silence(None, at=cast.later(minutes=25))
    assert Handover.objects.open().exists()
    read_case(case, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.later(minutes=26))
    notice_silence(None, at=cast.later(minutes=27))
    assert not Handover.objects.open().exists()
    assert Case.objects.get().coordinator == cast.amara.staff


@pytest.mark.clauses("R-COORD-1")
def test_nobody_relies_on_a_deputy_who_does_not_say_that_they_have_it(cast: Cast) -> None:
    """After two minutes whoever went away is called back, and the leads are asked beside the deputy.

    The page that answers the press reads the case once more; that is no coming back.
    """
    case, lea = case_about_karim(cast), another_receiver(cast, "zoe")
    StaffMember.objects.filter(id=lea.staff.id).update(is_lead=True)
    give_a_row_to_newcomers(case, keyring=cast.amara.keyring, at=cast.at)
    amara = at_the_desk(cast.amara).open(f"/cases/{case.id}")
    amara.press("Cover me for ten minutes")
    assert amara.sees("If nobody answers, you are called back.")
    cover = case.covers.get()

    def after(**span: float) -> datetime:
        return cover.since + timedelta(**span)

    alarm_cover(None, at=after(seconds=119))
    assert rung() == {cast.luis.id}
    for minutes in (2, 3):
        alarm_cover(None, at=after(minutes=minutes))
    assert rung() == {cast.luis.id, cast.amara.id, lea.id}
    asked = Handover.objects.open().get()
    assert set(asked_by(asked, at=after(minutes=3))) == {cast.luis.staff, lea.staff}
    read_case(case, by=cast.amara.staff, keyring=cast.amara.keyring, at=after(minutes=3))
    notice_silence(None, at=after(minutes=4))
    assert not Handover.objects.open().exists()
    with pytest.raises(CoverIsOver):
        have_it(cover, by=cast.luis.staff, at=after(minutes=11))
    cover_me(case, by=cast.amara.staff, at=after(minutes=12))
    read_case(case, by=cast.amara.staff, keyring=cast.amara.keyring, at=after(minutes=13))
    clear()
    assert alarm_cover(None, at=after(minutes=14)) == 0, "they are back before anybody came"
    assert rung() == set()


@pytest.mark.clauses("R-COORD-1", "P-ZERO-1")
def test_what_is_passed_on_to_whoever_can_goes_on_calling_until_somebody_takes_it(
    cast: Cast,
) -> None:
    """Amara presses "whoever can" at three in the morning, and puts the phone away."""
    case, mina = case_about_karim(cast), another_receiver(cast)
    asked = passed_on(cast, case)
    assert rung() == {cast.luis.id, mina.id}
    clear()
    notice_silence(None, at=cast.later(minutes=10))
    assert rung() == set(), "all were told, and nobody twice within a moment"
    notice_silence(None, at=cast.later(minutes=11))
    assert rung() == {cast.luis.id, mina.id, cast.amara.id}, "and whoever went silent"
    asked.refresh_from_db()
    assert asked.silent_since == cast.later(minutes=1)
    assert {*asked_by(asked, at=cast.later(minutes=11))} == {cast.luis.staff, mina.staff}
    told_outside = Answer.objects.filter(kind="promise")
    assert not told_outside.exists()
    for minutes, calls in ((21, 3), (25, 3), (31, 4), (41, 5), (51, 6), (61, 6), (180, 6)):
        clear()
        notice_silence(None, at=cast.later(minutes=minutes))
        asked.refresh_from_db()
        assert asked.calls == calls
    assert told_outside.count() == 1
    assert Entry.objects.filter(verb="cases.notice_silence").count() == 1
    recuse(case, who=mina.id, by=mina.staff, at=cast.later(hours=4))
    notice_silence(None, at=cast.later(hours=26))
    assert rung() == {cast.luis.id}, "once a day from then on, and nobody who stepped out"
    accept_hand_over(asked, by=cast.luis.staff, at=cast.later(hours=27))
    assert Entry.objects.get(verb="cases.nobody_answered").facts == {"minutes": 26 * 60 + 59}
    clear()
    notice_silence(None, at=cast.later(hours=27, minutes=1))
    assert rung() == set()


def test_looking_for_silence_locks_and_writes_nothing_while_all_is_well(
    cast: Cast,
) -> None:
    case_about_karim(cast)
    before = Entry.objects.count()
    with CaptureQueriesContext(connection) as asked:
        notice_silence(None, at=cast.later(minutes=5))
        notice_long_silence(None, at=cast.later(minutes=5))
    assert not [one for one in asked if not one["sql"].lstrip().startswith("SELECT")]
    assert not [one for one in asked if "FOR UPDATE" in one["sql"]]
    assert Entry.objects.count() == before


@pytest.mark.clauses("P-ZERO-1")
def test_a_case_of_the_last_evening_has_a_clock_when_everybody_has_gone_home(cast: Cast) -> None:
    case, mina = case_about_karim(cast), another_receiver(cast)
    StaffMember.objects.filter(id=mina.staff.id).update(is_lead=True)
    give_a_row_to_newcomers(case, keyring=cast.amara.keyring, at=cast.at)
    Session.objects.update(state="ended")
    called = {}
    for hours in (23, 24, 30, 48, 72, 200):
        clear()
        notice_silence(None, at=cast.later(hours=hours))
        notice_long_silence(None, at=cast.later(hours=hours))
        called[hours] = rung()
    everybody = {cast.luis.id, mina.id}
    assert called[23] == called[30] == set()
    assert called[24] == {cast.amara.id, cast.luis.id}
    assert called[48] == {mina.id}
    assert everybody <= called[72]
    assert everybody <= called[200]
    amara = at_the_desk(cast.amara).open("/")
    assert amara.sees("lies untouched")
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.later(hours=201)}
    read_case(case, **who)
    notice_long_silence(None, at=cast.later(hours=202))
    assert not Handover.objects.open().exists()
    assert not amara.open("/").sees("lies untouched")


def test_a_case_that_waits_for_nobody_or_is_not_live_takes_its_time(cast: Cast) -> None:
    proposal = proposed(cast)
    notice_silence(None, at=cast.later(minutes=50))
    assert not Handover.objects.exists()
    withdraw(proposal.version, by=cast.amara.staff, at=cast.later(minutes=51))
    cast.hall.session.state = "ended"
    cast.hall.session.save()
    notice_silence(None, at=cast.later(hours=20))
    notice_long_silence(None, at=cast.later(hours=20))
    assert not Handover.objects.exists()


@pytest.mark.clauses("P-ZERO-1")
def test_what_was_done_and_never_followed_up_calls_its_people(cast: Cast) -> None:
    decision = decided(cast)
    verify_steps(Job(subject=decision.execution_id), at=cast.at)
    assert Case.objects.get().state == "stabilised"
    assert ring_untouched(None, at=cast.later(days=2)) == 0
    clear()
    assert ring_untouched(None, at=cast.later(days=3)) == 1
    assert rung() == {cast.amara.id, cast.luis.id}
    assert at_the_desk(cast.amara).open("/").sees("lies untouched")
    recuse(decision.case, who=cast.luis.id, by=cast.luis.staff, at=cast.later(days=4))
    clear()
    assert ring_untouched(None, at=cast.later(days=9)) == 0
    assert ring_untouched(None, at=cast.later(days=10)) == 1
    assert rung() == {cast.amara.id}, "whoever stepped out hears of nothing"


def test_a_proposal_can_be_adopted_and_its_first_author_may_agree(cast: Cast) -> None:
    proposal = proposed(cast, act_at_once=False)
    case = proposal.case
    concur(
        opened(proposal.version, cast.noor, cast.later(minutes=1)),
        by=cast.noor.staff,
        keyring=cast.noor.keyring,
        at=cast.later(minutes=1),
    )
    asked = passed_on(cast, case)
    accept_hand_over(asked, by=cast.luis.staff, at=cast.later(minutes=2))
    proposal.refresh_from_db()
    assert proposal.state == "concurred"  # a hand-over alone voids nothing
    luis = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.later(minutes=3)}
    first = proposal.version
    with pytest.raises(NeedsOpening):  # it signs the text in his name
        adopt_proposal(first, **luis)
    adopted = adopt_proposal(opened(first, cast.luis, luis["at"]), **luis)
    assert adopt_proposal(first, **luis) == adopted
    assert (adopted.proposer, adopted.number) == (cast.luis.id, 2)
    concur(
        opened(adopted, cast.amara, cast.later(minutes=4)),
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.later(minutes=4),
    )
    done = execute(adopted, **{**luis, "at": cast.later(minutes=5)})
    assert done.concurrence is not None
    assert done.concurrence.person == cast.amara.id


def test_the_clock_of_silence_is_a_setting(cast: Cast, settings) -> None:
    settings.CONCORD_HANDOVER_LIVE_MINUTES = 3
    case_about_karim(cast)
    notice_silence(None, at=cast.at + timedelta(minutes=3))
    assert Handover.objects.open().exists()


def left_alone(cast: Cast) -> tuple[Case, Desk]:
    """Luis steps out, Ravi is close to Karim: Amara alone can open it. Then Mina joins the team."""
    case = case_about_karim(cast)
    recuse(case, who=cast.luis.id, by=cast.luis.staff, at=cast.at, keyring=cast.luis.keyring)
    case.refresh_from_db()
    assert case.is_unstaffed
    return case, another_receiver(cast)


@pytest.mark.clauses("R-COORD-1")
def test_a_case_with_one_holder_gets_a_deputy_who_accepts(cast: Cast) -> None:
    case, mina = left_alone(cast)
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.later(minutes=1)}
    with pytest.raises(OnlyItsCoordinatorAsks):
        ask_for_deputy(case, to=None, **{**amara, "by": cast.noor.staff})
    with pytest.raises(CannotTakeIt):
        ask_for_deputy(case, to=cast.ravi.staff, **amara)
    asked = ask_for_deputy(case, to=None, **amara)
    assert ask_for_deputy(case, to=None, **amara) == asked
    assert mina.id in rung()
    who = {"by": mina.staff, "keyring": mina.keyring, "at": cast.later(minutes=2)}
    with pytest.raises(NoGrant):
        read_case(case, **who)
    for out in (cast.luis, cast.ravi, cast.noor, cast.amara):
        with pytest.raises(NotAskedToTakeIt):
            accept_hand_over(asked, by=out.staff, at=cast.later(minutes=2))
    for minutes in (3, 4):
        accept_hand_over(asked, by=mina.staff, at=cast.later(minutes=minutes))
    case.refresh_from_db()
    assert (case.coordinator, case.deputy) == (cast.amara.staff, mina.staff)
    assert case.coordinated_since == cast.at
    read_case(case, **{**who, "at": cast.later(minutes=5)})
    assert not files.dormant_readers(case.file) & {cast.amara.id, mina.id}
    with pytest.raises(HasADeputy):
        ask_for_deputy(case, to=None, **amara)


@pytest.mark.clauses("R-COORD-1")
def test_passed_on_without_a_deputy_two_are_left_who_can_open_it(cast: Cast) -> None:
    case, mina = left_alone(cast)
    accept_hand_over(passed_on(cast, case, mina), by=mina.staff, at=cast.later(minutes=2))
    case.refresh_from_db()
    assert (case.coordinator, case.deputy) == (mina.staff, cast.amara.staff)
    for desk in (mina, cast.amara):
        read_case(case, by=desk.staff, keyring=desk.keyring, at=cast.later(minutes=3))


def test_who_answers_for_a_case_comes_before_who_else_does(cast: Cast) -> None:
    """Amara asks for a deputy and vanishes; and a lead who cannot open it asks among those who have its row."""
    case, mina = left_alone(cast)
    asked = ask_for_deputy(
        case,
        to=None,
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.later(minutes=1),
    )
    lead = colleague(cast, "lea", "Lea")
    lead.staff.is_lead = True
    by_lead = {"by": lead.staff, "keyring": lead.keyring}
    again = ask_for_deputy(case, to=mina.staff, at=cast.later(minutes=2), **by_lead)
    asked.refresh_from_db()
    assert asked.ended_at
    assert not files.may_open(case.file, lead.id)
    notice_silence(None, at=cast.later(minutes=12))
    found = Handover.objects.open().get()
    assert found.silent_since
    with pytest.raises(HandoverIsOver):
        accept_hand_over(again, by=mina.staff, at=cast.later(minutes=13))
    accept_hand_over(found, by=mina.staff, at=cast.later(minutes=13))
    case.refresh_from_db()
    assert (case.coordinator, case.deputy) == (mina.staff, cast.amara.staff)


def test_a_deputy_is_asked_and_says_yes_on_the_pages(cast: Cast) -> None:
    case, mina = left_alone(cast)
    amara = at_the_desk(cast.amara).open("/")
    assert amara.sees("no deputy")
    assert amara.follow("Cases of the team").sees("no deputy You coordinate.")
    assert amara.sees(case.code)
    assert at_the_desk(cast.ravi).open("/cases").sees("No case is open.")
    amara.open(f"/cases/{case.id}")
    amara.follow("Ask a colleague to be deputy").press("Ask them", to=str(mina.staff.id))
    assert amara.sees("Whoever says yes can open it")
    theirs = at_the_desk(mina).open("/")
    assert theirs.sees("you would be the deputy")
    theirs.open(f"/handovers/{Handover.objects.get().id}").press("Be the deputy")
    assert theirs.path == f"/cases/{case.id}"
    assert theirs.sees("Mina is the deputy from here")
    assert not amara.open(f"/cases/{case.id}").sees("Only one person of the team")
    assert at_the_desk(cast.luis).open(f"/cases/{case.id}/deputy").status == 404
    assert theirs.open("/cases").sees("You are the deputy.")
