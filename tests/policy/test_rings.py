"""Who is asked for a second yes, and when: those on shift first, then ever more, and never whoever is kept out."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from concord.access.gate import is_admitted
from concord.actions.audit import audit
from concord.cases.recuse import recuse
from concord.concurrence.ask_wider import ask_wider, ask_wider_in_all
from concord.concurrence.concur import concur
from concord.concurrence.decline import decline
from concord.concurrence.guards import HasAConflict
from concord.concurrence.happening import is_happening
from concord.concurrence.models import Asked, Execution, Proposal, Warrant
from concord.concurrence.note_live import OPENED, note_live_in_all
from concord.concurrence.ring_for_press import ring_for_press
from concord.concurrence.rings import is_live
from concord.concurrence.say_on_it import AsksYourself, say_on_it
from concord.concurrence.terms import Target
from concord.concurrence.void import withdraw
from concord.convenings.accept_gaps import accept_gaps
from concord.convenings.at_the_door import at_the_door
from concord.convenings.confirm_guidelines import confirm_guidelines
from concord.convenings.models import Convening, Session
from concord.convenings.open_session import open_session
from concord.convenings.plan_convening import plan_convening, plan_session
from concord.desk.waiting import waiting_for
from concord.ledger.record import record
from concord.monitoring.ring import NOTICE
from concord.outbox.models import Job
from concord.outbox.worker import run
from concord.people.models import OpenDesk, Shift
from concord.people.plan_shift import plan_shift
from concord.people.tests.team import Mailbox
from concord.spaces.models import Brake, Removal, Room
from concord.spaces.pull_brake import pull_brake
from tests.browsing import Browser, at_the_desk, by_mail
from tests.cast import Cast, Desk, case_about_karim, opened, proposed, terms_for


def on_shift(cast: Cast, desk: Desk, begins: float, ends: float, event: UUID | None = None) -> None:
    """Hours from now."""
    plan_shift(
        desk.staff,
        convening=event,
        starts_at=cast.later(hours=begins),
        ends_at=cast.later(hours=ends),
        by=cast.amara.staff,
        at=cast.at,
    )


def asked(proposal: Proposal) -> set[UUID]:
    return set(Asked.objects.filter(version__proposal=proposal).values_list("person", flat=True))


def noticed() -> set[UUID | None]:
    return set(Job.objects.filter(kind=NOTICE).values_list("subject", flat=True))


@pytest.fixture
def only_amara(cast: Cast) -> Cast:
    """Three in the morning: Amara is on shift, Noor has the next one, Luis and Ravi are on no roster."""
    Shift.objects.all().delete()
    on_shift(cast, cast.amara, 0, 8)
    on_shift(cast, cast.noor, 6, 14, cast.convening.id)
    return cast


@pytest.mark.clauses("R-CONCUR-1", "I-STAFF-1", "R-COORD-1")
def test_the_ask_goes_to_those_on_shift_and_widens_while_nobody_answers(cast: Cast) -> None:
    Shift.objects.all().delete()
    case = case_about_karim(cast)
    Job.objects.all().delete()
    on_shift(cast, cast.luis, 0, 8, cast.convening.id)
    on_shift(cast, cast.noor, 6, 14, cast.convening.id)
    proposal = proposed(cast, case)
    assert (asked(proposal), noticed()) == ({cast.luis.id}, {cast.luis.id})
    amara = at_the_desk(cast.amara).open(f"/proposals/{proposal.id}")
    assert amara.sees("Luis is being asked now.")
    assert amara.sees("Next: Noor")
    ask_wider_in_all(None, at=cast.later(minutes=4, seconds=59))
    assert asked(proposal) == {cast.luis.id}
    for _ in range(2):  # a worker that was killed comes back, and looks again
        ask_wider_in_all(None, at=cast.later(minutes=5))
    assert asked(proposal) == noticed() == {cast.luis.id, cast.noor.id}
    assert Job.objects.filter(kind=NOTICE).count() == 2


@pytest.mark.clauses("P-SAFE-1", "R-CONCUR-1", "V-SILENCE-1", "I-STAFF-1")
def test_with_one_person_awake_a_room_is_held_and_nobody_is_touched(only_amara: Cast) -> None:
    """PUB-07. Nobody else is on shift, so the next ring is asked at once; the last at ten minutes."""
    cast = only_amara
    proposal = proposed(cast)
    assert asked(proposal) == {cast.noor.id}
    pull_brake(cast.hall, kind=Brake.Kind.PAUSE, by=cast.amara.staff, at=cast.at)
    ask_wider_in_all(None, at=cast.later(minutes=9, seconds=59))
    assert asked(proposal) == {cast.noor.id}
    ask_wider_in_all(None, at=cast.later(minutes=10))
    assert asked(proposal) == {cast.noor.id, cast.luis.id}
    assert is_admitted(cast.karim.person_id, cast.hall.places, at=cast.later(minutes=10))
    assert not Execution.objects.exists()
    assert not Removal.objects.exists()
    version = opened(proposal.version, cast.luis, cast.later(minutes=11))
    agreed = concur(
        version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.later(minutes=11)
    )
    assert agreed.execution.concurrence == agreed


@pytest.mark.clauses("R-CONCUR-1", "K-CONF-1", "I-PROC-1")
def test_whoever_is_kept_out_hears_of_nothing_whichever_ring_they_are_in(cast: Cast) -> None:
    """Ravi is tied to Karim and on shift; Noor steps out before her turn comes."""
    Shift.objects.filter(staff__in=[cast.noor.staff, cast.amara.staff]).delete()
    case = case_about_karim(cast)
    Job.objects.all().delete()
    proposal = proposed(cast, case)
    recuse(case, who=cast.noor.id, by=cast.noor.staff, at=cast.later(minutes=1))
    for minutes in (2, 5, 10, 59):
        ask_wider_in_all(None, at=cast.later(minutes=minutes))
    assert asked(proposal) == noticed() == {cast.luis.id}
    with pytest.raises(HasAConflict):
        say_on_it(proposal.version, by=cast.ravi.staff, at=cast.later(minutes=1))


@pytest.mark.clauses("R-CONCUR-1", "I-PROC-1")
def test_i_am_on_it_is_seen_by_whoever_proposed_and_binds_nobody(only_amara: Cast) -> None:
    cast = only_amara
    proposal = proposed(cast)
    noor = at_the_desk(cast.noor).open(f"/proposals/{proposal.id}")
    noor.press("I'm on it")
    assert noor.sees("binds you to nothing")
    assert at_the_desk(cast.amara).open(f"/proposals/{proposal.id}").sees("On it: Noor")
    first = Asked.objects.get(person=cast.noor.id).on_it_at
    say_on_it(proposal.version, by=cast.noor.staff, at=cast.later(minutes=3))
    assert Asked.objects.get(person=cast.noor.id).on_it_at == first
    with pytest.raises(AsksYourself):
        say_on_it(proposal.version, by=cast.amara.staff, at=cast.at)
    assert not Execution.objects.exists()
    ask_wider_in_all(None, at=cast.later(minutes=10))
    assert cast.luis.id in asked(proposal)


def test_a_no_widens_the_ask_at_once_and_a_closed_proposal_asks_nobody(only_amara: Cast) -> None:
    cast = only_amara
    proposal = proposed(cast)
    version = opened(proposal.version, cast.noor, cast.at)
    Job.objects.all().delete()
    decline(
        version,
        reason="I would warn first.",
        by=cast.noor.staff,
        keyring=cast.noor.keyring,
        at=cast.later(seconds=30),
    )
    assert noticed() == {cast.amara.id}
    waiting = waiting_for(cast.amara.staff, at=cast.later(seconds=30))
    assert [one.why for one in waiting.changed] == ["no"]
    assert [row.person for row in ask_wider(version, at=cast.later(seconds=31))] == [cast.luis.id]
    withdraw(proposal.version, by=cast.amara.staff, at=cast.later(minutes=1))
    on_shift(cast, cast.luis, 0, 8)
    assert ask_wider(version, at=cast.later(minutes=10)) == []
    Job.objects.filter(kind=NOTICE).delete()
    run(Job.objects.get(kind="concurrence.ring_for_end"))
    assert noticed() == set()


def test_outside_an_event_the_ask_widens_in_hours(only_amara: Cast) -> None:
    cast = only_amara
    case = case_about_karim(cast)
    Session.objects.all().update(state="planned")
    proposal = proposed(cast, case)
    ask_wider_in_all(None, at=cast.later(hours=23))
    assert asked(proposal) == {cast.noor.id}
    ask_wider_in_all(None, at=cast.later(hours=24))
    assert asked(proposal) == {cast.noor.id, cast.luis.id}


@pytest.mark.clauses("R-CONCUR-1", "I-STAFF-1", "P-SAFE-1")
def test_what_was_proposed_before_its_room_opens_is_live_once_it_is_open(only_amara: Cast) -> None:
    """Proposed ten minutes before the session about somebody who will walk in: nobody waits until the afternoon."""
    cast, hall = only_amara, only_amara.hall.session
    case = case_about_karim(cast)
    Session.objects.filter(id=hall.id).update(state="planned")
    proposal = proposed(cast, case, act_at_once=False)
    signed = proposal.version.lapses_at
    assert signed == cast.later(hours=48)
    assert note_live_in_all(None, at=cast.later(minutes=1)) == 0
    Job.objects.all().delete()
    Shift.objects.filter(staff=cast.noor.staff).update(starts_at=cast.at)  # two for the opening
    accept_gaps(cast.convening, reason="Read later.", by=cast.amara.staff, at=cast.later(minutes=9))
    open_session(hall, by=cast.amara.staff, at=cast.later(minutes=10))
    run(Job.objects.get(kind=OPENED))
    (called,) = Job.objects.filter(kind=NOTICE)
    assert (called.subject, called.due_at) == (cast.noor.id, cast.later(minutes=10))
    assert note_live_in_all(None, at=cast.later(minutes=11)) == 0
    assert is_live(proposal.version)
    ask_wider_in_all(None, at=cast.later(minutes=19, seconds=59))
    assert asked(proposal) == {cast.noor.id}
    ask_wider_in_all(None, at=cast.later(minutes=20))
    assert asked(proposal) == {cast.noor.id, cast.luis.id}
    agreed_at = cast.later(minutes=21)
    version = opened(proposal.version, cast.luis, agreed_at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=agreed_at)
    assert ring_for_press(None, at=cast.later(minutes=22)) == 1
    assert proposal.version.lapses_at == signed
    assert audit() == []


@pytest.mark.clauses("P-SAFE-1", "I-STAFF-1")
def test_people_see_at_the_door_whether_two_are_awake_and_nobodys_name(
    cast: Cast, mailbox: Mailbox
) -> None:
    """By the plan alone nobody is awake: their desk is open, or they did something since their shift began."""
    Shift.objects.exclude(staff__in=[cast.luis.staff, cast.noor.staff]).delete()
    Shift.objects.update(starts_at=timezone.now())
    sara = by_mail("sara@example.org", mailbox).open("/e/votes")
    assert sara.sees("Two people of the team are on call now.")
    assert not sara.sees("awake")
    at_the_desk(cast.luis)
    assert not sara.open("/e/votes").sees("awake")
    noor = at_the_desk(cast.noor)
    assert sara.open("/e/votes").sees("Two people of the team are awake now.")
    OpenDesk.objects.all().delete()  # both are locked, and read nothing since
    cast.convening.refresh_from_db()
    assert not at_the_door(cast.convening, at=cast.later(hours=1)).two_awake
    for desk in (cast.luis, cast.noor):
        record("cases.read", actor=desk.id, subject=cast.convening.id, at=timezone.now())
    assert at_the_door(cast.convening, at=cast.later(hours=1)).two_awake
    assert sara.sees("The way to report was last tried")
    assert not sara.sees("rehearsed")
    assert not sara.sees("drill")
    assert noor.open("/events/votes/roster").sees("no drill yet")
    Shift.objects.exclude(staff=cast.luis.staff).delete()
    on_shift(cast, cast.luis, 0.5, 9)  # a second shift is no second person
    with CaptureQueriesContext(connection) as asked_of_the_database:
        door = at_the_door(cast.convening, at=cast.later(hours=1))
    assert (door.two_awake, door.two_on_call) == (False, False)
    assert len(asked_of_the_database) <= 6
    Convening.objects.update(state="paused")  # in the middle of its event, and somebody is needed
    sara.open("/e/votes")
    assert sara.sees("Fewer than two people of the team are awake now.")
    assert not any(sara.sees(name) for name in ("Amara", "Luis", "Noor", "Ravi"))
    assert not Browser().open("/e/votes").sees("awake")


@pytest.mark.clauses("P-SAFE-1", "I-STAFF-1")
def test_an_event_with_an_uncovered_hour_opens_once_a_lead_has_accepted_it(cast: Cast) -> None:
    planned = plan_convening(
        "Night",
        slug="night",
        starts_at=cast.later(hours=1),
        ends_at=cast.later(hours=20),
        by=cast.amara.staff,
        at=cast.at,
    )
    session = plan_session(
        planned,
        name="Count",
        starts_at=cast.later(hours=2),
        ends_at=cast.later(hours=14),
        by=cast.amara.staff,
        at=cast.at,
    )
    confirm_guidelines(session, text="Be kind.", by=cast.amara.staff, at=cast.at)
    amara = at_the_desk(cast.amara).open("/events/night")
    amara.press("Open the event")
    assert (amara.status, amara.sees("Not every minute is covered")) == (409, True)
    amara.open("/events/night/roster").press("I accept it", reason="The rooms are read only then.")
    amara.open("/events/night").press("Open the event")
    assert amara.sees("The event is open.")


@pytest.mark.clauses("R-CONCUR-1", "R-ACT-1")
def test_deleting_a_post_while_the_room_is_open_waits_for_nobody_until_tomorrow(
    cast: Cast,
) -> None:
    """A deletion has no scope: it is done where the post is, and that is in the middle of an event."""
    case = case_about_karim(cast)
    only_posts = tuple(one for one in terms_for(cast).targets if one.kind == "delete")
    version = proposed(cast, case, targets=only_posts).version
    assert version.lapses_at == cast.later(minutes=60)
    assert is_live(version)


def test_what_happens_now_is_known_by_the_place_the_post_or_where_the_case_comes_from(
    cast: Cast,
) -> None:
    lobby = Room.objects.get(convening=cast.convening, session=None)
    elsewhere = cast.say(cast.karim, "Again.", room=cast.annex)
    in_lobby = cast.say(cast.karim, "And here.", room=lobby)
    here = case_about_karim(cast)
    away = {
        "a post": Target("delete", elsewhere.id, ""),
        "a post in the lobby": Target("delete", in_lobby.id, ""),
        "the whole event": Target("deny", uuid4(), "", "convening", cast.convening.id),
        "everywhere": Target("organisation", uuid4(), "", "all"),
    }
    Session.objects.filter(id=cast.hall.session_id).update(state="paused")
    assert is_happening(here)
    Session.objects.filter(id=cast.hall.session_id).update(state="ended")
    assert not is_happening(here)
    revoked = Target("revoke", cast.karim.person_id, "", "session", cast.hall.session_id)
    assert not is_happening(here, targets=[revoked])
    for what, target in away.items():
        warrant = Warrant(target=target.id, scope_kind=target.scope_kind, scope_id=target.scope_id)
        assert is_happening(here, targets=[revoked, target]), what
        assert is_happening(here, warrants=[warrant]), what
    Session.objects.update(state="ended")
    Convening.objects.update(state="ended")
    assert not is_happening(here, targets=away.values())
