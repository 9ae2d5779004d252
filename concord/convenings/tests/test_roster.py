"""Every live minute has one who watches each session and two who can agree, or a lead has said why not."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from concord.convenings.accept_gaps import (
    NeedsAReason,
    NothingToAccept,
    OnlyALeadAccepts,
    accept_gaps,
)
from concord.convenings.coverage import coverage, gaps_in, uncovered
from concord.convenings.models import Acceptance, Session, State
from concord.convenings.open_convening import NotReady, open_convening
from concord.convenings.plan_convening import plan_session
from concord.convenings.readiness import readiness
from concord.convenings.tests.event import HOUR, Planned, plan
from concord.ledger.models import Entry
from concord.people.designate import NotYoursToDesignate
from concord.people.end_shift import end_shift
from concord.people.models import Shift, StaffMember
from concord.people.plan_shift import (
    EndsBeforeItStarts,
    IsOverAlready,
    NeedsAZone,
    TooFarAway,
    plan_shift,
)
from concord.people.tests.team import Team, sign_in_at_the_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(team: Team) -> Planned:
    """Two sessions in the first hour, covered; a third in the fifth and sixth, for which nobody is awake."""
    made = plan(team)
    plan_session(
        made.convening,
        name="Night",
        starts_at=made.at + 5 * HOUR,
        ends_at=made.at + 7 * HOUR,
        by=team.olu,
        at=made.at,
    )
    return made


def awake(staff: StaffMember, planned: Planned, begins: float, ends: float, team: Team) -> Shift:
    return plan_shift(
        staff,
        convening=planned.convening.id,
        starts_at=planned.at + begins * HOUR,
        ends_at=planned.at + ends * HOUR,
        by=team.olu,
        at=planned.at,
    )


def gaps(planned: Planned, after: datetime | None = None) -> list[tuple[str, float, float, int]]:
    """Kind, from and until in hours, how many are awake."""
    found = uncovered(planned.convening, after=after or planned.at)
    return [
        (one.kind, (one.starts_at - planned.at) / HOUR, (one.ends_at - planned.at) / HOUR, one.have)
        for one in found
    ]


def test_a_minute_that_nobody_covers_is_found_and_holds_the_event_up(
    planned: Planned, team: Team
) -> None:
    assert gaps(planned) == [("agree", 5, 7, 0), ("watch", 5, 7, 0)]
    missing = {one.code for one in readiness(planned.convening, planned.at)}
    assert missing == {"coverage", "guidelines"}
    awake(team.noor, planned, 5, 7, team)
    assert gaps(planned) == [("agree", 5, 7, 1)]
    awake(team.luis, planned, 5, 6.5, team)
    assert gaps(planned) == [("agree", 6.5, 7, 1)]
    awake(team.amara, planned, 6.5, 8, team)
    assert gaps(planned) == []


def test_one_person_under_two_shifts_counts_once_and_a_volunteer_only_watches(
    planned: Planned, team: Team
) -> None:
    for _twice in range(2):
        awake(team.luis, planned, 5, 7, team)
    awake(team.luis, planned, 4.5, 7.5, team)
    awake(team.vera, planned, 5, 7, team)
    assert gaps(planned) == [("agree", 5, 7, 1)]
    assert Shift.objects.filter(staff=team.luis).count() == 3


def test_what_is_alike_is_one_stretch_and_what_is_over_does_not_count(
    planned: Planned, team: Team
) -> None:
    found = coverage(planned.convening, after=planned.at)
    assert [(one.sessions, one.agree, one.watch) for one in found] == [(2, 2, 2), (1, 0, 0)]
    assert gaps(planned, after=planned.at + 6 * HOUR) == [("agree", 6, 7, 0), ("watch", 6, 7, 0)]
    Session.objects.filter(name="Night").update(state=State.ENDED)
    assert gaps_in(coverage(planned.convening, after=planned.at)) == []


def test_a_lead_accepts_in_writing_and_only_what_was_there(planned: Planned, team: Team) -> None:
    night = Session.objects.get(name="Night")
    for who in (team.olu, team.luis):
        with pytest.raises(OnlyALeadAccepts):
            accept_gaps(planned.convening, reason="It is night.", by=who, at=planned.at)
    with pytest.raises(NeedsAReason):
        accept_gaps(planned.convening, reason=" ", by=team.amara, at=planned.at)
    accept_gaps(planned.convening, reason="Read only then.", by=team.amara, at=planned.at)
    assert gaps(planned) == []
    with pytest.raises(NothingToAccept):
        accept_gaps(planned.convening, reason="Again.", by=team.amara, at=planned.at)
    assert "coverage" not in {one.code for one in readiness(planned.convening, planned.at)}
    entry = Entry.objects.get(verb="convenings.accept_gaps")
    assert "Read only" not in str(entry.facts)
    awake(team.noor, planned, 5, 6, team)  # better than what was accepted
    assert gaps(planned) == []
    Session.objects.filter(id=night.id).update(ends_at=planned.at + 8 * HOUR)
    assert gaps(planned) == [("agree", 6, 8, 0), ("watch", 6, 8, 0)]
    assert Acceptance.objects.count() == 1


def test_accepting_gaps_never_stands_for_two_people_now(team: Team) -> None:
    planned = plan(team, without="second")
    accept_gaps(planned.convening, reason="We are few.", by=team.amara, at=planned.at)
    with pytest.raises(NotReady) as refused:
        open_convening(planned.convening, by=team.olu, at=planned.at)
    assert {one.code for one in refused.value.missing} == {"two_on_call"}


def test_a_shift_is_ended_or_taken_back_and_the_gap_is_there_again(
    planned: Planned, team: Team
) -> None:
    ahead = awake(team.noor, planned, 5, 7, team)
    running = Shift.objects.get(staff=team.luis)
    with pytest.raises(NotYoursToDesignate):
        end_shift(ahead, by=team.luis, at=planned.at)
    for _ in range(2):
        end_shift(ahead, by=team.olu, at=planned.at)
        end_shift(running, by=team.olu, at=planned.at + HOUR / 2)
    running.refresh_from_db()
    assert running.ends_at == planned.at + HOUR / 2
    assert not Shift.objects.filter(id=ahead.id).exists()
    assert Entry.objects.filter(verb="people.end_shift").count() == 2
    assert ("agree", 0.5, 1, 1) in gaps(planned)


@pytest.mark.parametrize(
    "begins, ends, naive, refused",
    [
        (2, 1, False, EndsBeforeItStarts),
        (1, 1, False, EndsBeforeItStarts),
        (-3, -2, False, IsOverAlready),
        (1, 24 * 366 * 200, False, TooFarAway),
        (1, 2, True, NeedsAZone),
    ],
)
def test_times_that_make_no_sense_are_refused(
    planned: Planned, team: Team, begins, ends, naive, refused
) -> None:
    start, end = (planned.at + hours * HOUR for hours in (begins, ends))
    if naive:
        start, end = start.replace(tzinfo=None), end.replace(tzinfo=None)
    with pytest.raises(refused):
        plan_shift(
            team.luis, convening=None, starts_at=start, ends_at=end, by=team.olu, at=planned.at
        )


# Its pages


@pytest.fixture
def olu(team: Team) -> Client:
    return sign_in_at_the_desk(team.olu)


def test_shifts_are_typed_by_the_clock_of_a_place(
    planned: Planned, team: Team, olu: Client
) -> None:
    def send(**typed: str) -> str:
        shift = {"staff": str(team.noor.id), "zone": "Africa/Nairobi"} | typed
        return olu.post("/events/forum/shifts", shift, follow=True).content.decode()

    day = {"starts_at": "2027-03-28T02:30", "ends_at": "2027-03-28T06:00"}
    assert "Noor" in send(**day)
    assert Shift.objects.latest("id").starts_at.isoformat() == "2027-03-27T23:30:00+00:00"
    assert "does not exist" in send(**day, zone="Europe/Berlin")
    assert "not known" in send(**day, zone="Mars/Olympus")
    assert "not known" in send(**day, zone="../etc/passwd")
    assert "over already" in send(starts_at="2020-01-01T01:00", ends_at="2020-01-01T02:00")
    assert "The end lies before" in send(starts_at=day["ends_at"], ends_at=day["starts_at"])
    assert "Enter a valid date" in send(starts_at="tomorrow", ends_at="x")
    send(starts_at="2027-03-28T02:30+02:00", ends_at="2027-03-28T06:00Z")
    assert Shift.objects.latest("id").starts_at.isoformat() == "2027-03-28T00:30:00+00:00"
    assert Shift.objects.filter(staff=team.noor, starts_at__year=2027).count() == 2


def test_the_roster_shows_gaps_in_a_picture_in_words_and_in_numbers(
    planned: Planned, team: Team, olu: Client
) -> None:
    page = olu.get("/events/forum/roster").content.decode()
    assert "2 stretches are not covered" in page
    assert 'role="img"' in page
    assert "Not covered: " in page
    assert 'class="gap"' in page
    assert page.count("not covered</span>") == 1
    assert "I accept it" not in page  # Olu plans, and leads nobody
    assert olu.post("/events/forum/gaps", {"reason": "No."}).status_code == 404
    shift = Shift.objects.filter(staff=team.luis).get()
    olu.post(f"/events/forum/shifts/{shift.id}/end")
    assert not Shift.objects.filter(staff=team.luis, ends_at__gt=planned.at + HOUR).exists()
    assert olu.post("/events/forum/shifts/999999/end").status_code == 404
    begins, ends = ((planned.at + n * HOUR).strftime("%Y-%m-%dT%H:%M") for n in (5, 7))
    told = {"staff": str(team.luis.id), "starts_at": begins, "ends_at": ends, "zone": "UTC"}
    for _twice in range(2):
        page = olu.post("/events/forum/shifts", told | {"for_every_event": "on"}, follow=True)
    assert "Planned, for every event in these hours." in page.content.decode()
    for_all = Shift.objects.get(convening__isnull=True)
    assert "Take it back, for every event" in page.content.decode()
    noor = sign_in_at_the_desk(team.noor)
    assert noor.post(f"/events/forum/shifts/{for_all.id}/end").status_code == 404
    olu.post(f"/events/forum/shifts/{for_all.id}/end")
    assert not Shift.objects.filter(convening__isnull=True).exists()


def test_a_lead_accepts_on_the_page_and_everybody_of_the_team_reads_it(
    planned: Planned, team: Team
) -> None:
    amara, noor = sign_in_at_the_desk(team.amara), sign_in_at_the_desk(team.noor)
    assert "This field is required" in amara.post("/events/forum/gaps", {}).content.decode()
    amara.post("/events/forum/gaps", {"reason": "The hall is read only then."})
    page = noor.get("/events/forum/roster").content.decode()
    assert "The hall is read only then." in page
    assert "covered or accepted" in page
    assert "Plan this shift" not in page
    assert noor.post("/events/forum/shifts", {}).status_code == 404
