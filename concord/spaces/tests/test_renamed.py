"""Somebody changes their name: every room shows the new one at once, and no page, stream or row the old one."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from concord.access.gate import MayOnlyRead, NotAdmitted
from concord.access.limit import limit
from concord.access.models import Place
from concord.convenings.models import Registration
from concord.convenings.names_here import NameOfTheTeam
from concord.convenings.register import register as take_part
from concord.convenings.rename import (
    MOST_RENAMES,
    NameInUse,
    NotYoursToRename,
    RenamedOften,
    rename,
)
from concord.ledger.models import Entry
from concord.live.hub import hub
from concord.live.tests.listening import Ear, serving
from concord.spaces import news
from concord.spaces.models import Post, Renaming
from concord.spaces.post_message import post_message
from concord.spaces.tests.conftest import register
from concord.spaces.tests.test_room_page import page_of
from concord.spaces.tests.test_streams import session_of

OLD, NEW = "Sara", "Sam"


def news_from(ear: Ear):
    """The next that is not about how the room is."""
    heard = ear.next()
    return news_from(ear) if heard.event == "condition" else heard


def becomes(who: Registration, name: str, pronouns: str = "", *, at, by=None) -> Registration:
    return rename(who, display_name=name, pronouns=pronouns, by=by or who.person_id, at=at)


@pytest.mark.django_db(transaction=True)
def test_every_open_page_hears_it_and_nobody_who_comes_back_hears_the_old_name(event, inside):
    said = event.say(event.sara, "good morning")
    with serving() as port:
        session = session_of(inside(event.karim))
        open_page = Ear(port, f"s={event.room.stream}@1", session=session).opened()
        post_message(
            event.room, registration=event.karim, text="hello", comment_on=said, at=event.at
        )
        assert OLD in news_from(open_page).data
        becomes(event.sara, NEW, "they/them", at=event.at)
        heard = news_from(open_page)
        told = json.loads(heard.data)
        assert (heard.event, told["by"]) == ("renamed", str(event.sara.id))
        assert NEW in told["html"]
        assert "they/them" in told["html"]
        assert OLD not in heard.data
        back = Ear(port, f"s={event.room.stream}@0", session=session)
        events = [news_from(back) for _ in range(3)]
        assert [one.event for one in events] == ["post", "post", "renamed"]
        assert not any(OLD in one.data for one in events)
        for ear in (open_page, back):
            ear.close()


@pytest.mark.django_db(transaction=True)
def test_what_the_log_still_held_is_dropped_with_the_next_heartbeat(event, inside):
    event.say(event.sara, "good morning")
    with serving() as port:
        ear = Ear(port, f"s={event.room.stream}@0", session=session_of(inside(event.karim)))
        assert OLD in news_from(ear.opened()).data
        event.say(event.sara, "again")
        news_from(ear)
        becomes(event.sara, NEW, at=event.at)
        assert news_from(ear).event == "renamed"
        room = hub.room(event.room.stream)
        room.drop_stale()
        assert not any(OLD.encode() in frame.wire for frame in room.log)
        event.say(event.sara, "and on")
        assert NEW in news_from(ear).data
        ear.close()


def test_pages_read_only_the_new_name_and_no_row_keeps_the_old(event, inside):
    event.say(event.sara, "good morning")
    becomes(event.sara, NEW, "they/them", at=event.at)
    for path in ("", "?after=0", "?answer=1"):
        html = inside(event.karim).get(page_of(event.room) + path).content.decode()
        assert NEW in html, path
        assert OLD not in html, path
    for model in (Registration, Post, Renaming, Entry):
        assert OLD not in str(list(model.objects.values()))


def test_only_rooms_in_which_they_wrote_are_told_and_only_the_last_change_counts(event):
    event.say(event.sara, "one")
    becomes(event.sara, NEW, at=event.at)
    becomes(event.sara, "Samir", at=event.at)
    assert not event.lobby.renamings.exists()
    kept = event.room.renamings.get()
    told = [one for one in news.events_after(event.room.id, 0) if one.event == "renamed"]
    assert [one.number for one in told] == [kept.number] == [3]
    assert news.for_desk(told[0]).data == {"by": str(event.sara.id), "number": 3}


def test_the_same_name_again_changes_nothing(event):
    event.say(event.sara, "one")
    becomes(event.sara, OLD, at=event.at)
    assert not Renaming.objects.exists()
    event.sara.refresh_from_db()
    assert event.sara.renames == 0


def test_nobody_else_says_what_somebody_is_called(event):
    for other in (event.karim.person_id, event.amara.person_id, uuid4()):
        with pytest.raises(NotYoursToRename):
            becomes(event.sara, "Zara", by=other, at=event.at)
    event.sara.refresh_from_db()
    assert event.sara.display_name == OLD


def test_a_name_that_others_know_from_the_rooms_is_not_taken_on(event):
    event.say(event.karim, "hello")
    for name in ("Karim", "KARIM", "K a r i m", "Каrim", "Ka\u200brim", "Karim."):
        with pytest.raises(NameInUse):
            becomes(event.sara, name, at=event.at)
    assert becomes(event.sara, "Karim of the archive", at=event.at).renames == 1


def test_whoever_has_only_registered_is_given_away_by_no_refusal(event):
    """Else the page would tell, name by name, who attends."""
    assert becomes(event.sara, "Karim", at=event.at).display_name == "Karim"


def test_a_namesake_who_arrives_is_let_in(event):
    event.say(event.karim, "hello")
    namesake = register(event.convening, "Somebody").person
    Registration.objects.filter(person=namesake).delete()
    made = take_part(event.convening, person=namesake, display_name="Karim", at=event.at)
    assert made.display_name == "Karim"


def test_registering_again_is_no_way_round(event):
    event.say(event.karim, "hello")
    with pytest.raises(NameInUse):
        take_part(event.convening, person=event.sara.person, display_name="Karim", at=event.at)
    take_part(event.convening, person=event.sara.person, display_name=NEW, at=event.at)
    event.sara.refresh_from_db()
    assert (event.sara.display_name, event.sara.renames) == (NEW, 1)


def test_nobody_takes_on_the_name_of_the_team(event, settings):
    for name in (settings.CONCORD_HOST_NAME, "The care team"):
        with pytest.raises(NameOfTheTeam):
            becomes(event.sara, name, at=event.at)


def test_names_cannot_be_made_to_flicker(event):
    event.say(event.sara, "one")
    for turn in range(MOST_RENAMES):
        becomes(event.sara, f"Sam {turn}", at=event.at)
    with pytest.raises(RenamedOften):
        becomes(event.sara, "Sam the last", at=event.at)


def test_a_name_is_no_way_to_speak_for_whoever_was_silenced(event, shut_out, warrant_for):
    shut_out(event.sara, Place("convening", event.convening.id), at=event.at)
    with pytest.raises(NotAdmitted):
        becomes(event.sara, NEW, at=event.at)
    limit(
        event.karim.person_id,
        place=Place("session", event.session.id),
        pace=None,
        warrant=warrant_for(event.karim),
        at=event.at,
        until_at=event.at.replace(year=event.at.year + 1),
    )
    with pytest.raises(MayOnlyRead):
        becomes(event.karim, "Karim hates you all", at=event.at)


@pytest.mark.parametrize("name", ["", "   ", "\u202e\u200b", "x" * 61])
def test_a_name_that_is_none_is_refused(event, name):
    with pytest.raises(ValueError, match="name"):
        becomes(event.sara, name, at=event.at)


def test_the_page_changes_it_and_says_why_not(event, inside):
    event.say(event.karim, "hello")
    event.say(event.sara, "good morning")
    sara, address = inside(event.sara), f"/e/{event.convening.slug}/name"
    assert f'value="{OLD}"' in sara.get(address).content.decode()
    taken = sara.post(address, {"display_name": "karim", "pronouns": ""})
    assert taken.status_code == 409
    assert "Please add a word to it" in taken.content.decode()
    long = sara.post(address, {"display_name": NEW, "pronouns": "x" * 31})
    assert "30 characters" in long.content.decode()
    done = sara.post(
        address, {"display_name": NEW, "pronouns": "they/them", "next": page_of(event.room)}
    )
    assert done.headers["Location"] == page_of(event.room)
    html = sara.get(page_of(event.room)).content.decode()
    assert "Every room shows it now" in html
    assert OLD not in html


def test_the_page_is_only_for_those_who_take_part(event, client):
    answer = client.post(f"/e/{event.convening.slug}/name", {"display_name": "Sara"})
    assert answer.headers["Location"].startswith(f"/e/{event.convening.slug}/register?next=")
    assert client.get("/e/nowhere/name").status_code == 404
