"""Text only: the room for a slow line. It asks for nothing beside itself, and holds what the room holds."""

from __future__ import annotations

import random
import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from concord.access.models import EVERYWHERE
from concord.convenings.models import Registration
from concord.spaces.announce import LONGEST as LONGEST_ANNOUNCEMENT
from concord.spaces.announce import MOST as MOST_ANNOUNCEMENTS
from concord.spaces.announce import announce
from concord.spaces.light import COOKIE
from concord.spaces.models import Post
from concord.spaces.offer_help import offer_help
from concord.spaces.post_message import post_message
from concord.spaces.remove_post import remove_post
from concord.spaces.show_video import show_video
from concord.spaces.tests.conftest import register

MOST = 10_000
"""Bytes of an answer on the wire: its head, what is filled up so that its length tells nothing, and its body."""


def weight(answer: HttpResponse) -> int:
    assert answer.headers["Content-Encoding"] == "gzip"
    lines = [
        *answer.headers.items(),
        *(("set-cookie", one.OutputString()) for one in answer.cookies.values()),
    ]
    return sum(len(name) + len(value) + 4 for name, value in lines) + len(answer.content)


def han(length: int) -> str:
    """Text that nothing makes smaller: three bytes a sign, in no order."""
    return "".join(chr(0x4E00 + DICE.randrange(20_000)) for _sign in range(length))


DICE = random.Random(7)


@pytest.fixture
def light(event, inside) -> Client:
    """Sara's browser, after she pressed "Text only"."""
    browser = inside(event.sara)
    room = browser.get(reverse("room", args=[event.room.id])).content.decode()
    address = re.search(r'href="([^"]*\?light=1)"', room)[1]
    assert browser.get(address, follow=True).status_code == 200
    return browser


def read(browser: Client, event, more: str = "") -> str:
    answer = browser.get(reverse("room", args=[event.room.id]) + more)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_is_remembered_without_a_script_until_somebody_presses_again(event, light):
    event.say(event.karim, "hello")
    page = read(light, event)
    assert "Text only" in page
    assert "hello" in page
    without_mark = re.sub(r'<link rel="icon" href="data:[^>]*>', "", page)
    assert not re.search(r"<script|<link|<img|src=|@import|url\(", without_mark)
    assert light.cookies[COOKIE]["httponly"]
    light.get(page_of(event) + "?light=0")
    assert "room-stream" in read(light, event)


def page_of(event) -> str:
    return reverse("room", args=[event.room.id])


def test_safety_is_as_near_as_in_the_whole_room(event, light):
    post = event.say(event.karim, "hello")
    page = read(light, event)
    for name in ("leave", "report", "help", "policy"):
        assert reverse(name) in page
    assert reverse("guidelines", args=[event.session.id]) in page
    assert f'name="who" value="{post.registration_id}"' in page
    assert "?answer=1#write" in page


def test_whoever_a_threat_was_aimed_at_is_led_to_help_lines_here_too(event, light):
    assert "Put this away" not in read(light, event)
    offer_help(event.sara.person_id, convening=event.convening, at=event.at)
    page = read(light, event)
    assert "Something that was written here has been removed." in page
    assert reverse("put_help_away", args=[event.room.id]) in page


def test_the_heaviest_page_and_the_heaviest_update_stay_light(event, light):
    """In Arabic, with three announcements and all that may stand beside the posts; whatever people are called."""
    offer_help(event.sara.person_id, convening=event.convening, at=event.at)
    for _announcement in range(MOST_ANNOUNCEMENTS):
        announce(event.room, text=han(LONGEST_ANNOUNCEMENT), by=event.amara, at=event.at)
    for number in range(40):
        who = register(event.convening, han(60))
        Registration.objects.filter(id=who.id).update(pronouns=han(30))
        event.say(who, han(3_900 if number < 15 else 60))
    for more in ("", "?after=0", "?after=14", "?after=20", "?after=40", "?before=10", "?thread=1"):
        answer = light.get(
            page_of(event) + more, headers={"accept-encoding": "gzip", "accept-language": "ar"}
        )
        assert weight(answer) < MOST, more


