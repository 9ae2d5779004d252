"""An event that is on while nobody on shift watches is noticed; being looked at is said, and stops nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from concord.convenings.end_convening import end_convening
from concord.convenings.models import Session, State
from concord.ledger.models import Entry
from concord.monitoring.alarm_unwatched import (
    ABSENT,
    WIDER,
    alarm_unwatched,
    keep_watch,
    open_rooms,
    watched,
)
from concord.monitoring.claim_flag import LASTS, NotBeforeYou, claim_flag, claimants, leave_flag
from concord.monitoring.judge_credible import AlreadyJudged, judge_credible
from concord.monitoring.models import Claim, Presence, Unwatched
from concord.monitoring.ring import NOTICE
from concord.outbox.models import Job
from concord.people.end_designation import end_designation
from concord.people.models import Shift
from tests.cast import Cast, flagged

SECOND = timedelta(seconds=1)


def rung(cast: Cast) -> set[str]:
    jobs = Job.objects.waiting().filter(kind=NOTICE).values_list("subject", flat=True)
    return {
        desk.staff.working_name
        for desk in (cast.amara, cast.luis, cast.noor, cast.ravi, cast.ines)
        if desk.id in set(jobs)
    }


def test_rooms_that_nobody_on_shift_watches_ring_once_and_wider_after_a_while(cast):
    Shift.objects.exclude(staff=cast.luis.staff).delete()
    assert alarm_unwatched(None, at=cast.at) == open_rooms().count() > 1
    assert rung(cast) == {"Luis"}
    assert alarm_unwatched(None, at=cast.at + 15 * SECOND) == 0
    assert Unwatched.objects.count() == open_rooms().count()
    alarm_unwatched(None, at=cast.at + WIDER)
    assert rung(cast) == {"Amara", "Luis", "Noor", "Ravi"}


def test_where_nobody_is_on_shift_everybody_who_watches_is_asked_and_nobody_else(cast):
    Shift.objects.all().delete()
    alarm_unwatched(None, at=cast.at)
    assert rung(cast) == {"Amara", "Luis", "Noor", "Ravi"}


def test_whoever_is_there_ends_it_and_whoever_leaves_begins_another(cast):
    rooms = alarm_unwatched(None, at=cast.at)
    keep_watch(cast.luis.staff, at=cast.at)
    alarm_unwatched(None, at=cast.at + SECOND)
    assert not Unwatched.objects.going_on().exists()
    assert alarm_unwatched(None, at=cast.at + ABSENT) == rooms
    assert Unwatched.objects.count() == 2 * rooms
    assert ABSENT + 15 * SECOND <= 60 * SECOND


def test_who_has_one_room_before_them_watches_that_room_and_no_other(cast):
    keep_watch(cast.luis.staff, room=cast.hall, at=cast.at)
    alarm_unwatched(None, at=cast.at)
    alone = set(Unwatched.objects.going_on().values_list("room", flat=True))
    assert alone == {room.id for room in open_rooms()} - {cast.hall.id}
    assert "Luis" not in rung(cast)  # he sees it where he is
    assert rung(cast)
    keep_watch(cast.noor.staff, room=cast.annex, at=cast.at)
    alarm_unwatched(None, at=cast.at + SECOND)
    assert not Unwatched.objects.going_on().filter(room=cast.annex).exists()


def test_a_room_that_closes_ends_its_alarm(cast):
    alarm_unwatched(None, at=cast.at)
    Session.objects.filter(id=cast.annex.session_id).update(state=State.ENDED)
    alarm_unwatched(None, at=cast.at + SECOND)
    assert not Unwatched.objects.going_on().filter(room=cast.annex).exists()
    assert Unwatched.objects.going_on().filter(room=cast.hall).exists()


def test_being_there_without_a_shift_or_on_shift_without_being_there_is_not_watching(cast):
    assert not watched([cast.hall], at=cast.at)
    Shift.objects.filter(staff=cast.luis.staff).delete()
    keep_watch(cast.luis.staff, at=cast.at)
    assert not watched([cast.hall], at=cast.at)
    keep_watch(cast.noor.staff, at=cast.at)
    assert watched([cast.hall], at=cast.at)


def test_who_keeps_the_machines_or_has_left_watches_nothing(cast):
    end_designation(cast.noor.staff, by=None, at=cast.at)
    cast.noor.staff.refresh_from_db()
    for desk in (cast.ines, cast.noor):
        keep_watch(desk.staff, at=cast.at + SECOND)
    assert not Presence.objects.exists()


def test_of_each_person_only_the_last_moment_is_kept_and_the_ledger_is_told_none(cast):
    for turn in (0, 9, 20, 29):
        keep_watch(cast.luis.staff, at=cast.at + turn * SECOND)
    assert Presence.objects.get().seen_at == cast.at + 20 * SECOND, "and not with every asking"
    keep_watch(cast.luis.staff, at=cast.at)
    assert Presence.objects.get().seen_at == cast.at, "a clock was set back"
    alarm_unwatched(None, at=cast.at + WIDER)
    assert not Presence.objects.exists()
    assert not Entry.objects.filter(verb="monitoring.watched").exists()


def test_an_event_that_is_over_is_watched_by_nobody_and_rings_no_more(cast):
    alarm_unwatched(None, at=cast.at)
    end_convening(cast.convening, by=None, at=cast.at)
    alarm_unwatched(None, at=cast.at + SECOND)
    assert not Unwatched.objects.going_on().exists()
    assert alarm_unwatched(None, at=cast.at + 2 * SECOND) == 0


def test_a_claim_shows_for_five_minutes_and_is_renewed_not_doubled(cast, monkeypatch):
    flag = flagged(cast)
    claim_flag(flag, by=cast.luis.staff, at=cast.at)
    claim_flag(flag, by=cast.luis.staff, at=cast.at + 60 * SECOND)
    assert Claim.objects.count() == 1
    named = {flag.id: [(cast.luis.id, "Luis")]}
    assert claimants([flag], at=cast.at + LASTS + 59 * SECOND) == named
    assert claimants([flag], at=cast.at + LASTS + 60 * SECOND) == {}
    told = []
    monkeypatch.setattr(
        "concord.monitoring.alarm_unwatched.tell_desks",
        lambda persons, event, id: told.append((persons, event, id)),
    )
    Presence.objects.create(person=cast.luis.id, seen_at=cast.at + LASTS + 60 * SECOND)
    for ended in (0, 1, 1):  # a second before, as it ends, and once more
        alarm_unwatched(None, at=cast.at + LASTS + (59 + ended) * SECOND)
        claims = [(persons, id) for persons, event, id in told if event == "claim"]
        assert claims == [({cast.amara.id, cast.luis.id, cast.noor.id}, flag.id)] * ended
    assert not Claim.objects.exists()


def test_a_claim_stops_nobody_from_looking_or_answering(cast):
    flag = flagged(cast)
    claim_flag(flag, by=cast.luis.staff, at=cast.at)
    claim_flag(flag, by=cast.amara.staff, at=cast.at)
    assert len(claimants([flag], at=cast.at)[flag.id]) == 2
    judge_credible(
        flag,
        credible=True,
        reason="A threat.",
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.at,
    )
    with pytest.raises(AlreadyJudged):
        claim_flag(flag, by=cast.luis.staff, at=cast.at)


def test_only_who_may_read_a_flag_claims_it(cast):
    flag = flagged(cast)
    for desk in (cast.ines, cast.ravi):  # keeps the machines; is close to whom it is about
        with pytest.raises(NotBeforeYou):
            claim_flag(flag, by=desk.staff, at=cast.at)
    assert not Claim.objects.exists()


def test_leaving_it_takes_only_ones_own_claim_away(cast):
    flag = flagged(cast)
    claim_flag(flag, by=cast.luis.staff, at=cast.at)
    leave_flag(flag, by=cast.amara.staff, at=cast.at)
    assert Claim.objects.count() == 1
    for _twice in range(2):
        leave_flag(flag, by=cast.luis.staff, at=cast.at)
    assert not Claim.objects.exists()
