"""The brakes at the desk: one page, three buttons, each for whoever may press it."""

import pytest
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import reverse

from concord.convenings.models import State
from concord.people.models import Login, Role
from concord.spaces import desk_views
from concord.spaces.brakes_of import brakes_of
from concord.spaces.models import Brake
from concord.spaces.pull_brake import pull_brake
from concord.spaces.tests.conftest import staff

DESK = "desk.localhost"
URLS = "concord.site.urls_desk"


def test_the_brakes_are_not_there_for_strangers_nor_on_the_public_host(event, inside):
    path = reverse("brakes", args=[event.room.id], urlconf=URLS)
    assert Client().get(path, headers={"host": DESK}).status_code == 302
    assert inside(event.sara).get(path).status_code == 404


def test_the_page_offers_what_this_member_of_staff_can_do(event):
    brake = pull_brake(event.room, kind="pause", by=event.amara, at=event.at)
    mine, theirs = (
        brakes_of(event.room, staff=who, at=event.at) for who in (event.amara, event.luis)
    )
    assert [(one.brake, one.pulled_by, one.can_confirm) for one in mine.standing] == [
        (brake, "Amara", False)
    ]
    assert [one.can_confirm for one in theirs.standing] == [True]
    assert Brake.Kind.PAUSE not in mine.kinds


def test_a_lobby_offers_no_end_and_an_ended_session_nothing(event):
    assert Brake.Kind.END not in brakes_of(event.lobby, staff=event.amara, at=event.at).kinds
    event.session.state = State.ENDED
    event.session.save()
    assert brakes_of(event.room, staff=event.amara, at=event.at).kinds == []
    assert brakes_of(event.room, staff=event.amara, at=event.at).standing == []


@pytest.fixture
def at_the_desk(event, settings):
    """A request of somebody at the desk whose keys are open, without the sign-in that opens them."""

    def ask(view, who, method="post", **sent):
        request = getattr(RequestFactory(), method)(
            "/", sent.pop("data", {}), headers={"host": DESK}
        )
        request.is_desk, request.at, request.htmx = True, event.at, False
        request.user, request.staff_member = Login(person=who.person), who
        request.csp_style_hashes = []
        settings.ROOT_URLCONF = URLS
        return view(request, **sent)

    return ask


def test_pulling_confirming_and_lifting(event, at_the_desk):
    page = reverse("brakes", args=[event.room.id], urlconf=URLS)
    answer = at_the_desk(
        desk_views.brakes, event.amara, room_id=event.room.id, data={"kind": "pause"}
    )
    assert answer.url == page
    brake = Brake.objects.get()
    assert at_the_desk(desk_views.confirmation, event.amara, brake_id=brake.id).status_code == 403
    assert at_the_desk(desk_views.confirmation, event.luis, brake_id=brake.id).url == page
    at_the_desk(desk_views.lift, event.amara, brake_id=brake.id)
    brake.refresh_from_db()
    assert brake.confirmed_by == event.luis.person_id
    assert brake.lifted_by == event.amara.person_id


def test_an_unknown_brake_is_asked_for_again(event, at_the_desk):
    answer = at_the_desk(
        desk_views.brakes, event.amara, room_id=event.room.id, data={"kind": "expel"}
    )
    assert answer.status_code == 200
    assert not Brake.objects.exists()


def test_the_way_back_never_leads_to_another_site(event, at_the_desk):
    for next_path, expected in [("/watch", "/watch"), ("https://elsewhere.example/", None)]:
        data = {"kind": "slow", "next": next_path}
        answer = at_the_desk(desk_views.brakes, event.amara, room_id=event.room.id, data=data)
        assert answer.url == (expected or reverse("brakes", args=[event.room.id], urlconf=URLS))


def test_whoever_keeps_the_machines_sees_no_brakes(event, at_the_desk):
    with pytest.raises(Http404):
        at_the_desk(desk_views.brakes, staff("Ines", Role.IT), method="get", room_id=event.room.id)


def test_the_page_can_be_read(event, at_the_desk):
    pull_brake(event.room, kind="end", by=event.amara, at=event.at)
    html = at_the_desk(
        desk_views.brakes, event.luis, method="get", room_id=event.room.id
    ).content.decode()
    assert "Confirm: end the session" in html
    assert "Amara" in html
