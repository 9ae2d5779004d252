"""Text only: the room for a slow line. It asks for nothing beside itself, and holds what the room holds."""

from __future__ import annotations

import gzip
import re

import pytest
from django.test import Client
from django.urls import reverse

from concord.access.models import EVERYWHERE
from concord.spaces.announce import LONGEST as LONGEST_ANNOUNCEMENT
from concord.spaces.announce import announce
from concord.spaces.light import COOKIE
from concord.spaces.models import Post
from concord.spaces.offer_help import offer_help
from concord.spaces.remove_post import remove_post

MOST = 8_000
"""Bytes of a body after compression: with its head and the padding up to the next step, less than 10 kB."""


def weight(page: bytes) -> int:
    return len(gzip.compress(page))


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
    assert weight(page.encode()) < 4_000


def test_the_heaviest_page_and_the_heaviest_update_stay_light(event, light):
    text = ("اقرأ هذا " * 80)[:LONGEST_ANNOUNCEMENT]
    announce(event.room, text=text, by=event.amara, at=event.at)
    for number in range(40):
        event.say(
            event.karim,
            "".join(chr(0x4E00 + (number * 997 + n * 31) % 20_000) for n in range(3_900)),
        )
    assert weight(read(light, event).encode()) < MOST
    assert weight(read(light, event, "?after=1").encode()) < MOST
    usual = read(light, event, "?after=40")
    assert weight(usual.encode()) < 4_000


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
    assert "?thread=41" in read(light, event, "?after=40")
    assert read(light, event, "?thread=41").count("long") >= 700


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