def test_what_the_team_said_is_read_once_and_again_on_the_whole_room(event, light):
    announce(event.room, text="Lunch at noon", by=event.amara, at=event.at)
    event.say(event.karim, "hello")
    onward = re.search(r'href="(\?after=1[^"]*)"', read(light, event))[1].replace("&amp;", "&")
    assert "Lunch" not in read(light, event, onward)
    announce(event.room, text="Soup is out", by=event.amara, at=event.at - timedelta(hours=1))
    page = read(light, event, onward)
    assert "Soup is out" in page
    assert "Lunch" not in page
    onward = re.search(r'href="(\?after=1[^"]*)"', page)[1].replace("&amp;", "&")
    assert "Soup" not in read(light, event, onward)
    assert "Soup" in read(light, event, "?after=1")
    assert "Lunch" in read(light, event)
    told = re.search(r'name="told" value="([^"]+)"', page)[1]
    for sent, again in ((told, False), ("x" * 99, True)):
        answer = light.post(
            reverse("post", args=[event.room.id]), {"text": "me too", "after": 1, "told": sent}
        )
        page = read(light, event, answer.headers["Location"].removeprefix(page_of(event)))
        assert ("Lunch" in page) is again
    usual = light.get(page_of(event) + onward, headers={"accept-encoding": "gzip"})
    assert weight(usual) < MOST / 2


def test_what_does_not_fit_is_one_press_away_and_nothing_is_passed_over(event, light):
    for number in range(1, 41):
        event.say(event.karim, f"words {number} " + "x" * 400)
    last, seen = 0, []
    for _page in range(20):
        page = read(light, event, f"?after={last}")
        found = [int(one) for one in re.findall(r'id="post-(\d+)"', page)]
        if not found:
            break
        seen += found
        last = int(re.search(r'href="\?after=(\d+)"', page)[1])
    assert seen == list(range(1, 41))
    newest = read(light, event)
    shown = [int(one) for one in re.findall(r'id="post-(\d+)"', newest)]
    assert shown[-1] == 40
    assert f"?before={shown[0]}" in newest
    event.say(event.karim, "long " * 700)
    assert "?only=41" in read(light, event, "?after=40")
    assert read(light, event, "?thread=41").count("long") < 700
    assert read(light, event, "?only=41").count("long") >= 700
    assert light.get(page_of(event) + "?only=99").status_code == 404


def test_a_long_thread_comes_in_parts_of_which_none_is_passed_over(event, light):
    first = event.say(event.karim, "Who saw it? " * 60)
    for number in range(100):
        post_message(
            event.room,
            registration=event.karim,
            text=f"I did {number} " + han(200),
            comment_on=first,
            at=event.at,
        )
    event.say(event.karim, "Something else.")
    seen, more = [], "?thread=1"
    while more and len(seen) < 200:
        answer = light.get(page_of(event) + more, headers={"accept-encoding": "gzip"})
        assert weight(answer) < MOST
        page = read(light, event, more)
        seen += [int(one) for one in re.findall(r'id="post-(\d+)"', page)]
        onward = re.search(r'href="(\?thread=1&amp;after=[^"]+)"', page)
        more = onward and onward[1].replace("&amp;", "&")
    assert seen == list(range(1, 102))
    assert 'id="post-1"' in read(light, event, "?thread=1&after=999")
    said = {"text": "So did I", "comment_on": str(first.id), "thread": 1}
    sent = light.post(reverse("post", args=[event.room.id]), said)
    assert "So did I" in read(light, event, sent.headers["Location"].removeprefix(page_of(event)))


def test_whose_video_it_is_stands_beside_the_link_to_it(event, light):
    show_video(event.room, link="https://video.example.org/1", by=event.amara, at=event.at)
    page = read(light, event)
    assert "It comes from" in page
    address = reverse("video", args=[event.room.id, "video.example.org"])
    assert f'href="{address}"' in page
    assert "<iframe" in light.get(address).content.decode()
    show_video(event.room, link="https://other.example.org/1", by=event.amara, at=event.at)
    assert light.get(address, follow=True).content.decode().count("other.example.org") == 2


def test_one_writes_answers_and_hides_from_it(event, light):
    post = event.say(event.karim, "hello")
    page = read(light, event, "?answer=1")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)[1]
    said = {"text": "hello to you", "nonce": nonce, "comment_on": str(post.id)}
    answer = light.post(
        reverse("post", args=[event.room.id]), said | {"csrfmiddlewaretoken": token}
    )
    assert answer.status_code == 302
    assert Post.objects.get(number=2).comment_on == post
    light.post(
        reverse("hidden"),
        {"who": str(post.registration_id), "next": page_of(event), "csrfmiddlewaretoken": token},
    )
    assert "hello to you" in read(light, event)
    assert ">hello<" not in read(light, event)


def test_what_was_removed_and_who_is_shut_out_are_as_anywhere(
    event, light, warrant_for, vault_file, shut_out
):
    post = event.say(event.karim, "a cruel thing")
    remove_post(post, warrant=warrant_for(post), file=vault_file.id, at=event.at)
    assert "a cruel thing" not in read(light, event)
    shut_out(event.sara, EVERYWHERE, at=event.at)
    assert light.get(page_of(event)).status_code == 403
    assert light.get(page_of(event) + "?light=1").status_code == 403
