"""Planning at the desk: the list on the page is the list of the verb."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from concord.convenings.models import Convening, Session, State
from concord.convenings.tests.event import plan
from concord.ledger.models import Entry
from concord.people.models import Shift
from concord.people.tests.team import DESK, Team, sign_in_at_the_desk

pytestmark = pytest.mark.django_db

TIMES = {"starts_at": "2027-03-01T09:00", "ends_at": "2027-03-01T17:00"}


@pytest.fixture
def olu(team: Team) -> Client:
    return sign_in_at_the_desk(team.olu)


def test_an_organiser_plans_an_event_with_sessions_shifts_and_guidelines(team: Team, olu: Client):
    olu.post("/events", {"name": "Forum", "slug": "forum", "zone": "Africa/Nairobi", **TIMES})
    olu.post("/events/forum/sessions", {"name": "Hall 1", **TIMES})
    olu.post("/events/forum/shifts", {"staff": str(team.luis.id), "zone": "Asia/Kolkata", **TIMES})
    session = Session.objects.get()
    olu.post(f"/sessions/{session.id}/guidelines", {"text": "Listen."})
    page = olu.get("/events/forum").content.decode()
    assert Shift.objects.get().staff == team.luis
    assert Shift.objects.get().starts_at.isoformat() == "2027-03-01T03:30:00+00:00"
    assert Convening.objects.get().starts_at.isoformat() == "2027-03-01T09:00:00+00:00"
    assert "Guidelines confirmed (1)" in page
    assert "No version of the policy is in force" in page


def test_an_event_with_something_missing_is_not_opened_by_the_button(team: Team, olu: Client):
    plan(team, without="outside")
    answer = olu.post("/events/forum/open")
    assert answer.status_code == 409
    assert "Nobody outside the team is named" in answer.content.decode()
    assert Convening.objects.get().state == State.PLANNED
    assert Entry.objects.latest("id").facts == {"rule": "NotReady"}


def test_a_whole_event_opens_then_its_session(team: Team, olu: Client):
    planned = plan(team)
    assert "Nothing is missing" in olu.get("/events/forum").content.decode()
    olu.post("/events/forum/open")
    olu.post(f"/sessions/{planned.hall.id}/open")
    planned.hall.refresh_from_db()
    assert planned.hall.state == State.OPEN
    for path in (f"/sessions/{planned.hall.id}/end", "/events/forum/end"):
        refused = olu.post(path)
        assert refused.status_code == 409
        assert "it takes two to end it" in refused.content.decode()
    Session.objects.filter(id=planned.hall.id).update(ends_at=timezone.now())
    olu.post(f"/sessions/{planned.hall.id}/end")
    olu.post("/events/forum/end")
    assert Convening.objects.get().state == State.ENDED


def test_what_makes_no_sense_comes_back_with_what_was_typed(team: Team, olu: Client):
    plan(team)
    again = {"name": "Another", "slug": "forum", "zone": "Mars/Olympus", **TIMES}
    assert "not known" in olu.post("/events", again | {"slug": "x"}).content.decode()
    page = olu.post("/events", again | {"zone": "UTC"}).content.decode()
    assert "Another event has this address already" in page
    assert 'value="Another"' in page
    backwards = {"name": "Late", "starts_at": TIMES["ends_at"], "ends_at": TIMES["starts_at"]}
    assert (
        "The end lies before the start"
        in olu.post("/events/forum/sessions", backwards).content.decode()
    )
    shift = {"staff": str(team.ivo.id), **TIMES}
    assert "Select a valid choice" in olu.post("/events/forum/shifts", shift).content.decode()


@pytest.mark.parametrize("who", ["luis", "noor", "vera", "ivo"])
def test_for_others_planning_is_not_there(team: Team, who):
    planned = plan(team)
    client = sign_in_at_the_desk(getattr(team, who))
    for path in ("/events", "/events/forum", f"/sessions/{planned.hall.id}/guidelines"):
        assert client.get(path).status_code == 404
    for path in ("/events/forum/open", "/events/forum/end", f"/sessions/{planned.hall.id}/open"):
        assert client.post(path).status_code == 404


def test_nor_for_whoever_is_not_signed_in(team: Team):
    plan(team)
    assert Client(HTTP_HOST=DESK).get("/events/forum").headers["Location"].startswith("/in?next=")


def test_a_lead_plans_too(team: Team):
    plan(team)
    assert sign_in_at_the_desk(team.amara).get("/events/forum").status_code == 200
