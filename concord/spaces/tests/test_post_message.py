from datetime import timedelta
from uuid import uuid4

import pytest

from concord.access.gate import NotAdmitted
from concord.access.models import EVERYWHERE, Place
from concord.convenings.models import State
from concord.ledger.models import Entry
from concord.spaces import hooks
from concord.spaces.clean_text import NothingWritten, TooLong
from concord.spaces.models import Brake, Post
from concord.spaces.post_message import (
    NewcomersRead,
    NothingToAnswer,
    RoomIsNotOpen,
    RoomIsPaused,
    RoomIsSlow,
    post_message,
)
from concord.spaces.pull_brake import pull_brake
from concord.spaces.remove_post import remove_post

MINUTE = timedelta(minutes=1)


def test_posts_are_numbered_in_their_room_without_a_gap(event):
    first, second = event.say(event.karim, "one"), event.say(event.sara, "two")
    with pytest.raises(NothingWritten):
        event.say(event.sara, "  ")
    third = event.say(event.sara, "three")
    assert [first.number, second.number, third.number] == [1, 2, 3]


def test_a_post_leaves_no_timed_trace_of_who_was_there(event):
    event.say(event.karim, "hello")
    assert not Entry.objects.exists()


def test_the_same_form_sent_twice_is_one_post(event):
    nonce = uuid4()
    twice = [
        post_message(event.room, registration=event.karim, text="hello", nonce=nonce, at=event.at)
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert Post.objects.count() == 1


def test_somebody_elses_nonce_is_not_theirs_to_spend(event):
    nonce = uuid4()
    for who in (event.karim, event.sara):
        post_message(event.room, registration=who, text="hello", nonce=nonce, at=event.at)
    assert Post.objects.count() == 2


def test_a_comment_answers_a_post_of_the_same_room(event):
    post = event.say(event.karim, "question")
    answer = post_message(
        event.room, registration=event.sara, text="answer", comment_on=post, at=event.at
    )
    assert answer.comment_on == post
    with pytest.raises(NothingToAnswer):
        post_message(
            event.lobby, registration=event.sara, text="answer", comment_on=post, at=event.at
        )


@pytest.mark.parametrize("kind", ["session", "convening", "all"])
def test_somebody_who_is_shut_out_cannot_post(event, shut_out, kind):
    place = {
        "session": Place("session", event.session.id),
        "convening": Place("convening", event.convening.id),
        "all": EVERYWHERE,
    }[kind]
    shut_out(event.karim, place, at=event.at)
    with pytest.raises(NotAdmitted):
        event.say(event.karim, "still here")
    event.say(event.sara, "others go on")


def test_a_post_asked_for_before_a_shut_but_let_in_after_it_is_refused(event, shut_out):
    shut_out(event.karim, EVERYWHERE, at=event.at + timedelta(seconds=1))
    with pytest.raises(NotAdmitted):
        event.say(event.karim, "my request came first")


def test_a_shut_of_another_session_does_not_reach_here(event, shut_out):
    shut_out(event.karim, Place("session", uuid4()), at=event.at)
    assert event.say(event.karim, "hello").number == 1


@pytest.mark.parametrize("state", [State.PLANNED, State.READY, State.ENDED])
def test_nobody_writes_into_a_session_that_is_not_open(event, state):
    event.session.state = state
    event.session.save()
    with pytest.raises(RoomIsNotOpen):
        event.say(event.karim, "hello")


def test_a_registration_of_another_event_does_not_count_here(event):
    event.karim.convening_id = uuid4()
    with pytest.raises(event.room.DoesNotExist):
        event.say(event.karim, "hello")


@pytest.mark.parametrize("kind", [Brake.Kind.PAUSE, Brake.Kind.END])
def test_a_paused_room_takes_no_post_and_goes_on_after_fifteen_minutes(event, kind):
    pull_brake(event.room, kind=kind, by=event.amara, at=event.at)
    with pytest.raises(RoomIsPaused):
        event.say(event.karim, "hello")
    assert event.say(event.karim, "hello", after=15 * MINUTE)


def test_a_slow_room_takes_one_message_each_in_thirty_seconds(event):
    pull_brake(event.room, kind="slow", by=event.amara, at=event.at)
    event.say(event.karim, "one")
    with pytest.raises(RoomIsSlow):
        event.say(event.karim, "two", after=timedelta(seconds=29))
    event.say(event.sara, "another person")
    event.say(event.karim, "two", after=timedelta(seconds=30))


@pytest.mark.parametrize("kind", [Brake.Kind.NEWCOMERS, Brake.Kind.LOCK])
def test_those_who_have_written_go_on_and_newcomers_read(event, kind):
    event.say(event.sara, "before")
    pull_brake(event.room, kind=kind, by=event.amara, at=event.at)
    event.say(event.sara, "after")
    with pytest.raises(NewcomersRead):
        event.say(event.karim, "hello")


def test_a_removed_post_does_not_make_anyone_a_regular(event, warrant_for, vault_file):
    post = event.say(event.karim, "before")
    remove_post(post, warrant=warrant_for(post), file=vault_file.id, at=event.at)
    pull_brake(event.room, kind="newcomers", by=event.amara, at=event.at)
    with pytest.raises(NewcomersRead):
        event.say(event.karim, "hello")


def test_too_long_a_text_is_refused_in_words_that_say_it_is_kept(event):
    with pytest.raises(TooLong) as refused:
        event.say(event.karim, "x" * 1_000_000)
    assert "still here" in str(refused.value.words)


@pytest.mark.django_db
def test_a_hook_that_fails_costs_nobody_their_post(event, monkeypatch):
    heard = []

    def breaks(post, *, at):
        Post.objects.create(
            room=post.room,
            number=post.number,
            registration=post.registration,
            text="",
            posted_at=at,
        )

    monkeypatch.setattr(hooks, "_hearers", [breaks, lambda post, *, at: heard.append(post)])
    post = event.say(event.karim, "hello")
    assert heard == [post]
    assert Post.objects.count() == 1


def test_advice_never_fails_a_person(event, monkeypatch):
    def breaks(room, text):
        raise RuntimeError

    monkeypatch.setattr(hooks, "_advisers", [breaks, lambda room, text: "It shows a number."])
    assert hooks.advice(event.room, "0700 900 123") == ["It shows a number."]
