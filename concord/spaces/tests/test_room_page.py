"""The room as a page, without any script (P-ABIDE-1, P-GUIDE-1, P-RISK-1)."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from concord.access.models import EVERYWHERE
from concord.ledger.models import Entry
from concord.spaces import hooks, post_actions
from concord.spaces.models import Post
from concord.spaces.pull_brake import pull_brake
from concord.spaces.remove_post import remove_post
from concord.spaces.tests.conftest import register


def page_of(room):
    return reverse("room", args=[room.id])


def posts_of(room):
    return reverse("post", args=[room.id])


def test_posts_stand_newest_at_the_bottom_with_their_names(event, inside):
    event.say(event.karim, "first")
    event.say(event.sara, "second")
    html = inside(event.sara).get(page_of(event.room)).content.decode()
    assert html.index("first") < html.index("second")
    assert html.count("post own") == 1


def test_each_missing_step_is_a_page_that_leads_back(event, inside):
    assert reverse("sign_in") in Client().get(page_of(event.room)).url
    stranger = register(event.convening, "Stranger")
    browser = inside(stranger)
    stranger.delete()
    assert reverse("register", args=["votes"]) in browser.get(page_of(event.room)).url
    behind = register(event.convening, "Behind")
    behind.acknowledged_version = None
    behind.save()
    answer = inside(behind).get(page_of(event.room))
    assert reverse("acknowledge", args=["votes"]) in answer.url
    assert str(event.room.id) in answer.url
    browser = inside(event.sara)
    del browser.cookies["__Host-guidelines"]
    assert reverse("guidelines", args=[event.session.id]) in browser.get(page_of(event.room)).url


def test_a_room_that_is_not_there_is_not_there(event, inside):
    assert inside(event.sara).get(reverse("room", args=[uuid4()])).status_code == 404


def test_somebody_who_is_shut_out_reads_ordinary_words(event, inside, shut_out):
    browser = inside(event.karim)
    shut_out(event.karim, EVERYWHERE, at=event.at)
    answer = browser.get(page_of(event.room))
    assert answer.status_code == 403
    assert "access" in answer.content.decode()
    browser.get(page_of(event.room))
    assert [entry.actor for entry in Entry.objects.filter(verb="refused")] == [None]


def test_a_post_of_somebody_who_was_just_shut_out_is_theirs_to_copy(event, inside, shut_out):
    browser = inside(event.karim)
    shut_out(event.karim, EVERYWHERE, at=event.at)
    answer = browser.post(posts_of(event.room), {"text": "my long thought"})
    assert answer.status_code == 403
    assert "my long thought" in answer.content.decode()
    assert not Post.objects.exists()


def test_the_page_lists_nobody_and_asks_nothing_of_strangers(event, inside):
    register(event.convening, "Quiet Person")
    html = inside(event.sara).get(page_of(event.room)).content.decode()
    assert "Quiet Person" not in html
    assert "http://" not in html.replace("http://www.w3.org/2000/svg", "")


def test_a_form_posts_and_leads_back_to_the_post(event, inside):
    answer = inside(event.sara).post(posts_of(event.room), {"text": "hello", "nonce": uuid4()})
    assert answer.url == f"{page_of(event.room)}#post-1"
    assert Post.objects.get().text == "hello"


def test_a_script_gets_the_number_and_a_fresh_nonce(event, inside):
    nonce = uuid4()
    answer = inside(event.sara).post(
        posts_of(event.room), {"text": "hello", "nonce": nonce}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 201
    assert answer.json()["number"] == 1
    assert answer.json()["nonce"] != str(nonce)


def test_after_a_broken_line_other_words_are_another_post_and_the_same_are_none(event, inside):
    nonce = uuid4()
    sara = inside(event.sara)
    for text in ("I was there", "I was there", "I was there, and saw it"):
        assert sara.post(posts_of(event.room), {"text": text, "nonce": nonce}).status_code == 302
    said = Post.objects.order_by("number").values_list("text", flat=True)
    assert list(said) == ["I was there", "I was there, and saw it"]


@pytest.mark.parametrize("text", ["x" * 4_001, "x" * 1_000_000])
def test_too_long_a_post_comes_back_whole(event, inside, text):
    answer = inside(event.sara).post(posts_of(event.room), {"text": text})
    assert answer.status_code == 409
    assert text in answer.content.decode()
    assert "still here" in answer.content.decode()


def test_a_paused_room_gives_the_words_back(event, inside):
    pull_brake(event.room, kind="pause", by=event.amara, at=event.at)
    sara = inside(event.sara)
    answer = sara.post(posts_of(event.room), {"text": "my thought"})
    assert answer.status_code == 409
    assert "my thought" in answer.content.decode()
    assert not Entry.objects.filter(verb="refused").exists()
    away = sara.get(f"{posts_of(event.room)}?before=11")
    assert away.url == f"{page_of(event.room)}?before=11", "a link of that page, without a script"


def test_a_locked_room_stays_open_to_those_who_wrote(event, inside):
    event.say(event.sara, "before")
    pull_brake(event.room, kind="lock", by=event.amara, at=event.at)
    assert inside(event.sara).get(page_of(event.room)).status_code == 200
    assert inside(event.karim).get(page_of(event.room)).status_code == 409


def test_markup_is_text(event, inside):
    event.say(event.karim, "</p><script>alert(1)</script>")
    html = inside(event.sara).get(page_of(event.room)).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_broken_bytes_and_broken_fields_lose_no_words(event, inside):
    body = b"text=caf\xc3\xa9+%ff%fe%00&nonce=not-a-nonce&comment_on=%00&after=-1"
    answer = inside(event.sara).post(
        posts_of(event.room), body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 302
    assert Post.objects.get().text == "café \ufffd\ufffd"


@pytest.mark.parametrize(
    "query", ["after=x", "after=-1", "before=9999999999999999999", "answer=٣", "after=%00"]
)
def test_a_strange_address_shows_the_room(event, inside, query):
    assert inside(event.sara).get(f"{page_of(event.room)}?{query}").status_code == 200


def test_on_a_low_budget_only_what_is_new_comes(event, inside):
    for text in ("one", "two", "three"):
        event.say(event.karim, text)
    html = inside(event.sara).get(f"{page_of(event.room)}?after=2").content.decode()
    assert 'id="post-3"' in html
    assert 'id="post-2"' not in html


def test_a_reply_names_whom_it_answers(event, inside):
    post = event.say(event.karim, "question")
    browser = inside(event.sara)
    assert str(post.id) in browser.get(f"{page_of(event.room)}?answer=1").content.decode()
    browser.post(posts_of(event.room), {"text": "answer", "comment_on": post.id})
    assert Post.objects.get(number=2).comment_on == post


def test_a_removed_post_is_a_neutral_line_and_its_author_is_named_nowhere(
    event, inside, warrant_for, vault_file
):
    post = event.say(event.karim, "a cruel thing")
    browser = inside(event.sara)
    browser.post(posts_of(event.room), {"text": "please stop", "comment_on": post.id})
    remove_post(post, warrant=warrant_for(post), file=vault_file.id, at=event.at)
    html = browser.get(page_of(event.room)).content.decode()
    assert "A message was removed." in html
    assert "cruel" not in html
    assert "Karim" not in html


def test_advice_is_given_once_and_the_words_are_kept(event, inside, monkeypatch):
    monkeypatch.setattr(hooks, "_advisers", [lambda room, text: "This shows a number."])
    browser = inside(event.sara)
    answer = browser.post(posts_of(event.room), {"text": "0700"})
    assert "This shows a number." in answer.content.decode()
    assert "0700" in answer.content.decode()
    browser.post(posts_of(event.room), {"text": "0700", "sure": "1"})
    assert Post.objects.get().text == "0700"


def test_rooms_above_lend_links_for_each_post(event, inside, monkeypatch):
    monkeypatch.setattr(post_actions, "_of_posts", {})
    post_actions.on_post("flag", "Flag", lambda post: f"/flag/{post}")
    post = event.say(event.karim, "hello")
    assert f"/flag/{post.id}" in inside(event.sara).get(page_of(event.room)).content.decode()


def test_a_session_that_expired_gives_the_words_back(event):
    answer = Client().post(posts_of(event.room), {"text": "my thought"})
    assert answer.status_code == 409
    assert "my thought" in answer.content.decode()


def test_what_can_be_done_about_a_post_stands_beneath_its_words(event, inside):
    event.say(event.karim, "hello")
    html = inside(event.sara).get(page_of(event.room)).content.decode()
    assert html.index('<p dir="auto">hello</p>') < html.index('class="post-acts"')


def test_a_room_leads_to_the_sessions_of_its_event_and_help_leads_back(event, inside):
    browser = inside(event.sara)
    html = browser.get(page_of(event.room)).content.decode()
    assert f'href="{reverse("event", args=["votes"])}"' in html
    for name in ("help", "policy", "report"):
        assert f"/{name}?from=%2Fr%2F{event.room.id}" in html
    back = browser.get(f"/help?from={page_of(event.room)}").content.decode()
    assert f'href="{page_of(event.room)}"' in back
