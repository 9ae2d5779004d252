"""An event opens only when nothing is missing; its sessions open inside it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from concord.convenings import readiness as readiness_of
from concord.convenings.call_off_session import HasBegun, call_off_session, put_back_session
from concord.convenings.confirm_guidelines import SessionHasEnded, confirm_guidelines
from concord.convenings.end_convening import end_convening
from concord.convenings.end_session import EndsBeforeItsTime, NotYoursToEnd, end_session
from concord.convenings.import_schedule import changes_of, import_schedule, mark_of
from concord.convenings.models import Convening, Guidelines, Session, State
from concord.convenings.note_channel_test import OnlyWhoReceives, note_channel_test
from concord.convenings.open_convening import NotReady, open_convening
from concord.convenings.open_session import EventNotOpen, open_session
from concord.convenings.plan_convening import (
    AddressTaken,
    HasEnded,
    plan_convening,
    plan_session,
)
from concord.convenings.read_schedule import Row
from concord.convenings.readiness import Missing, readiness, requires
from concord.convenings.signals import convening_planned, session_planned
from concord.convenings.tests.event import HOUR, on_call, plan
from concord.ledger.models import Entry
from concord.people.designate import NotYoursToDesignate
from concord.people.end_designation import end_designation
from concord.people.models import OutsideContact
from concord.people.plan_shift import EndsBeforeItStarts
from concord.people.tests.team import Team
from concord.vault import keys

pytestmark = pytest.mark.django_db


CALLED_OFF = ("convenings.call_off_session", "convenings.put_back_session")


def missing(planned, at=None) -> set[str]:
    return {one.code for one in readiness(planned.convening, at or planned.at)}


# Planning


def test_an_organiser_plans_an_event_and_it_is_announced(team: Team):
    heard = []

    def hear(**news):
        heard.append(news.get("convening") or news.get("session"))

    convening_planned.connect(hear)
    session_planned.connect(hear)
    planned = plan(team)
    convening_planned.disconnect(hear)
    session_planned.disconnect(hear)
    assert heard == [planned.convening, planned.hall, planned.studio]
    assert planned.convening.state == State.PLANNED


@pytest.mark.parametrize("who", ["luis", "noor", "vera", "ivo"])
def test_nobody_else_plans(team: Team, who):
    planned, by = plan(team), getattr(team, who)
    times = {"starts_at": planned.at, "ends_at": planned.at + HOUR, "at": planned.at}
    with pytest.raises(NotYoursToDesignate):
        plan_convening("Another", slug="another", by=by, **times)
    with pytest.raises(NotYoursToDesignate):
        plan_session(planned.convening, name="Another", by=by, **times)
    with pytest.raises(NotYoursToDesignate):
        confirm_guidelines(planned.hall, text="Listen.", by=by, at=planned.at)
    with pytest.raises(NotYoursToDesignate):
        open_convening(planned.convening, by=by, at=planned.at)
    with pytest.raises(NotYoursToDesignate):
        open_session(planned.hall, by=by, at=planned.at)
    with pytest.raises(NotYoursToDesignate):
        end_convening(planned.convening, by=by, at=planned.at)


@pytest.mark.parametrize(
    "wrong, refused",
    [
        ({"slug": "forum"}, AddressTaken),
        ({"ends_at": None}, EndsBeforeItStarts),
        ({"slug": "Not a slug"}, ValueError),
        ({"slug": ""}, ValueError),
        ({"name": "\u200b"}, ValueError),
        ({"zone": "Mars/Olympus"}, ValueError),
        ({"zone": "../../etc/passwd"}, ValueError),
    ],
)
def test_an_event_that_makes_no_sense_is_not_planned(team: Team, wrong, refused):
    planned = plan(team)
    given = {
        "name": "Another",
        "slug": "another",
        "zone": "Africa/Nairobi",
        "ends_at": planned.at + HOUR,
    } | wrong
    given["ends_at"] = given["ends_at"] or planned.at - HOUR
    with pytest.raises(refused):
        plan_convening(given.pop("name"), starts_at=planned.at, by=team.olu, at=planned.at, **given)
    assert Convening.objects.count() == 1


# The list


def test_a_whole_event_misses_nothing_and_opens(team: Team):
    planned = plan(team)
    assert missing(planned) == set()
    assert open_convening(planned.convening, by=team.olu, at=planned.at).state == State.OPEN
    assert Entry.objects.latest("id").verb == "convenings.open_convening"


@pytest.mark.parametrize(
    "without, code",
    [
        ("policy", {"policy"}),
        ("second", {"two_on_call", "coverage"}),
        ("receiver", {"two_on_call", "receiver_on_call", "coverage"}),
        ("channel test", {"channel_test"}),
        ("outside", {"outside_contact"}),
    ],
)
def test_without_any_one_thing_it_does_not_open_and_the_list_says_which(team: Team, without, code):
    planned = plan(team, without=without)
    assert missing(planned) == code
    with pytest.raises(NotReady) as refused:
        open_convening(planned.convening, by=team.olu, at=planned.at)
    assert {one.code for one in refused.value.missing} == code
    assert Convening.objects.get().state == State.PLANNED


@pytest.mark.parametrize(
    "setting, code",
    [("CONCORD_POLICY_ADDRESS", "policy_address"), ("CONCORD_REPORT_ADDRESS", "report_address")],
)
@pytest.mark.parametrize("value", ["", "tbd", "nobody@"])
def test_an_address_that_is_none_does_not_count(team: Team, settings, setting, code, value):
    planned = plan(team)
    setattr(settings, setting, value)
    assert missing(planned) == {code}


def test_one_person_on_two_shifts_is_one_person(team: Team):
    planned = plan(team, without="second")
    for hours in (1, 2):
        on_call(team.luis, planned.convening, team, planned.at + timedelta(minutes=hours))
    assert missing(planned) == {"two_on_call", "coverage"}


def test_a_volunteer_is_no_second_person(team: Team):
    planned = plan(team, without="second")
    on_call(team.vera, planned.convening, team, planned.at)
    assert missing(planned) == {"two_on_call", "coverage"}


def test_a_shift_for_another_event_does_not_count(team: Team):
    planned = plan(team, without="second")
    other = plan_convening(
        "Other",
        slug="other",
        starts_at=planned.at,
        ends_at=planned.at + HOUR,
        by=team.olu,
        at=planned.at,
    )
    on_call(team.noor, other, team, planned.at)
    assert missing(planned) == {"two_on_call", "coverage"}


def test_a_shift_that_is_over_does_not_count(team: Team):
    planned = plan(team)
    assert "two_on_call" in missing(planned, planned.at + 4 * HOUR)


def test_whoever_left_the_team_does_not_count(team: Team):
    planned = plan(team)
    end_designation(team.noor, by=None, at=planned.at)
    assert missing(planned) == {"two_on_call", "coverage"}


def test_somebody_without_keys_does_not_count(team: Team):
    planned = plan(team)
    keys.retire(team.noor.person_id, by=team.amara.person_id, at=planned.at)
    assert missing(planned) == {"two_on_call", "coverage"}


def test_an_outside_contact_without_a_key_does_not_count(team: Team):
    planned = plan(team)
    keys.retire(OutsideContact.objects.get().holder, by=team.amara.person_id, at=planned.at)
    assert missing(planned) == {"outside_contact"}


def test_guidelines_count_once_confirmed(team: Team):
    planned = plan(team)
    Guidelines.objects.filter(session=planned.hall).update(confirmed_at=None)
    assert missing(planned) == {"guidelines"}


def test_a_test_of_the_way_to_report_holds_for_thirty_days(team: Team):
    planned = plan(team, without="channel test")
    for who in (team.noor, team.olu):
        with pytest.raises(OnlyWhoReceives):
            note_channel_test(by=who, at=planned.at)
    tested = note_channel_test(by=team.luis, at=planned.at - timedelta(days=31))
    assert missing(planned) == {"channel_test"}
    assert note_channel_test(by=team.luis, at=planned.at) != tested
    assert missing(planned) == set()
    note_channel_test(by=team.luis, at=planned.at + timedelta(minutes=1))
    assert Entry.objects.filter(verb="convenings.note_channel_test").count() == 2


def test_rooms_above_add_what_they_need(team: Team, monkeypatch):
    monkeypatch.setattr(readiness_of, "_requirements", [])
    planned = plan(team)
    requires(lambda convening, at: [Missing("channel", "The report page does not answer.")])
    assert missing(planned) == {"channel"}


# Opening and ending


def test_opening_twice_changes_nothing(team: Team):
    planned = plan(team)
    for _ in range(2):
        open_convening(planned.convening, by=team.olu, at=planned.at)
    assert Entry.objects.filter(verb="convenings.open_convening").count() == 1


def test_a_session_opens_inside_an_open_event(team: Team):
    planned = plan(team)
    with pytest.raises(EventNotOpen):
        open_session(planned.hall, by=team.olu, at=planned.at)
    open_convening(planned.convening, by=team.olu, at=planned.at)
    for _ in range(2):
        assert open_session(planned.hall, by=team.olu, at=planned.at).state == State.OPEN
    assert Entry.objects.filter(verb="convenings.open_session").count() == 1


def test_an_event_opens_beside_a_session_whose_guidelines_nobody_confirmed(team: Team):
    planned = plan(team, without="Hall 1")
    assert missing(planned) == {"guidelines"}
    assert open_convening(planned.convening, by=team.olu, at=planned.at).state == State.OPEN
    with pytest.raises(NotReady):
        open_session(planned.hall, by=team.olu, at=planned.at)


def test_a_session_without_guidelines_stays_shut_beside_others(team: Team):
    planned = plan(team)
    on_call(team.vera, planned.convening, team, planned.at)
    open_convening(planned.convening, by=team.olu, at=planned.at)
    late = plan_session(
        planned.convening,
        name="Late",
        starts_at=planned.at,
        ends_at=planned.at + HOUR,
        by=team.olu,
        at=planned.at,
    )
    with pytest.raises(NotReady) as refused:
        open_session(late, by=team.olu, at=planned.at)
    assert [one.session for one in refused.value.missing] == [late]
    assert open_session(planned.hall, by=team.olu, at=planned.at).state == State.OPEN


def test_a_session_looks_again_at_what_the_event_needs(team: Team):
    planned = plan(team)
    open_convening(planned.convening, by=team.olu, at=planned.at)
    with pytest.raises(NotReady):
        open_session(planned.hall, by=team.olu, at=planned.at + 5 * HOUR)


def test_what_has_ended_does_not_open_again(team: Team):
    planned = plan(team)
    end_convening(planned.convening, by=team.olu, at=planned.at)
    end_convening(planned.convening, by=team.olu, at=planned.at)
    assert set(Session.objects.values_list("state", flat=True)) == {State.ENDED}
    assert Entry.objects.filter(verb="convenings.end_convening").count() == 1
    with pytest.raises(HasEnded):
        open_convening(planned.convening, by=team.olu, at=planned.at)
    with pytest.raises(SessionHasEnded):
        open_session(planned.hall, by=team.olu, at=planned.at)
    with pytest.raises(SessionHasEnded):
        confirm_guidelines(planned.hall, text="New.", by=team.olu, at=planned.at)
    with pytest.raises(HasEnded):
        plan_session(
            planned.convening,
            name="X",
            starts_at=planned.at,
            ends_at=planned.at + HOUR,
            by=team.olu,
            at=planned.at,
        )


def test_whoever_watches_may_end_a_session_and_the_keeper_of_machines_may_not(team: Team):
    planned = plan(team)
    with pytest.raises(NotYoursToEnd):
        end_session(planned.hall, by=team.ivo, at=planned.at)
    end_session(planned.hall, by=team.vera, at=planned.at)
    end_session(planned.hall, by=team.vera, at=planned.at)
    assert Entry.objects.filter(verb="convenings.end_session").count() == 1


@pytest.fixture
def running(team: Team) -> Session:
    """Hall 1, open."""
    planned = plan(team)
    open_convening(planned.convening, by=team.olu, at=planned.at)
    return open_session(planned.hall, by=team.olu, at=planned.at)


@pytest.mark.parametrize("state", [State.OPEN, State.PAUSED])
def test_nobody_ends_a_running_session_alone_before_its_time(team: Team, running: Session, state):
    Session.objects.filter(id=running.id).update(state=state)
    for asked_by in (None, team.olu.person_id):
        with pytest.raises(EndsBeforeItsTime):
            end_session(running, by=team.olu, at=running.starts_at, asked_by=asked_by)
    with pytest.raises(EndsBeforeItsTime):
        end_convening(running.convening, by=team.olu, at=running.starts_at)
    assert Session.objects.get(id=running.id).state == state
    assert running.convening.sessions.exclude(state=State.ENDED).count() == 2


def test_two_people_end_it_at_any_time(team: Team, running: Session):
    asked_by = team.olu.person_id
    end_session(running, by=team.vera, at=running.starts_at, asked_by=asked_by)
    assert Session.objects.get(id=running.id).state == State.ENDED


def test_one_is_enough_once_its_planned_end_has_passed(team: Team, running: Session):
    end_session(running, by=team.olu, at=running.ends_at)
    assert Session.objects.get(id=running.id).state == State.ENDED


def test_what_does_not_take_place_says_so_and_holds_nothing_up(team: Team):
    planned = plan(team)
    studio = planned.studio
    studio.guidelines.all().delete()
    assert "guidelines" in missing(planned)
    for _twice in range(2):
        call_off_session(studio, by=team.olu, at=planned.at)
    assert "guidelines" not in missing(planned)
    assert "does not take place" in Client().get(f"/e/{planned.convening.slug}").content.decode()
    with pytest.raises(SessionHasEnded):
        open_session(studio, by=team.olu, at=planned.at)
    for _twice in range(2):
        put_back_session(studio, by=team.olu, at=planned.at)
    assert Session.objects.get(id=studio.id).state == State.PLANNED
    assert Entry.objects.filter(verb__in=CALLED_OFF, subject=studio.id).count() == 2


def test_what_was_called_off_is_moved_by_a_file_and_stays_called_off(team: Team):
    planned = plan(team)
    studio = call_off_session(planned.studio, by=team.olu, at=planned.at)
    starts, ends = studio.starts_at + HOUR, studio.ends_at + HOUR
    rows = [Row(2, studio.name, starts, ends), Row(3, "One more", starts, ends)]
    changes = changes_of(planned.convening, rows)
    assert not any(one.has_begun for one in changes)
    import_schedule(planned.convening, rows=rows, seen=mark_of(changes), by=team.olu, at=planned.at)
    moved = Session.objects.get(id=studio.id)
    assert (moved.starts_at, moved.called_off) == (starts, True)


def test_only_an_organiser_calls_off_and_nothing_that_has_begun(team: Team, running: Session):
    for verb in (call_off_session, put_back_session):
        with pytest.raises(NotYoursToDesignate):
            verb(running, by=team.luis, at=running.starts_at)
    with pytest.raises(HasBegun):
        call_off_session(running, by=team.olu, at=running.starts_at)
    put_back_session(running, by=team.olu, at=running.starts_at)
    assert Session.objects.get(id=running.id).state == State.OPEN


# Guidelines


def test_each_session_has_guidelines_of_its_own_and_a_change_has_a_new_number(team: Team):
    planned = plan(team)
    again = confirm_guidelines(
        planned.hall, text="Listen.\r\nTake no pictures.\n", by=team.olu, at=planned.at
    )
    changed = confirm_guidelines(planned.hall, text="Speak slowly.", by=team.olu, at=planned.at)
    assert (again.number, changed.number) == (1, 2)
    assert planned.studio.guidelines.get().number == 1


@pytest.mark.parametrize("text", ["", " \n\t", "x" * 8_001])
def test_guidelines_have_words_and_an_end(team: Team, text):
    planned = plan(team)
    with pytest.raises(ValueError, match="Guidelines"):
        confirm_guidelines(planned.hall, text=text, by=team.olu, at=planned.at)
