"""Hiding somebody from oneself: at once, in every room, without a script, and known to nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from concord.convenings.models import Convening, Registration
from concord.ledger.models import Entry
from concord.spaces import hidden
from concord.spaces.hidden import COOKIE
from concord.spaces.open_room import open_room
from concord.spaces.post_message import post_message
from concord.spaces.tests.conftest import register
from concord.spaces.tests.test_room_page import page_of


def press(browser: Client, who: object, **more: object):
    """The button beneath a post of theirs."""
    return browser.post(reverse("hidden"), {"who": str(getattr(who, "id", who)), **more})


def read(browser: Client, room) -> str:
    return browser.get(page_of(room)).content.decode()


def test_what_they_wrote_and_write_is_gone_from_every_room(event, inside):
    event.say(event.karim, "an unwelcome word")
    said = event.say(event.sara, "the queue is long")
    post_message(event.room, registration=event.karim, text="so?", comment_on=said, at=event.at)
    sara = inside(event.sara)
    assert f'name="who" value="{event.karim.id}"' in read(sara, event.room)
    assert f'name="who" value="{event.sara.id}"' not in read(sara, event.room)
    answer = press(sara, event.karim, next=page_of(event.room))
    assert answer.url == f"{page_of(event.room)}#hidden-people"
    for room in (event.room, event.lobby):
        post_message(room, registration=event.karim, text="and another", at=event.at)
        html = read(sara, room)
        assert "Karim" not in html
        assert "and another" not in html
        assert f'data-hidden="{event.karim.id}"' in html
    html = read(sara, event.room)
    assert "the queue is long" in html
    assert "so?" not in html
    assert "an unwelcome word" not in sara.get(page_of(event.room) + "?after=0").content.decode()
    assert "Karim" not in sara.get(page_of(event.room) + "?answer=1").content.decode()


def test_an_answer_to_them_no_longer_names_them(event, inside):
    first = event.say(event.karim, "well")
    lea = register(event.convening, "Lea")
    post_message(event.room, registration=lea, text="I disagree", comment_on=first, at=event.at)
    sara = inside(event.sara)
    assert read(sara, event.room).count("Karim") == 2
    press(sara, event.karim)
    assert "I disagree" in read(sara, event.room)
    assert "Karim" not in read(sara, event.room)


def test_nothing_is_stored_and_nobody_else_sees_a_difference(event, inside):
    event.say(event.karim, "hello")
    karim, sara = inside(event.karim), inside(event.sara)
    before = Entry.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        press(sara, event.karim)
    assert not [one for one in asked if one["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert Entry.objects.count() == before
    assert 'hidden-people" role="status" hidden' in read(karim, event.room)
    assert "hello" in read(inside(event.sara), event.room)  # another browser knows nothing of it


def test_the_list_names_them_and_shows_them_again(event, inside):
    event.say(event.karim, "hello")
    sara = inside(event.sara)
    press(sara, event.karim)
    press(sara, event.karim)
    page = sara.get(reverse("hidden"), {"next": page_of(event.room)}).content.decode()
    assert ">Karim</bdi>" in page
    assert page.count(f'value="{event.karim.id}"') == 1
    assert f'href="{page_of(event.room)}"' in page
    assert "https://elsewhere" not in sara.get("/hidden?next=https://elsewhere").content.decode()
    sara.post(reverse("hidden_show"), {"who": str(event.karim.id)})
    assert "You hide nobody" in sara.get(reverse("hidden")).content.decode()
    assert "hello" in read(sara, event.room)


def test_they_stay_hidden_under_the_name_they_take_at_another_event(event, inside):
    other = Convening.objects.create(
        slug="next", name="Next", starts_at=event.at, ends_at=event.at + timedelta(1), state="open"
    )
    karim, sara = (
        Registration.objects.create(
            convening=other, person=who.person, display_name=name, acknowledged_version=1
        )
        for who, name in ((event.karim, "K."), (event.sara, "Sara"))
    )
    lobby = open_room(other)
    post_message(lobby, registration=karim, text="me again", at=event.at)
    browser = inside(event.sara)
    press(browser, event.karim)
    html = browser.get(page_of(lobby)).content.decode()
    assert str(sara.id) in html
    assert "me again" not in html


def test_who_asks_for_somebody_they_cannot_meet_finds_nothing(event, inside):
    elsewhere = Convening.objects.create(
        slug="far", name="Far", starts_at=event.at, ends_at=event.at + timedelta(1)
    )
    stranger = register(elsewhere, "Stranger")
    sara = inside(event.sara)
    for who in (stranger, "nonsense", ""):
        assert press(sara, who).status_code == 404
    assert press(sara, event.sara).status_code == 409
    assert COOKIE not in sara.cookies
    assert reverse("sign_in") in press(Client(), event.karim).url


@pytest.mark.parametrize("kept", ["nonsense", "W10:1a:b"])
def test_a_damaged_or_borrowed_list_hides_nobody(event, inside, kept):
    event.say(event.karim, "hello")
    sara, lea = inside(event.sara), inside(register(event.convening, "Lea"))
    press(sara, event.karim)
    lea.cookies[COOKIE] = sara.cookies[COOKIE].value
    assert "hello" in read(lea, event.room)
    sara.cookies[COOKIE] = kept
    assert "hello" in read(sara, event.room)


def test_the_list_is_bounded_and_nobody_comes_back_unasked(event, inside, monkeypatch):
    monkeypatch.setattr(hidden, "MOST", 2)
    sara, others = inside(event.sara), [register(event.convening, str(n)) for n in range(3)]
    assert [press(sara, one).status_code for one in others] == [302, 302, 409]
    assert [press(sara, one).status_code for one in others[:2]] == [302, 302]


def test_as_many_as_may_be_hidden_fit_into_a_cookie(event, inside):
    sara = inside(event.sara)
    for number in range(hidden.MOST):
        assert press(sara, register(event.convening, f"n{number}")).status_code == 302
    assert len(sara.cookies[COOKIE].OutputString()) < 4_000
    assert press(sara, event.karim).status_code == 409
