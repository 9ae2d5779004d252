"""A decision without an end is looked at again on its day; what was agreed is carried out, or rings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from concord.access.gate import is_admitted
from concord.cases.models import Case
from concord.cases.read_case import read_case
from concord.cases.recuse import recuse
from concord.concurrence.concur import concur
from concord.concurrence.execute import execute
from concord.concurrence.guards import HasAConflict, NeedsCoordinator
from concord.concurrence.let_stand import (
    ChooseTheNextDay,
    EndsBefore,
    NothingToLookAt,
    let_stand,
)
from concord.concurrence.look_again import look_again
from concord.concurrence.models import Decision, Look, Proposal
from concord.concurrence.ring_for_press import ring_for_press
from concord.concurrence.void import lapse_all
from concord.convenings.models import Convening, Session
from concord.desk.how_much_waits import how_much_waits
from concord.desk.waiting import waiting_for
from concord.monitoring.call_again import call_again
from concord.outbox.models import Job
from concord.outbox.worker import run
from concord.people.models import StaffMember
from tests.browsing import at_the_desk
from tests.cast import Cast, case_about_karim, colleague, opened, proposed, stage, terms_for
from tests.looking_again import decided, lifted


@pytest.fixture(scope="module")
def staged(kept_for_the_module: None) -> Cast:
    return stage(timezone.now() - timedelta(hours=2))


def without_end(cast: Cast, *, days: int = 0, until: timedelta | None = None) -> Decision:
    """Karim is kept out of the hall, and it is looked at again that many days later."""
    revoke = terms_for(cast).targets[0]
    day = (cast.at + timedelta(days=days)).date()
    target = replace(revoke, review_on=day, until_at=cast.at + until if until else None)
    return decided(cast, targets=(target,))


def noticed() -> set[UUID | None]:
    return set(Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True))


def in_inbox(cast: Cast, staff: StaffMember, at) -> int:
    """The rows; and the number beside the inbox is that of what lies in it."""
    waiting = waiting_for(staff, at=at)
    assert waiting.number == how_much_waits(staff, at=at)
    return len(waiting.looks)


@pytest.mark.clauses("A-THOUGHT-1", "R-COORD-1")
def test_on_its_day_somebody_is_asked_and_past_it_everybody_who_may_see(cast: Cast) -> None:
    decision = without_end(cast, days=30)
    assert look_again(None, at=cast.later(days=28)) == 0
    Job.objects.all().delete()
    day = cast.later(days=30)
    for _ in range(2):
        look_again(None, at=day)
    look = Look.objects.get()
    assert look.due_on == decision.review_on
    assert noticed() == {cast.amara.id, cast.luis.id}
    assert in_inbox(cast, cast.amara.staff, day) == in_inbox(cast, cast.luis.staff, day) == 1
    assert in_inbox(cast, cast.noor.staff, day) == 0
    look_again(None, at=cast.later(days=31))
    assert noticed() == {cast.amara.id, cast.luis.id, cast.noor.id}
    look.refresh_from_db()
    assert look.alarmed_at == cast.later(days=31)
    assert not Decision.objects.get(id=decision.id).ended_at  # a clock ends nothing


def test_it_stays_and_only_the_day_moves(cast: Cast) -> None:
    decision = without_end(cast, days=1)
    at = cast.later(days=1)
    look_again(None, at=at)
    look, day = Look.objects.get(), at.date()
    refused: list[tuple[date | None, type[Exception]]] = [
        (None, ChooseTheNextDay),
        (day, ChooseTheNextDay),
        (day + timedelta(days=400), ChooseTheNextDay),
    ]
    for next_on, refusal in refused:
        with pytest.raises(refusal):
            let_stand(look, next_on=next_on, by=cast.amara.staff, at=at)
    with pytest.raises(NeedsCoordinator):
        let_stand(look, next_on=day + timedelta(days=90), by=cast.noor.staff, at=at)
    for _ in range(2):
        said = let_stand(look, next_on=day + timedelta(days=90), by=cast.luis.staff, at=at)
    assert said.settled_by == cast.luis.id
    with pytest.raises(NothingToLookAt):
        let_stand(look, next_on=day + timedelta(days=91), by=cast.amara.staff, at=at)
    was = (decision.until_at, decision.ended_at, decision.review_on)
    decision = Decision.objects.get(id=decision.id)
    assert (decision.until_at, decision.ended_at, decision.review_on) == was
    assert decision.look_on == day + timedelta(days=90)
    assert not is_admitted(cast.karim.person_id, cast.hall.places, at=at + timedelta(days=200))
    assert in_inbox(cast, cast.amara.staff, at) == 0
    assert look_again(None, at=at + timedelta(days=89)) == 0
    assert look_again(None, at=at + timedelta(days=90)) == 1
    assert Look.objects.count() == 2


def test_looking_again_lengthens_nothing_that_has_an_end(cast: Cast) -> None:
    decision = without_end(cast, until=timedelta(days=10))
    look_again(None, at=cast.later(hours=1))
    look = Look.objects.get()
    with pytest.raises(EndsBefore):
        let_stand(
            look,
            next_on=cast.later(days=12).date(),
            by=cast.amara.staff,
            at=cast.later(hours=1),
        )
    let_stand(look, next_on=None, by=cast.amara.staff, at=cast.later(hours=1))
    assert look_again(None, at=cast.later(days=9)) == 0
    assert is_admitted(cast.karim.person_id, cast.hall.places, at=cast.later(days=11))
    assert Decision.objects.get(id=decision.id).until_at == cast.later(days=10)


def test_what_is_over_asks_nobody_and_who_stepped_out_says_nothing(cast: Cast) -> None:
    decision = without_end(cast)
    look_again(None, at=cast.later(hours=1))
    look = Look.objects.get()
    recuse(decision.case, who=cast.luis.id, by=cast.luis.staff, at=cast.later(hours=1))
    later = {"next_on": cast.later(days=30).date(), "at": cast.later(hours=2)}
    with pytest.raises((NeedsCoordinator, HasAConflict)):
        let_stand(look, by=cast.luis.staff, **later)
    lead = colleague(cast, "lea", "Lea").staff
    lead.is_lead = True
    Look.objects.update(alarmed_at=cast.later(hours=1))
    with pytest.raises(HasAConflict):
        let_stand(look, by=lead, **later)
    assert in_inbox(cast, lead, cast.later(hours=2)) == 0


def test_a_lifted_decision_waits_for_no_look(cast: Cast) -> None:
    decision = without_end(cast)
    look_again(None, at=cast.later(hours=1))
    look = Look.objects.get()
    lifted(cast, decision, at=cast.later(hours=1))
    assert in_inbox(cast, cast.amara.staff, cast.later(hours=2)) == 0
    assert look_again(None, at=cast.later(days=3)) == 0
    with pytest.raises(NothingToLookAt):
        let_stand(
            look,
            next_on=cast.later(days=30).date(),
            by=cast.amara.staff,
            at=cast.later(hours=2),
        )


def test_it_is_said_on_the_page_of_the_decision(cast: Cast) -> None:
    decision = without_end(cast)
    look_again(None, at=timezone.now())
    page = f"/decisions/{decision.id}"
    assert at_the_desk(cast.noor).open(page).sees("says whether it stays")
    amara = at_the_desk(cast.amara).open("/")
    assert amara.sees("Decisions whose day has come")
    amara.open(page).press("It stays", next_on="")
    assert (amara.status, amara.sees("within a year")) == (409, True)
    next_on = (timezone.now() + timedelta(days=100)).date()
    amara.press("It stays", next_on=next_on.isoformat())
    assert amara.sees("Nothing of what was agreed to has changed.")
    assert not amara.open("/").sees("Decisions whose day has come")


def agreed(cast: Cast, case: Case | None = None) -> Proposal:
    """Noor agreed after five minutes; Amara kept the press for herself."""
    proposal = proposed(cast, case, act_at_once=False)
    version = opened(proposal.version, cast.noor, cast.later(minutes=5))
    concur(version, by=cast.noor.staff, keyring=cast.noor.keyring, at=cast.later(minutes=5))
    return proposal


@pytest.mark.clauses("R-CONCUR-1", "R-COORD-1")
def test_what_was_agreed_and_not_carried_out_rings_its_coordinator_and_deputy(cast: Cast) -> None:
    proposal = agreed(cast)
    Job.objects.all().delete()
    assert ring_for_press(None, at=cast.later(minutes=5, seconds=59)) == 0
    assert ring_for_press(None, at=cast.later(minutes=6)) == 1
    assert ring_for_press(None, at=cast.later(minutes=7)) == 0
    assert noticed() == {cast.amara.id, cast.luis.id}
    for staff in (cast.amara.staff, cast.luis.staff, cast.noor.staff):
        waiting = waiting_for(staff, at=cast.later(minutes=7))
        assert waiting.number == how_much_waits(staff, at=cast.later(minutes=7))
        assert bool(waiting.presses) is (staff != cast.noor.staff)
    Job.objects.all().delete()
    assert call_again(None, at=cast.later(minutes=11)) == 1
    assert noticed() == {cast.amara.id, cast.luis.id}, "again, while nobody has pressed"
    luis = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.later(minutes=12)}
    execute(opened(proposal.version, cast.luis, luis["at"]), **luis)
    assert not waiting_for(cast.amara.staff, at=cast.later(minutes=12)).presses
    assert call_again(None, at=cast.later(minutes=17)) == 0


def test_after_the_event_it_rings_after_four_hours_and_a_notice_leads_to_the_press(
    cast: Cast,
) -> None:
    case = case_about_karim(cast)
    Session.objects.update(state="ended")
    Convening.objects.update(state="ended")
    proposal = agreed(cast, case)
    assert ring_for_press(None, at=cast.later(hours=4, minutes=4)) == 0
    assert ring_for_press(None, at=cast.later(hours=4, minutes=5)) == 1
    amara = at_the_desk(cast.amara).open("/next")
    assert amara.path == f"/proposals/{proposal.id}"
    assert amara.open("/").sees("Agreed, and not carried out")


def test_a_lapse_after_a_yes_rings_both_and_does_not_say_that_nobody_agreed(cast: Cast) -> None:
    proposal = agreed(cast)
    for desk in (cast.amara, cast.luis):
        read_case(proposal.case, by=desk.staff, keyring=desk.keyring, at=cast.later(minutes=7))
    Job.objects.all().delete()
    lapse_all(None, at=cast.later(minutes=60))  # type: ignore[arg-type]
    run(Job.objects.get(kind="concurrence.ring_for_end"))
    assert noticed() == {cast.amara.id, cast.luis.id}
    assert not Job.objects.filter(kind="monitoring.notice", due_at__gt=timezone.now()).exists()
    assert at_the_desk(cast.luis).open("/").sees("A proposal in your case came to nothing.")
    amara = at_the_desk(cast.amara).open("/next")
    assert amara.path == f"/cases/{proposal.case_id}"
    assert not amara.open("/").sees("came to nothing")
    amara.open(f"/proposals/{proposal.id}")
    assert amara.sees("Amara and Noor agreed, and nobody carried it out in time")
    assert not amara.sees("nobody agreed in time")
