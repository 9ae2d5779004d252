"""What stands above a room: words of the team, whether it is recorded, and a video that nobody is made to load."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from concord.convenings.end_session import end_session
from concord.convenings.guidelines_read import COOKIE
from concord.ledger.models import Entry
from concord.live.tests.listening import Ear, serving
from concord.people.models import Role
from concord.spaces import news
from concord.spaces.announce import (
    AnnouncementTooLong,
    EnoughAnnounced,
    NotYoursToHost,
    RoomIsOver,
    announce,
    take_down,
)
from concord.spaces.clean_text import NothingWritten
from concord.spaces.models import Announcement, Post, Recording, Room
from concord.spaces.post_message import post_message
from concord.spaces.show_video import NoVideoThere, say_recording, show_video
from concord.spaces.tests.conftest import staff
from concord.spaces.tests.test_room_page import page_of
from concord.spaces.tests.test_streams import session_of
from concord.spaces.thread_of import MOST, thread_of

VIDEO = "https://video.example.org/embed/42?quiet=1"


def condition_from(ear: Ear) -> dict:
    heard = ear.next()
    return json.loads(heard.data) if heard.event == "condition" else condition_from(ear)


@pytest.mark.django_db(transaction=True)
def test_an_announcement_reaches_every_open_page_and_leaves_it_again(event, inside):
    with serving() as port:
        session = session_of(inside(event.karim))
        ear = Ear(port, f"s={event.room.stream}", session=session).opened()
        made = announce(event.room, text="<b>Lunch</b> at noon", by=event.amara, at=event.at)
        assert "&lt;b&gt;Lunch&lt;/b&gt; at noon" in condition_from(ear)["html"]
        back = Ear(port, f"s={event.room.stream}@0", session=session)
        assert "Lunch" in condition_from(back)["html"]
        take_down(made, by=event.luis, at=event.at)
        assert condition_from(ear)["html"] == ""
        say_recording(event.room, recording="recorded", by=event.amara, at=event.at)
        assert condition_from(ear)["recording"] == "recorded"
        show_video(event.room, link=VIDEO, by=event.amara, at=event.at)
        assert condition_from(ear)["video"] == "video.example.org"
        for one in (ear, back):
            one.close()


def test_it_stands_on_the_page_until_somebody_takes_it_down(event, inside):
    made = announce(event.room, text="Lunch at noon", by=event.amara, at=event.at)
    assert announce(event.room, text="Lunch at noon", by=event.luis, at=event.at) == made
    sara = inside(event.sara)
    html = sara.get(page_of(event.room)).content.decode()
    assert html.count("Lunch at noon") == 1
    assert "Amara" not in html
    assert "Lunch" not in sara.get(page_of(event.lobby)).content.decode()
    take_down(made, by=event.luis, at=event.at)
    take_down(made, by=event.amara, at=event.at)
    assert "Lunch" not in sara.get(page_of(event.room)).content.decode()
    made.refresh_from_db()
    assert made.down_by == event.luis.person_id
    assert list(Entry.objects.filter(subject=made.id).values_list("verb", flat=True)) == [
        "spaces.announce",
        "spaces.take_down",
    ]


def test_the_desk_hears_that_something_changed_and_not_what(event):
    announce(event.room, text="Lunch at noon", by=event.amara, at=event.at)
    event.room.refresh_from_db()
    told = news.Event("condition", news.condition_now(event.room, at=event.at), 0)
    assert "Lunch" in str(told)
    assert "Lunch" not in str(news.for_desk(told))


def test_three_stand_at_once_and_no_more(event):
    for text in ("one", "two", "three"):
        announce(event.room, text=text, by=event.amara, at=event.at)
    with pytest.raises(EnoughAnnounced):
        announce(event.room, text="four", by=event.amara, at=event.at)
    with pytest.raises(NothingWritten):
        announce(event.room, text=" \u200b\n", by=event.amara, at=event.at)
    with pytest.raises(AnnouncementTooLong):
        announce(event.lobby, text="x" * 501, by=event.amara, at=event.at)


def test_only_who_watches_or_plans_hosts_a_room(event):
    keeper, organiser = staff("Ines", Role.IT), staff("Olu", Role.ORGANISER)
    gone = staff("Gone")
    gone.ended_at = event.at
    gone.save()
    made = announce(event.room, text="one", by=organiser, at=event.at)
    for one in (keeper, gone):
        for act in (
            lambda by: announce(event.room, text="two", by=by, at=event.at),
            lambda by: take_down(made, by=by, at=event.at),
            lambda by: show_video(event.room, link=VIDEO, by=by, at=event.at),
            lambda by: say_recording(event.room, recording="recorded", by=by, at=event.at),
        ):
            with pytest.raises(NotYoursToHost):
                act(one)
    assert Announcement.objects.get().down_at is None


def test_nobody_announces_where_nobody_comes_any_more(event):
    end_session(event.session, by=None, at=event.at)
    with pytest.raises(RoomIsOver):
        announce(event.room, text="late", by=event.amara, at=event.at)


@pytest.mark.parametrize(
    "link",
    [
        "http://video.example.org/1",
        "javascript:alert(1)",
        "data:text/html,hello",
        "https://user:pass@video.example.org/1",
        "https://video.example.org:8443/1",
        "https://video/1",
        "https://127.0.0.1/1",
        "https://[::1]/1",
        "https://localhost/r",
        "https://video.example.org; script-src *",
        "https://video.example.org/a b",
        "https://*.example.org/1",
        "https://vidéo.example.org/1",
        "https://video.example.org/" + "x" * 500,
        "video.example.org",
        "https://[",
    ],
)
def test_an_address_that_names_more_or_less_than_one_host_is_refused(event, link):
    with pytest.raises(NoVideoThere):
        show_video(event.room, link=link, by=event.amara, at=event.at)
    event.room.refresh_from_db()
    assert event.room.video == ""


def test_only_the_page_that_was_asked_for_is_opened_to_the_one_host(event, inside):
    sara = inside(event.sara)
    bare = reverse("video", args=[event.room.id])
    address = reverse("video", args=[event.room.id, "video.example.org"])
    assert sara.get(address).headers["Location"] == page_of(event.room)
    show_video(event.room, link=VIDEO, by=event.amara, at=event.at)
    before = sara.get(page_of(event.room))
    html = before.content.decode()
    assert "video.example.org" in html
    assert f'href="{address}"' in html
    assert VIDEO not in html
    assert "iframe" not in html
    assert "frame-src" not in before.headers["Content-Security-Policy"]
    other = reverse("video", args=[event.room.id, "elsewhere.example.org"])
    for unnamed in (bare, other, f"{bare}?host=video.example.org"):
        answer = sara.get(unnamed)
        assert answer.headers["Location"] == page_of(event.room)
        assert "frame-src" not in answer.headers["Content-Security-Policy"]
    asked = sara.get(address)
    assert f'src="{VIDEO}"' in asked.content.decode()
    assert "frame-src https://video.example.org;" in asked.headers["Content-Security-Policy"]
    assert "sandbox=" in asked.content.decode()
    assert "frame-src" not in sara.get(page_of(event.lobby)).headers["Content-Security-Policy"]
    show_video(event.room, link="", by=event.amara, at=event.at)
    assert sara.get(address).headers["Location"] == page_of(event.room)


def test_whoever_has_not_read_the_guidelines_sees_no_video_and_no_thread(event, inside):
    show_video(event.room, link=VIDEO, by=event.amara, at=event.at)
    said = event.say(event.karim, "hello")
    late = inside(event.sara)
    del late.cookies[COOKIE]
    for address in (
        reverse("video", args=[event.room.id, "video.example.org"]),
        f"{page_of(event.room)}?thread={said.number}",
    ):
        answer = late.get(address)
        assert answer.headers["Location"].startswith(f"/s/{event.session.id}/guidelines?next=")


def test_whether_it_is_recorded_is_said_on_the_page(event, inside):
    sara = inside(event.sara)
    shown = 'id="recording" role="status">{}</p>'
    assert shown.format(Recording.UNSAID.label) in sara.get(page_of(event.room)).content.decode()
    for said in (Recording.RECORDED, Recording.NOT_RECORDED):
        say_recording(event.room, recording=said, by=event.amara, at=event.at)
        html = sara.get(page_of(event.room)).content.decode()
        assert shown.format(said.label) in html
    with pytest.raises(ValueError, match="perhaps"):
        say_recording(event.room, recording="perhaps", by=event.amara, at=event.at)


def test_a_thread_stands_on_an_address_of_its_own_and_is_answered_there(event, inside):
    first = event.say(event.karim, "Shall we begin?")
    event.say(event.karim, "Something else.")
    answer = post_message(
        event.room, registration=event.sara, text="Yes.", comment_on=first, at=event.at
    )
    deeper = post_message(
        event.room, registration=event.karim, text="Good.", comment_on=answer, at=event.at
    )
    sara = inside(event.sara)
    for number in (first.number, answer.number, deeper.number):
        html = sara.get(f"{page_of(event.room)}?thread={number}").content.decode()
        assert all(words in html for words in ("Shall we begin?", "Yes.", "Good."))
        assert "Something else." not in html
    assert sara.get(f"{page_of(event.room)}?thread=99").status_code == 404
    sent = sara.post(
        reverse("post", args=[event.room.id]),
        {"text": "And on.", "comment_on": str(first.id), "thread": first.number},
    )
    assert sent.headers["Location"].startswith(f"{page_of(event.room)}?thread={first.number}#post-")
    sara.post(reverse("hidden"), {"who": str(event.karim.id)})
    assert sara.get(f"{page_of(event.room)}?thread={first.number}").status_code == 404


def test_a_long_chain_of_answers_costs_its_readers_no_more_than_a_short_one(
    event, inside, django_assert_max_num_queries
):
    chain = [event.say(event.karim, "Shall we begin?")]
    for number in range(2, MOST + 40):
        said = Post(
            room=event.room,
            number=number,
            registration=event.karim,
            text=f"And {number}.",
            comment_on=chain[-1],
            posted_at=event.at,
        )
        chain.append(said)
    Post.objects.bulk_create(chain[1:])
    with django_assert_max_num_queries(5):
        found = thread_of(event.room, said.number, without=frozenset())
    assert found[-1] == said
    assert len(found) == MOST
    hidden = thread_of(event.room, 1, without=frozenset([event.sara.id]))
    assert hidden[0] == chain[0]
    assert inside(event.sara).get(f"{page_of(event.room)}?thread=1").status_code == 200


def test_a_room_has_room_for_these_after_a_restart(event):
    announce(event.room, text="one", by=event.amara, at=event.at)
    assert [one.text for one in Room.objects.get(id=event.room.id).standing] == ["one"]
