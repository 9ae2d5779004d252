"""Every case ends in what people recorded: done or left by two, followed up, closed; never by a clock (4.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from concord.actions.models import ReviewRequest
from concord.actions.verify_steps import verify_steps
from concord.cases.add_party import add_party
from concord.cases.agree_to_no_action import (
    IsSettled,
    NeedsAnother,
    ReadItFirst,
    SayWhyNot,
    WrittenSince,
    agree_to_no_action,
    decline_no_action,
)
from concord.cases.assess_case import Assessed, assess_case
from concord.cases.check_in import NotDueYet, SayWhatYouFound, check_in, ring_check_ins
from concord.cases.close_case import (
    NeedsLessons,
    NotAskedYet,
    NotDoneYet,
    OnlyItsCoordinatorCloses,
    ReadWhatTheyWrote,
    close_case,
    is_unread,
)
from concord.cases.decide_no_action import (
    NeedsAssessment,
    NeedsReason,
    decide_no_action,
    read_why,
    ring_no_action,
)
from concord.cases.follow_up import follow_up
from concord.cases.hold_case import hold_case
from concord.cases.lift_hold import lift_hold
from concord.cases.merge_cases import merge_cases
from concord.cases.models import Agreement, Case, Handover, NoAction, State
from concord.cases.move import NoSuchTransition
from concord.cases.notice_silence import notice_silence
from concord.cases.own_key import NeedsOwnKey
from concord.cases.recuse import recuse
from concord.cases.reopen_case import reopen_case
from concord.cases.take_up import take_up
from concord.concurrence.concur import concur
from concord.concurrence.models import Execution, Proposal
from concord.concurrence.void import withdraw
from concord.desk.waiting import waiting_for
from concord.ledger.models import Entry
from concord.letterbox.models import Answer
from concord.outbox.clocks import clocks
from concord.outbox.models import Job
from concord.people.declare_tie import declare_tie
from concord.people.models import Tie
from concord.reports.add_words import add_words
from concord.reports.models import Report
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from concord.vault import files
from concord.vault.errors import NoGrant
from tests.browsing import Browser, at_the_desk
from tests.cast import (
    Cast,
    Desk,
    assessed,
    case_about_karim,
    left_as_it_is,
    opened,
    participant,
    proposed,
    reads_and_agrees,
    terms_for,
)
from tests.looking_again import another_receiver, decided
from tests.policy.test_reviews import asks_again

pytestmark = pytest.mark.django_db


def undone(
    cast: Cast, case: Case, reason: str = "It was a rehearsal of a play.", minutes: float = 0
) -> NoAction:
    """Amara finds that nothing needs to be done."""
    at = cast.later(minutes=minutes)
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": at}
    return decide_no_action(case, reason=reason, **who)


def agreed(cast: Cast, proposal: Proposal) -> Execution:
    """Luis agrees; it is carried out at once."""
    version = opened(proposal.version, cast.luis, cast.at)
    given = concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    return Execution.objects.get(concurrence=given)


def verified(execution: Execution, cast: Cast) -> None:
    verify_steps(Job(kind="actions.verify", subject=execution.id), at=cast.at)


def state_of(case: Case) -> str:
    return Case.objects.get(id=case.id).state


@pytest.mark.clauses("P-ZERO-1", "I-PROC-1")
def test_leaving_a_case_as_it_is_takes_two_and_any_colleague_can_say_no(cast: Cast) -> None:
    case = case_about_karim(cast)
    add_party(case, role="organisation", name="A host", by=cast.amara.staff, at=cast.at)
    with pytest.raises(NeedsAssessment):
        undone(cast, case)
    case = assessed(cast, case)
    with pytest.raises(NeedsReason):
        undone(cast, case, " ")
    amara, noor = at_the_desk(cast.amara), at_the_desk(cast.noor)
    amara.open(f"/cases/{case.id}/keeping").press(
        "Ask a colleague to agree", why="It was a rehearsal of a play."
    )
    assert state_of(case) == State.ASSESSED
    assert noor.open("/").sees("To be left as it is?")
    noor.open(f"/left/{NoAction.objects.get().id}")
    assert noor.sees("a rehearsal of a play")
    assert noor.open(f"/cases/{case.id}").status == 404
    noor.open(f"/left/{NoAction.objects.get().id}").press("I do not agree", reason=" ")
    assert noor.status == 409
    noor.press("I do not agree", reason="She did not look like an actor.")
    assert not noor.sees("To be left as it is?")
    amara.open(f"/cases/{case.id}/keeping")
    assert amara.sees("Noor did not agree:")
    assert amara.sees("She did not look like an actor.")
    assert amara.open(f"/cases/{case.id}").sees("Noor did not agree to leave it as it is")
    assert state_of(case) == State.ASSESSED
    again = undone(cast, case, "It was a play: here is the programme.")
    assert reads_and_agrees(again, cast.noor, at=cast.at).person == cast.noor.id
    assert state_of(case) == State.NO_ACTION
    assert amara.open(f"/cases/{case.id}").sees("See who is known to belong to it, and propose")


@pytest.mark.clauses("P-ZERO-1")
def test_who_may_not_agree_and_what_voids_what_was_decided(cast: Cast) -> None:
    case = assessed(cast, case_about_karim(cast))
    decided = undone(cast, case)
    with pytest.raises(NeedsAnother):
        reads_and_agrees(decided, cast.amara, at=cast.at)
    luis, noor = (
        {"by": desk.staff, "keyring": desk.keyring, "at": cast.at}
        for desk in (cast.luis, cast.noor)
    )
    for desk in (cast.ravi, cast.ines):
        with pytest.raises(NoGrant):
            agree_to_no_action(decided, **{**luis, "by": desk.staff, "keyring": desk.keyring})
        assert at_the_desk(desk).open(f"/left/{decided.id}").status == 404
    with pytest.raises(SayWhyNot):
        decline_no_action(decided, reason="", **luis)
    with pytest.raises(ReadItFirst):
        agree_to_no_action(decided, **luis)
    assert at_the_desk(cast.luis).open("/").post(f"/left/{decided.id}/agree").status == 409
    for answer in (agree_to_no_action, partial(decline_no_action, reason="No.")):
        with pytest.raises(NeedsOwnKey):
            answer(decided, **{**luis, "keyring": cast.noor.keyring})
    row = {"no_action": decided, "decided_by": cast.amara.id, "person": cast.noor.id}
    with pytest.raises(IntegrityError), transaction.atomic():  # nor a row past the verb
        Agreement.objects.create(**row, agreed_at=cast.at)
    read_why(decided, keyring=cast.noor.keyring, at=cast.at)
    recuse(case, who=cast.noor.id, by=cast.noor.staff, at=cast.at)
    with pytest.raises(NoGrant):
        agree_to_no_action(decided, **noor)
    said = Assessed("now", "He does it again.", "Nobody has said.", "Her.")
    assess_case(case, said=said, by=cast.amara.staff, at=cast.at)
    with pytest.raises(IsSettled):
        reads_and_agrees(decided, cast.luis, at=cast.at)
    decided = undone(cast, case)
    proposal = proposed(cast, case)
    with pytest.raises(IsSettled):
        reads_and_agrees(decided, cast.luis, at=cast.at)
    with pytest.raises(NotDoneYet):
        undone(cast, case)
    withdraw(proposal.version, by=cast.amara.staff, at=cast.at)
    decided = undone(cast, case)
    first = reads_and_agrees(decided, cast.luis, at=cast.at)
    assert reads_and_agrees(decided, cast.luis, at=cast.at) == first
    assert Agreement.objects.count() == 1


def joined(cast: Cast, case: Case, *, minutes: int) -> Report:
    """Somebody else tells it too, and Amara puts it with the rest."""
    told = Told("He did it to me as well.", hear="done")
    report = receive_report(told, nonce=uuid4().bytes, at=cast.at).report
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring}
    take_up(report, into=case, at=cast.later(minutes=minutes), **who)
    case.refresh_from_db()
    return report


@pytest.mark.clauses("P-ZERO-1")
def test_what_joins_a_case_is_covered_by_no_yes_whose_giver_never_read_of_it(cast: Cast) -> None:
    case = assessed(cast, case_about_karim(cast))
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring}
    decided = decide_no_action(case, reason="A quarrel.", at=cast.later(minutes=1), **who)
    joined(cast, case, minutes=2)
    with pytest.raises(IsSettled):
        reads_and_agrees(decided, cast.luis, at=cast.later(minutes=3))
    with pytest.raises(NeedsAssessment):
        decide_no_action(case, reason="A quarrel.", at=cast.later(minutes=4), **who)
    assert at_the_desk(cast.amara).open(f"/cases/{case.id}/keeping").sees("First say how it stands")
    assessed(cast, case, at=cast.later(minutes=5))
    decided = decide_no_action(case, reason="Two quarrels.", at=cast.later(minutes=6), **who)
    reads_and_agrees(decided, cast.luis, at=cast.later(minutes=7))
    assert state_of(case) == State.NO_ACTION


@pytest.mark.clauses("P-ZERO-1")
def test_nothing_is_left_and_nothing_closed_under_words_that_nobody_has_read(cast: Cast) -> None:
    case = case_about_karim(cast)
    report = joined(cast, case, minutes=0)
    case = assessed(cast, case, at=cast.later(minutes=1))
    decided, amara = undone(cast, case, minutes=2), at_the_desk(cast.amara)
    add_words(report, "He did it again, tonight.", at=cast.later(minutes=3))
    for minutes in (4, 6):  # unread; and read by Amara, not by whoever agrees
        with pytest.raises(WrittenSince):
            reads_and_agrees(decided, cast.luis, at=cast.later(minutes=minutes))
        assert (minutes == 6) == (not is_unread(case))
        if minutes == 4:
            with pytest.raises(ReadWhatTheyWrote):
                undone(cast, case, minutes=5)
            amara.open(f"/reports/{report.id}")
    assert not Answer.objects.filter(box=report.box, kind="outcome").exists()
    assert not waiting_for(cast.luis.staff, at=cast.later(minutes=6)).no_actions
    assert amara.open(f"/cases/{case.id}/keeping").sees("written since a colleague was asked")
    reads_and_agrees(undone(cast, case, minutes=7), cast.luis, at=cast.later(minutes=8))
    assert state_of(case) == State.NO_ACTION
    follow_up(case, by=cast.amara.staff, at=cast.later(minutes=9))
    case.follow_ups.get().check_ins.update(
        done_at=cast.later(minutes=10), done_by=cast.amara.id, found="quiet"
    )
    add_words(report, "And again.", at=cast.later(minutes=11))
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.later(minutes=12)}
    with pytest.raises(ReadWhatTheyWrote):
        close_case(case, lessons="Nothing.", **who)


def test_nobody_is_called_silent_the_moment_something_begins_to_wait_for_them(cast: Cast) -> None:
    """What a colleague adds, or the reporter writes, ends the waiting for a yes; more words put nothing off."""
    case = assessed(cast, case_about_karim(cast))
    undone(cast, case)
    report = receive_report(Told("To me as well."), nonce=uuid4().bytes, at=cast.at).report
    who = {"by": cast.luis.staff, "keyring": cast.luis.keyring}
    take_up(report, into=case, at=cast.later(minutes=20), **who)
    notice_silence(None, at=cast.later(minutes=21))
    undone(cast, assessed(cast, case, at=cast.later(minutes=22)), minutes=23)
    add_words(report, "He did it again.", at=cast.later(minutes=40))
    notice_silence(None, at=cast.later(minutes=41))
    assert not Handover.objects.exists()
    add_words(report, "And again.", at=cast.later(minutes=49))
    notice_silence(None, at=cast.later(minutes=50))
    assert Handover.objects.get().silent_since == cast.later(minutes=40)


def test_whoever_is_taken_out_finds_nothing_of_what_they_declined_earlier(cast: Cast) -> None:
    case = assessed(cast, case_about_karim(cast))
    decided = undone(cast, case, minutes=1)
    who = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.later(minutes=2)}
    decline_no_action(decided, reason="He meant it.", **who)
    luis = at_the_desk(cast.luis)
    assert luis.open(f"/left/{decided.id}").status == 200
    recuse(case, who=cast.luis.id, by=cast.luis.staff, at=cast.later(minutes=3))
    assert luis.open(f"/left/{decided.id}").status == 404


@pytest.mark.clauses("P-ZERO-1")
@pytest.mark.parametrize("is_followed_up", [False, True])
def test_what_joins_a_case_that_rests_takes_it_up_again_and_has_its_own_outcome(
    cast: Cast, is_followed_up: bool
) -> None:
    case = left_as_it_is(cast, case_about_karim(cast))
    if is_followed_up:
        follow_up(case, by=cast.amara.staff, at=cast.later(minutes=1))
    report = joined(cast, case, minutes=2)
    assert state_of(case) == State.REOPENED
    assert not case.follow_ups.filter(ended_at__isnull=True).exists()
    laid = Answer.objects.filter(box=report.box, kind="outcome")
    assert not laid.exists()
    left_as_it_is(cast, case, at=cast.later(minutes=3))
    assert laid.exists()


@pytest.mark.clauses("P-ZERO-1")
@pytest.mark.parametrize("is_seen_to_hold", [False, True])
def test_what_joins_after_it_was_carried_out_is_looked_at_by_itself(
    cast: Cast, is_seen_to_hold: bool
) -> None:
    """Also where it comes in between the deed and the moment in which every step was seen to hold."""
    case = case_about_karim(cast)
    execution = agreed(cast, proposed(cast, case))
    if is_seen_to_hold:
        verified(execution, cast)
    joined(cast, case, minutes=1)
    verified(execution, cast)
    assert state_of(case) == State.REOPENED


@pytest.mark.clauses("P-ZERO-1")
def test_whoever_had_a_part_in_leaving_it_and_steps_out_opens_it_again(cast: Cast) -> None:
    case = left_as_it_is(cast, case_about_karim(cast))
    follow_up(case, by=cast.amara.staff, at=cast.at)
    recuse(case, who=cast.luis.id, by=cast.luis.staff, at=cast.later(days=1))
    assert state_of(case) == State.REOPENED
    assert not case.follow_ups.filter(ended_at__isnull=True).exists()


@pytest.mark.clauses("P-ZERO-1", "I-PROC-1")
def test_a_case_is_followed_up_and_closed_only_after_people_have_looked_twice(cast: Cast) -> None:
    case = case_about_karim(cast)
    for early in (lambda: follow_up(case, by=cast.amara.staff, at=cast.at),):
        with pytest.raises(NoSuchTransition):
            early()
    proposal = proposed(cast, case)
    with pytest.raises(NotDoneYet):
        follow_up(case, by=cast.amara.staff, at=cast.at)
    execution = agreed(cast, proposal)
    with pytest.raises(NotDoneYet):
        follow_up(case, by=cast.amara.staff, at=cast.at)
    verified(execution, cast)
    assert state_of(case) == State.STABILISED
    with pytest.raises(NotAskedYet):
        close_case(
            case, lessons="Done.", by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at
        )
    for desk in (cast.noor, cast.ravi):
        with pytest.raises(OnlyItsCoordinatorCloses):
            follow_up(case, by=desk.staff, at=cast.at)
    begun = follow_up(case, by=cast.luis.staff, at=cast.at)
    assert follow_up(case, by=cast.amara.staff, at=cast.at) == begun
    week, month = begun.check_ins.all()
    who = {"by": cast.luis.staff, "keyring": cast.luis.keyring}
    with pytest.raises(NotDueYet):
        check_in(week, found="quiet", at=cast.later(days=6), **who)
    with pytest.raises(SayWhatYouFound):
        check_in(week, found="", at=cast.later(days=8), **who)
    check_in(week, found="quiet", at=cast.later(days=8), **who)
    late = cast.later(days=400)
    for clock in clocks():
        clock.run(at=late)
    ring_check_ins(None, at=late)
    assert state_of(case) == State.FOLLOW_UP, "no clock closes it"
    assert [one.id for one in waiting_for(cast.amara.staff, at=late).check_ins] == [month.id]
    with pytest.raises(NotAskedYet):
        close_case(case, lessons="Done.", by=cast.amara.staff, keyring=cast.amara.keyring, at=late)
    check_in(month, found="unasked", at=late, **who)
    with pytest.raises(NeedsLessons):
        close_case(case, lessons=" ", by=cast.amara.staff, keyring=cast.amara.keyring, at=late)
    close_case(
        case, lessons="Two on call.", by=cast.amara.staff, keyring=cast.amara.keyring, at=late
    )
    assert state_of(case) == State.CLOSED


def test_what_goes_on_while_it_is_followed_up_opens_it_at_once(cast: Cast) -> None:
    case = left_as_it_is(cast, case_about_karim(cast))
    begun = follow_up(case, by=cast.amara.staff, at=cast.at)
    who = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.later(days=8)}
    check_in(begun.check_ins.all()[0], found="again", **who)
    assert state_of(case) == State.REOPENED
    assert waiting_for(cast.luis.staff, at=cast.later(days=60)).check_ins == []
    assert assessed(cast, case).state == State.ASSESSED


def test_a_proposal_opens_what_was_left_or_stabilised_again(cast: Cast) -> None:
    case = left_as_it_is(cast, case_about_karim(cast))
    first = proposed(cast, case, act_at_once=True)
    assert state_of(case) == State.ACTION_PENDING
    assert not case.no_actions.standing().exists()
    verified(agreed(cast, first), cast)
    assert state_of(case) == State.STABILISED


def test_two_people_reported_and_the_case_is_stable_when_both_are_done(cast: Cast) -> None:
    """ACTION_PENDING until every step of every decision was seen to hold."""
    case = case_about_karim(cast)
    first = proposed(cast, case)
    revoke = next(one for one in terms_for(cast).targets if one.kind == "revoke")
    tomas = replace(revoke, id=cast.tomas.person_id, label="Tomas Vega")
    second = proposed(cast, case, targets=(tomas,))
    verified(agreed(cast, first), cast)
    assert state_of(case) == State.ACTION_PENDING
    withdraw(second.version, by=cast.amara.staff, at=cast.at)
    assert state_of(case) == State.ASSESSED
    assert left_as_it_is(cast, case).state == State.NO_ACTION
    begun = follow_up(case, by=cast.amara.staff, at=cast.at)
    assert begun.check_ins.count() == 2


def test_what_waits_for_a_second_person_rings_every_day_and_never_agrees_by_itself(
    cast: Cast,
) -> None:
    undone(cast, assessed(cast, case_about_karim(cast)))
    Job.objects.filter(kind="monitoring.notice").delete()
    ring_no_action(None, at=cast.at + timedelta(hours=23))
    assert not Job.objects.filter(kind="monitoring.notice").exists()
    ring_no_action(None, at=cast.at + timedelta(hours=24))
    rung = set(Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True))
    assert rung == {cast.luis.id, cast.noor.id}
    assert Case.objects.get().state == State.ASSESSED


def test_a_long_reason_is_kept_whole_and_a_refused_one_stays_in_its_field(cast: Cast) -> None:
    case = assessed(cast, case_about_karim(cast))
    long = "word " * 10_000
    proposed(cast, case)
    amara = at_the_desk(cast.amara)
    amara.post(f"/cases/{case.id}/nothing", why=long)
    assert amara.status == 409
    amara.post(f"/cases/{case.id}/hold", reason=long)
    assert amara.open(f"/cases/{case.id}/keeping").sees(long.strip())


def test_the_timeline_tells_it_newest_first_in_utc_with_the_mark_of_each_step(cast: Cast) -> None:
    case = left_as_it_is(cast, case_about_karim(cast))
    hold = hold_case(case, reason="A court asked.", by=cast.amara.staff, at=cast.later(minutes=2))
    lift_hold(hold, by=cast.luis.staff, at=cast.later(minutes=3))
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring}
    reopen_case(case, at=cast.later(minutes=4), **who)
    report = receive_report(Told("He did it again."), nonce=b"7" * 16, at=cast.at).report
    other = take_up(report, at=cast.later(minutes=5), **who)
    merge_cases(other, other=case, at=cast.later(minutes=6), **who)
    page = at_the_desk(cast.amara).open(f"/cases/{case.id}")
    told = page.words[page.words.index("What happened so far") :]
    steps = (
        "Amara put another case into this one",
        "Amara reopened it",
        "Luis lifted the hold",
        "Amara held it: nothing is erased",
        "Luis agreed that nothing needs to be done",
        "Amara found that nothing needs to be done",
        "Amara said how it stands",
        "A flag was raised",
    )
    places = [told.index(step) for step in steps]
    assert places == sorted(places)
    drawn = page.page[page.page.index('<ol class="timeline"') :].split("</ol>")[0]
    assert drawn.count("UTC") == drawn.count("<li>") >= len(steps)
    assert drawn.count("<svg") >= 2, "proposed and agreed are drawn on the server"
    assert "data-own-clock" in drawn


@pytest.mark.clauses("I-PROC-1")
@pytest.mark.parametrize(
    "outcome, state",
    [("overturned", State.REOPENED), ("upheld", State.FOLLOW_UP)],
)
def test_a_review_that_is_granted_opens_the_case_again(
    cast: Cast, outcome: str, state: State
) -> None:
    """Zoe, whose key to it is at rest, has become close to somebody who was named in it by hand."""
    mina, zoe = another_receiver(cast), another_receiver(cast, "zoe")
    decision = decided(cast)
    names_a_friend_of(cast, zoe, decision.case)
    verified(decision.execution, cast)
    follow_up(decision.case, by=cast.amara.staff, at=cast.at)
    asks_again(cast, kind="review")
    desk = at_the_desk(mina).open(f"/reviews/{ReviewRequest.objects.get().id}")
    desk.press("Decide it", outcome=outcome, reason="We read it again.")
    assert state_of(decision.case) == state
    assert (zoe.id in files.dormant_readers(decision.case.file)) == (outcome == "upheld")


def names_a_friend_of(cast: Cast, desk: Desk, case: Case) -> None:
    """Nadia is named as somebody who did it, too; that they are friends is said afterwards."""
    nadia = participant(cast.convening, "Nadia", "nadia@example.org", cast.at)
    named = {"role": "respondent", "name": "Nadia", "person_id": nadia.person_id}
    add_party(case, **named, by=cast.amara.staff, at=cast.at)
    declare_tie(desk.staff, person=nadia.person, kind=Tie.Kind.HARD, at=cast.at)


@pytest.mark.clauses("K-CONF-1")
def test_a_case_that_comes_back_with_nobodys_key_at_hand_asks_its_old_readers_first(
    cast: Cast,
) -> None:
    """Noor, who agreed to leaving it, steps out; and Zoe is close to somebody in it."""
    zoe = another_receiver(cast, "zoe")
    case = case_about_karim(cast)
    names_a_friend_of(cast, zoe, case)
    case = assessed(cast, case)
    assert files.dormant_readers(case.file) == {zoe.id}
    reads_and_agrees(undone(cast, case), cast.noor, cast.at)
    recuse(case, who=cast.noor.id, by=cast.noor.staff, at=cast.at)
    assert state_of(case) == State.REOPENED
    assert files.dormant_readers(case.file) == set()


@pytest.mark.clauses("P-ZERO-1", "I-PROC-1", "I-WHO-1")
def test_where_nobody_on_the_team_may_agree_the_outside_contact_does_through_their_own_door(
    cast: Cast,
) -> None:
    case = assessed(cast, case_about_karim(cast))
    with_two = undone(cast, case)
    elena = Browser().open("/report/box").press("Open", code=cast.outside_code)
    elena.press("I keep it to myself")
    assert elena.open(f"/report/box/kept/left/{with_two.id}").status == 404
    for desk in (cast.noor, cast.luis):
        recuse(case, who=desk.id, by=desk.staff, at=cast.at)
    alone = undone(cast, case, "It was a play, and I have seen it.", 0.001)
    elena.open(f"/report/box/kept/left/{alone.id}")
    assert elena.sees("It was a play, and I have seen it.")
    assert elena.sees("you are asked")
    elena.press("I do not agree", reason="")
    assert elena.status == 409
    elena.press("I do not agree", reason="Ask the person it was said to first.")
    assert elena.sees("taken back or declined")
    assert state_of(case) == State.ASSESSED
    amara = at_the_desk(cast.amara).open(f"/cases/{case.id}/keeping")
    assert amara.sees("Ask the person it was")
    again = undone(cast, case, "She was asked, and says it was a play.", 0.002)
    assert elena.open("/report/box/kept/cases").sees("You are asked")
    elena.open(f"/report/box/kept/left/{again.id}").press("I agree")
    assert elena.sees("Two people found that nothing needs to be done.")
    assert state_of(case) == State.NO_ACTION
    assert Agreement.objects.get().person == cast.outside.holder
    assert Entry.objects.filter(verb="cases.agree_to_no_action", actor=cast.outside.holder).exists()
