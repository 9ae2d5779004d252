"""Whoever leaves the team leaves their cases: none stays with somebody who cannot sign in any more (R-COORD-1)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from concord.actions.audit import audit
from concord.cases.accept_hand_over import accept_hand_over
from concord.cases.decide_no_action import decide_no_action
from concord.cases.hand_over import hand_over
from concord.cases.models import Case, Recusal
from concord.cases.recuse import recuse
from concord.cases.write_note import write_note
from concord.concurrence.adopt_proposal import adopt_proposal
from concord.concurrence.ask_wider import ask_wider
from concord.concurrence.concur import concur
from concord.concurrence.execute import NeedsConcurrence, execute
from concord.concurrence.guards import NeedsAdopting
from concord.concurrence.models import Execution
from concord.concurrence.propose import propose
from concord.concurrence.ring_for_end import undone
from concord.concurrence.terms import Target
from concord.desk.waiting import presses_for, proposals_for
from concord.ledger.models import Entry
from concord.monitoring.ring import NOTICE
from concord.outbox.models import Job
from concord.people.declare_tie import declare_tie
from concord.people.end_designation import end_designation
from concord.people.models import Tie
from concord.spaces.models import Post
from concord.vault import files
from concord.vault.models import OwedGrant
from tests.browsing import at_the_desk
from tests.cast import Cast, Desk, assessed, case_about_karim, opened, proposed, terms_for
from tests.looking_again import another_receiver


def leaves(cast: Cast, desk: Desk) -> None:
    end_designation(desk.staff, by=None, at=cast.later(minutes=1))


def seats(case: Case) -> tuple[object, object]:
    case.refresh_from_db()
    return case.coordinator, case.deputy


def rung() -> set[object]:
    return set(Job.objects.waiting().filter(kind=NOTICE).values_list("subject", flat=True))


def rung_anew() -> None:
    """What rang before has been sent."""
    Job.objects.filter(kind=NOTICE).delete()


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


def test_what_they_proposed_is_put_to_nobody_until_whoever_follows_takes_it_over(
    cast: Cast,
) -> None:
    mina = another_receiver(cast)
    proposal = proposed(cast, act_at_once=True)
    version = opened(proposal.version, cast.noor, cast.at)
    for desk in (cast.noor, cast.luis, mina):
        assert proposals_for(desk.staff, at=cast.at).get() == version
    rung_anew()
    leaves(cast, cast.amara)
    assert rung() == {cast.luis.id, mina.id}  # they coordinate it from here, or are the deputy
    assert not ask_wider(version, at=cast.later(minutes=50))
    now = cast.later(minutes=2)
    assert [one.is_orphaned for one in proposals_for(cast.luis.staff, at=now)] == [True]
    assert not proposals_for(cast.noor.staff, at=now).exists()
    noor = {"by": cast.noor.staff, "keyring": cast.noor.keyring, "at": now}
    with pytest.raises(NeedsAdopting):
        concur(version, **noor)
    luis = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": now}
    with pytest.raises(NeedsConcurrence):
        execute(proposal.version, **luis)
    adopted = adopt_proposal(opened(version, cast.luis, now), **luis)
    concur(opened(adopted, cast.noor, now), **noor)
    assert Execution.objects.get().concurrence.proposer == cast.luis.id
    assert audit() == []


def test_the_yes_of_somebody_who_leaves_is_void_and_others_are_asked_for_one(cast: Cast) -> None:
    proposal = proposed(cast, act_at_once=False)
    noor = {"by": cast.noor.staff, "keyring": cast.noor.keyring, "at": cast.later(minutes=1)}
    version = opened(proposal.version, cast.noor, cast.at)
    concur(version, **noor)
    assert presses_for(cast.amara.staff, at=cast.at).exists()
    rung_anew()
    with CaptureQueriesContext(connection) as asked:
        leaves(cast, cast.noor)
    locks = next(one["sql"] for one in asked if 'ORDER BY "cases_case"."id"' in one["sql"])
    assert proposal.case_id.hex in locks.replace("-", "")  # with those she holds, in one order
    leaves(cast, cast.noor)
    # They were asked before, and somebody was quicker; Amara leads.
    assert rung() == {cast.luis.id, cast.amara.id}
    assert not presses_for(cast.amara.staff, at=cast.at).exists()
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring}
    with pytest.raises(NeedsConcurrence):
        execute(proposal.version, **amara, at=cast.later(minutes=2))
    luis = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.later(minutes=3)}
    concur(opened(version, cast.luis, cast.later(minutes=3)), **luis)
    execute(proposal.version, **amara, at=cast.later(minutes=4))
    assert Execution.objects.get().concurrence.person == cast.luis.id
    assert Entry.objects.get(verb="concurrence.leave").subject == proposal.id
    assert audit() == []


def test_what_they_proposed_ends_at_once_where_whoever_follows_was_never_given_it(
    cast: Cast,
) -> None:
    """Luis knows Karim a little: he reads the case, not what asked for a yes; now he coordinates, and proposes anew."""
    case = case_about_karim(cast)
    declare_tie(cast.luis.staff, person=cast.karim.person, kind=Tie.Kind.SOFT, at=cast.at)
    proposal = proposed(cast, case)
    leaves(cast, cast.amara)
    proposal.refresh_from_db()
    assert proposal.state == "voided"
    assert undone(cast.luis.staff).get() == proposal
    luis = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.later(minutes=2)}
    assert propose(case, terms=terms_for(cast), **luis).state == "proposed"


def test_whoever_takes_a_case_and_cannot_press_proposes_anew(cast: Cast) -> None:
    """Neither Mina, who is new, nor Luis, who knows Karim a little, was given the text that waits for their press."""
    at_once, waits = case_about_karim(cast), case_about_karim(cast)
    declare_tie(cast.luis.staff, person=cast.karim.person, kind=Tie.Kind.SOFT, at=cast.at)
    posts = [Post.objects.get(id=case.sources.get().flag.post_id) for case in (at_once, waits)]
    targets = [(Target("delete", post.id, f"Hall 1, {post.number}"),) for post in posts]
    stays = proposed(cast, at_once, targets=targets[0])
    goes = proposed(cast, waits, targets=targets[1], act_at_once=False)
    mina = another_receiver(cast)
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    for case, proposal, state in ((at_once, stays, "proposed"), (waits, goes, "voided")):
        asked = hand_over(case, to=mina.staff, **amara)
        accept_hand_over(asked, by=mina.staff, at=cast.later(minutes=1))
        proposal.refresh_from_db()
        assert proposal.state == state
    assert undone(cast.luis.staff).get() == goes  # Mina is there, and finds nothing proposed
    by_mina = {"by": mina.staff, "keyring": mina.keyring, "at": cast.later(minutes=2)}
    assert propose(waits, terms=terms_for(cast, targets=targets[1]), **by_mina)


def test_when_the_last_who_was_asked_leaves_it_is_declined_and_whoever_proposed_it_knows(
    cast: Cast,
) -> None:
    """What would be left as it is goes to the outside contact then."""
    case = assessed(cast, case_about_karim(cast))
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    left = decide_no_action(case, reason="It was a quotation.", **amara)
    proposal = proposed(cast)
    for desk, state in ((cast.noor, "proposed"), (cast.luis, "declined")):
        assert not OwedGrant.objects.filter(file=left.briefing).exists()
        leaves(cast, desk)
        proposal.refresh_from_db()
        assert proposal.state == state
    assert undone(cast.amara.staff).get() == proposal
    assert OwedGrant.objects.get(file=left.briefing).holder == cast.outside.holder


def test_leaving_twice_and_leaving_after_stepping_out_change_nothing_more(cast: Cast) -> None:
    another_receiver(cast)
    case = case_about_karim(cast)
    recuse(case, who=cast.amara.id, by=cast.amara.staff, at=cast.at)
    before = seats(case)
    leaves(cast, cast.amara)
    leaves(cast, cast.amara)
    assert seats(case) == before
    assert not Entry.objects.filter(verb="cases.leave").exists()


@pytest.mark.clauses("I-STAFF-1", "R-CONCUR-1")
def test_nobody_alone_ends_the_place_of_whoever_handles_a_case(cast: Cast) -> None:
    """Amara asks; the leads and Noor are rung. Luis sees who asked; taken back, and asked anew, Noor agrees herself."""
    case, team = case_about_karim(cast), "/team"
    amara, luis, noor = (at_the_desk(one) for one in (cast.amara, cast.luis, cast.noor))
    rung_anew()
    amara.open(f"{team}/{cast.noor.staff.id}/end").press("Ask for a second yes")
    assert rung() == {cast.noor.id}  # Amara is the only lead
    assert amara.sees("It waits for a second person.")
    assert not amara.sees("I agree")
    assert noor.open("/").sees("Somebody asked that you leave the team.")
    assert at_the_desk(cast.ines).open(f"{team}/{cast.noor.staff.id}/leaving").status == 404
    luis.open("/").follow("See who asked")
    assert luis.sees("Asked for by Amara")
    amara.press("They stay: take it back")
    assert luis.post(luis.path, sure="on").status == 404
    amara.open(f"{team}/{cast.noor.staff.id}/end").press("Ask for a second yes")
    noor.open("/").follow("See who asked").press("I leave the team now")
    assert noor.open("/").sees("Sign in")
    assert amara.open("/").sees("Noor left the team.")
    case.refresh_from_db()
    assert case.coordinator == cast.amara.staff
