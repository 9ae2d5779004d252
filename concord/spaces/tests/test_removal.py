"""A post is gone for everyone, and comes back only for whoever holds the key (R-ACT-DELETE)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from concord.spaces import news
from concord.spaces.models import Removal
from concord.spaces.remove_post import remove_post, remove_posts
from concord.spaces.restore_post import restore_post
from concord.vault.errors import NoGrant
from concord.vault.keys import enrol, unlock


def test_a_removed_post_keeps_its_place_and_loses_its_text(event, warrant_for, vault_file):
    post = event.say(event.karim, "a cruel thing")
    removal = remove_post(post, warrant=warrant_for(post), file=vault_file.id, at=event.at)
    post.refresh_from_db()
    assert (post.text, post.removed, post.number) == ("", True, 1)
    assert b"cruel" not in bytes(removal.sealed)


def test_removing_twice_leaves_the_first_removal(event, warrant_for, vault_file):
    post = event.say(event.karim, "a cruel thing")
    first = remove_post(post, warrant=warrant_for(post), file=vault_file.id, at=event.at)
    assert remove_post(post, warrant=warrant_for(post), file=vault_file.id, at=event.at) == first


def test_many_posts_go_at_once_each_under_its_warrant_and_in_its_place(
    event, warrant_for, vault_file, keyring
):
    posts = [event.say(event.karim, f"cruel {number}") for number in range(3)]
    kind = event.say(event.sara, "kind")
    warrants = {post.id: warrant_for(post) for post in posts}
    remove_post(posts[1], warrant=warrant_for(posts[1]), file=vault_file.id, at=event.at)
    for _ in range(2):
        removals = remove_posts(warrants, file=vault_file.id, at=event.at)
    assert {one.post_id for one in removals} == set(warrants)
    assert [one.warrant == warrants[one.post_id] for one in removals].count(False) == 1
    heard = news.events_after(event.room.id, kind.number)
    assert [(one.data["post"], one.number) for one in heard] == [(2, 5), (1, 6), (3, 7)]
    last = next(one for one in removals if one.post_id == posts[2].id)
    restore_post(last, keyring=keyring, by=None, at=event.at)
    posts[2].refresh_from_db()
    assert posts[2].text == "cruel 2"


def test_thirty_posts_ask_the_database_no_more_often_than_three(event, warrant_for, vault_file):
    def questions(many: int) -> int:
        posts = [event.say(event.karim, "again") for _ in range(many)]
        warrants = {post.id: warrant_for(post) for post in posts}
        with CaptureQueriesContext(connection) as asked:
            remove_posts(warrants, file=vault_file.id, at=event.at)
        return len(asked)

    assert questions(30) <= questions(3)


def test_a_removal_without_a_true_warrant_is_refused_by_the_database(event, vault_file):
    post = event.say(event.karim, "a cruel thing")
    with pytest.raises(IntegrityError), transaction.atomic():
        remove_post(post, warrant=uuid4(), file=vault_file.id, at=event.at)
    post.refresh_from_db()
    assert not post.removed


def test_undoing_brings_the_same_words_back_once(event, warrant_for, vault_file, keyring):
    post = event.say(event.karim, "a misread thing")
    removal = remove_post(post, warrant=warrant_for(post), file=vault_file.id, at=event.at)
    for _ in range(2):
        restore_post(
            removal, keyring=keyring, by=event.amara.person_id, at=event.at + timedelta(hours=1)
        )
    post.refresh_from_db()
    removal.refresh_from_db()
    assert (post.text, post.removed) == ("a misread thing", False)
    assert removal.undone_number == 3


def test_a_post_can_be_removed_again_after_an_undo(event, warrant_for, vault_file, keyring):
    post = event.say(event.karim, "a thing")
    for _ in range(2):
        removal = remove_post(post, warrant=warrant_for(post), file=vault_file.id, at=event.at)
        restore_post(removal, keyring=keyring, by=None, at=event.at)
    assert Removal.objects.count() == 2


def test_nobody_without_the_key_brings_a_post_back(event, warrant_for, vault_file, keyring):
    post = event.say(event.karim, "a cruel thing")
    removal = remove_post(post, warrant=warrant_for(post), file=vault_file.id, at=event.at)
    enrol(
        event.luis.person_id,
        "welcome axle busy fiction oral tofu prize",
        at=event.at,
        countersigner=keyring,
    )
    stranger = unlock(event.luis.person_id, "welcome axle busy fiction oral tofu prize")
    with pytest.raises(NoGrant):
        restore_post(removal, keyring=stranger, by=event.luis.person_id, at=event.at)
    post.refresh_from_db()
    assert post.removed


def test_whoever_comes_back_hears_what_went_in_its_order_and_never_what_it_said(
    event, warrant_for, vault_file, keyring
):
    cruel, kind = event.say(event.karim, "a cruel thing"), event.say(event.sara, "a kind thing")
    removal = remove_post(cruel, warrant=warrant_for(cruel), file=vault_file.id, at=event.at)
    missed = news.events_after(event.room.id, 0)
    assert [(one.event, one.number) for one in missed] == [
        ("removed", 1),
        ("post", 2),
        ("removed", 3),
    ]
    assert "cruel" not in str(missed)
    assert "kind" in missed[1].data["html"]
    assert [one.number for one in news.events_after(event.room.id, kind.number)] == [3]
    restore_post(removal, keyring=keyring, by=None, at=event.at)
    assert [one.event for one in news.events_after(event.room.id, kind.number)] == [
        "removed",
        "restored",
    ]


def test_whoever_missed_a_great_deal_loads_the_page_again(event, monkeypatch):
    monkeypatch.setattr(news, "MOST_MISSED", 2)
    for text in "abc":
        event.say(event.karim, text)
    assert news.events_after(event.room.id, 0) is None
    assert len(news.events_after(event.room.id, 1)) == 2


def test_the_desk_hears_ids_and_no_words(event):
    event.say(event.karim, "a cruel thing")
    (post,) = news.events_after(event.room.id, 0)
    assert news.for_desk(post).data.keys() == {"post", "id", "number"}


def test_a_part_for_the_stream_knows_nothing_of_its_reader(event):
    event.karim.display_name = "<script>alert(1)</script>\u200f"
    event.karim.save()
    event.say(event.karim, '<img src=x onerror=alert(1)> & "quotes"')
    html = news.events_after(event.room.id, 0)[0].data["html"]
    assert "<script" not in html
    assert "<img" not in html
    assert "csrf" not in html
