"""One person holds a room at once; it lasts only if a colleague agrees (V-SILENCE-1)."""

from datetime import timedelta

import pytest

from concord.ledger.models import Entry
from concord.outbox.models import Job
from concord.outbox.registry import handler_of
from concord.people.models import Role
from concord.spaces.confirm_brake import BrakeIsGone, NeedsAnotherStaffMember, confirm_brake
from concord.spaces.lift_brake import lift_brake
from concord.spaces.models import Brake, Condition
from concord.spaces.pull_brake import MayNotBrake, OnlyASessionEnds, RoomHasEnded, pull_brake
from concord.spaces.tests.conftest import staff

QUARTER = timedelta(minutes=15)


def test_one_person_holds_the_room_and_it_is_logged(event):
    brake = pull_brake(event.room, kind="pause", by=event.amara, at=event.at)
    assert event.room.condition(event.at) == Condition.PAUSED
    entry = Entry.objects.get(verb="spaces.pull_brake")
    assert (entry.actor, entry.subject) == (event.amara.person_id, brake.id)


def test_pulling_the_same_brake_twice_is_once(event):
    brakes = {
        pull_brake(event.room, kind="slow", by=who, at=event.at)
        for who in (event.amara, event.luis)
    }
    assert len(brakes) == 1


def test_brakes_of_different_kinds_hold_together_and_the_strictest_is_shown(event):
    for kind in ("slow", "lock"):
        pull_brake(event.room, kind=kind, by=event.amara, at=event.at)
    assert event.room.conditions(event.at) >= {Condition.SLOW, Condition.LOCKED}
    assert event.room.condition(event.at) == Condition.LOCKED


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.IT])
def test_whoever_does_not_watch_cannot_hold_a_room(event, role):
    brake = pull_brake(event.room, kind="pause", by=event.amara, at=event.at)
    other = staff(role.label, role)
    for attempt in (
        lambda: pull_brake(event.room, kind="slow", by=other, at=event.at),
        lambda: confirm_brake(brake, by=other, at=event.at),
        lambda: lift_brake(brake, by=other, at=event.at),
    ):
        with pytest.raises(MayNotBrake):
            attempt()


def test_nobody_whose_designation_ended_holds_a_room(event):
    event.amara.ended_at = event.at
    with pytest.raises(MayNotBrake):
        pull_brake(event.room, kind="pause", by=event.amara, at=event.at)


def test_nobody_confirms_their_own_brake(event):
    brake = pull_brake(event.room, kind="pause", by=event.amara, at=event.at)
    with pytest.raises(NeedsAnotherStaffMember):
        confirm_brake(brake, by=event.amara, at=event.at)


def test_a_confirmed_brake_holds_until_it_is_lifted(event):
    brake = pull_brake(event.room, kind="pause", by=event.amara, at=event.at)
    for _ in range(2):
        confirm_brake(brake, by=event.luis, at=event.at)
    assert event.room.condition(event.at + 8 * QUARTER) == Condition.PAUSED
    for _ in range(2):
        lift_brake(brake, by=event.amara, at=event.at)
    assert event.room.condition(event.at) == Condition.OPEN


def test_a_brake_that_nobody_confirms_stops_holding_by_itself(event):
    brake = pull_brake(event.room, kind="pause", by=event.amara, at=event.at)
    assert event.room.condition(event.at + QUARTER) == Condition.OPEN
    with pytest.raises(BrakeIsGone):
        confirm_brake(brake, by=event.luis, at=event.at + QUARTER)


def test_the_job_lifts_what_nobody_confirmed_and_only_that(event):
    loose = pull_brake(event.room, kind="pause", by=event.amara, at=event.at)
    kept = pull_brake(event.room, kind="slow", by=event.amara, at=event.at)
    confirm_brake(kept, by=event.luis, at=event.at)
    lapse = handler_of("spaces.brake_lapses")
    for job in Job.objects.filter(kind="spaces.brake_lapses"):
        assert job.due_at == event.at + QUARTER
        lapse(job, at=job.due_at)
        lapse(job, at=job.due_at)
    loose.refresh_from_db()
    kept.refresh_from_db()
    assert loose.lifted_at == event.at + QUARTER
    assert kept.lifted_at is None
    assert Entry.objects.filter(verb="spaces.lift_brake").count() == 1


def test_a_brake_can_be_pulled_again_after_it_lapsed(event):
    first = pull_brake(event.room, kind="pause", by=event.amara, at=event.at)
    second = pull_brake(event.room, kind="pause", by=event.amara, at=event.at + QUARTER)
    assert first != second
    assert event.room.condition(event.at + QUARTER) == Condition.PAUSED


def test_a_session_ends_when_a_colleague_agrees_and_not_before(event):
    brake = pull_brake(event.room, kind="end", by=event.amara, at=event.at)
    assert event.room.condition(event.at) == Condition.PAUSED
    confirm_brake(brake, by=event.luis, at=event.at)
    room = type(event.room).objects.get(id=event.room.id)
    assert room.condition(event.at) == Condition.ENDED
    with pytest.raises(RoomHasEnded):
        lift_brake(brake, by=event.amara, at=event.at)
    with pytest.raises(RoomHasEnded):
        pull_brake(event.room, kind="pause", by=event.amara, at=event.at)


def test_a_lobby_is_not_ended_by_a_brake(event):
    with pytest.raises(OnlyASessionEnds):
        pull_brake(event.lobby, kind="end", by=event.amara, at=event.at)


def test_there_is_no_brake_for_one_person(event):
    with pytest.raises(ValueError, match="karim"):
        pull_brake(event.room, kind="karim", by=event.amara, at=event.at)
    assert {field.name for field in Brake._meta.get_fields()}.isdisjoint({"person", "registration"})
