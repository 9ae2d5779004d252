"""Ninety days after an event, what was said in it is forgotten; a flag or a removal keeps an empty place (P-RISK-1)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.signals import pre_delete

from concord.convenings.end_convening import end_convening
from concord.convenings.forget_people import forget_people
from concord.convenings.models import Convening, Registration, State
from concord.ledger.models import Entry
from concord.outbox.registry import periods
from concord.spaces import forget_posts as room_of_the_verb
from concord.spaces import news
from concord.spaces.forget_posts import forget_posts
from concord.spaces.models import Post, Removal
from concord.spaces.remove_post import remove_post
from concord.spaces.restore_post import restore_post

DAY = timedelta(days=1)


@pytest.fixture
def over(event):
    end_convening(event.convening, by=None, at=event.at)
    return event.at + 90 * DAY


def said_in_the_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM spaces_post")
        return str(cursor.fetchall())


def test_it_runs_by_itself_every_hour():
    assert periods()["spaces.forget_posts"] == 3600


def test_posts_go_after_ninety_days_and_not_earlier(event):
    first = event.say(event.karim, "hello")
    event.say(event.sara, "and to you")
    answer = event.say(event.karim, "thanks")
    Post.objects.filter(id=answer.id).update(comment_on=first)
    end_convening(event.convening, by=None, at=event.at)
    forget_posts(at=event.at + 90 * DAY - timedelta(seconds=1))
    assert Post.objects.count() == 3
    forget_posts(at=event.at + 90 * DAY)
    assert not Post.objects.exists()


def test_the_days_are_the_hosts(event, settings):
    settings.CONCORD_KEEP_POSTS_DAYS = 7
    event.say(event.karim, "hello")
    end_convening(event.convening, by=None, at=event.at)
    forget_posts(at=event.at + 7 * DAY)
    assert not Post.objects.exists()


def test_an_event_that_goes_on_keeps_its_posts(event):
    event.say(event.karim, "hello")
    forget_posts(at=event.at + 999 * DAY)
    assert Post.objects.count() == 1


def test_a_post_that_was_removed_leaves_a_place_without_text_author_or_time(
    event, warrant_for, vault_file
):
    event.say(event.sara, "hello")
    post = event.say(event.karim, "a cruel thing")
    removal = remove_post(post, warrant=warrant_for(post), file=vault_file.id, at=event.at)
    end_convening(event.convening, by=None, at=event.at)
    forget_posts(at=event.at + 90 * DAY)
    left = Post.objects.get()
    assert (left.id, left.number, left.removed) == (post.id, 2, True)
    assert (left.text, left.registration, left.posted_at, left.nonce) == ("", None, None, None)
    kept = Removal.objects.get()
    assert (kept.id, bytes(kept.sealed)) == (removal.id, bytes(removal.sealed))
    assert str(event.at.year) not in said_in_the_database()


def test_what_was_removed_and_then_forgotten_does_not_come_back(
    event, warrant_for, vault_file, keyring
):
    post = event.say(event.karim, "a misread thing")
    removal = remove_post(post, warrant=warrant_for(post), file=vault_file.id, at=event.at)
    end_convening(event.convening, by=None, at=event.at)
    forget_posts(at=event.at + 90 * DAY)
    restore_post(removal, keyring=keyring, by=None, at=event.at + 91 * DAY)
    left = Post.objects.get()
    assert (left.text, left.removed) == ("", False)
    assert news.events_after(event.room.id, 0) is not None
    forget_posts(at=event.at + 91 * DAY)
    assert Post.objects.get().text == ""


def test_names_go_first_and_the_room_still_renders(event, inside):
    event.say(event.karim, "hello")
    event.say(event.sara, "good to see you")
    end_convening(event.convening, by=None, at=event.at - 40 * DAY)
    another = Convening.objects.create(
        slug="next", name="Next", starts_at=event.at, ends_at=event.at + DAY, state=State.OPEN
    )
    Registration.objects.create(
        convening=another, person=event.sara.person, display_name="Sara", acknowledged_version=1
    )
    forget_people(at=event.at)
    reader = inside(event.sara)
    Registration.objects.filter(id=event.sara.id).update(acknowledged_version=1)
    page = reader.get(f"/r/{event.room.id}").content.decode()
    assert page.count("Somebody who took part") == 2
    assert "good to see you" in page
    forget_posts(at=event.at + 50 * DAY)
    left = Registration.objects.get()  # what only its posts still held went with them
    assert left.convening == another
    assert reader.get("/e/votes").status_code == 200
    assert reader.get(f"/r/{event.room.id}", follow=True).status_code in (200, 409)


def test_a_room_with_forgotten_posts_still_renders(event, inside, warrant_for, vault_file):
    event.say(event.sara, "hello")
    post = event.say(event.karim, "a cruel thing")
    remove_post(post, warrant=warrant_for(post), file=vault_file.id, at=event.at)
    reader = inside(event.sara)
    end_convening(event.convening, by=None, at=event.at - 90 * DAY)
    forget_posts(at=event.at)
    page = reader.get(f"/r/{event.room.id}")
    assert page.status_code == 200
    assert "There is nothing to read here." in page.content.decode()
    assert 'class="post"' not in page.content.decode()


def test_the_ledger_says_that_a_room_was_forgotten_once(event, over):
    forget_posts(at=over)
    assert not Entry.objects.filter(verb="spaces.forget_posts").exists()


def test_twice_is_once(event, warrant_for, vault_file):
    event.say(event.sara, "hello")
    post = event.say(event.karim, "a cruel thing")
    remove_post(post, warrant=warrant_for(post), file=vault_file.id, at=event.at)
    end_convening(event.convening, by=None, at=event.at)
    for _ in range(2):
        forget_posts(at=event.at + 90 * DAY)
    entry = Entry.objects.get(verb="spaces.forget_posts")
    assert (entry.subject, entry.actor) == (event.room.id, None)


def test_what_stops_half_way_goes_on_at_the_next_run(event, monkeypatch):
    monkeypatch.setattr(room_of_the_verb, "BATCH", 2)
    for number in range(5):
        event.say(event.karim, f"hello {number}")
    end_convening(event.convening, by=None, at=event.at)
    gone = []

    def stop(sender, instance, **kwargs):
        gone.append(instance)
        if len(gone) == 3:
            raise RuntimeError("the machine went away")

    pre_delete.connect(stop, sender=Post)
    try:
        with pytest.raises(RuntimeError):
            forget_posts(at=event.at + 90 * DAY)
    finally:
        pre_delete.disconnect(stop, sender=Post)
    assert Post.objects.count() == 3
    forget_posts(at=event.at + 90 * DAY)
    assert not Post.objects.exists()


def test_the_database_lets_nobody_forget_while_the_event_is_on(event):
    post = event.say(event.karim, "still wanted")
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(id=post.id).update(registration=None, text="", posted_at=None)
    end_convening(event.convening, by=None, at=event.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(id=post.id).update(text="")
    post.refresh_from_db()
    assert post.text == "still wanted"
