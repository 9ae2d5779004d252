"""A prepared query answers what the same query answers when it is built anew, each time with its own values."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import DateTimeField, UUIDField
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from concord.people.models import Login
from concord.prepared import Prepared, Slot
from concord.spaces.models import Post, Room
from tests.cast import Cast, stage

HERE = Prepared(
    lambda: Post.objects.to_show().filter(
        room=Slot("room", UUIDField()), posted_at__lte=Slot("at", DateTimeField()), removed=False
    )
)
HELD = Prepared(lambda: Room.objects.held().filter(id=Slot("room", UUIDField())))


@pytest.fixture
def cast(db: None) -> Cast:
    return stage()


def test_it_answers_as_the_query_built_anew_whatever_stands_in_it(cast: Cast) -> None:
    cast.say(cast.tomas, "Good morning")
    cast.say(cast.sara, "Good morning to you")
    for room in (cast.hall, cast.annex):
        anew = Post.objects.to_show().filter(room=room, posted_at__lte=cast.at, removed=False)
        found = HERE.all(room=room.id, at=cast.at)
        assert [(one, one.text, one.author) for one in found] == [
            (one, one.text, one.author) for one in anew
        ]
    assert HERE.first(room=uuid4(), at=cast.at) is None


def test_it_brings_along_what_the_query_joins(
    cast: Cast, django_assert_num_queries: type[CaptureQueriesContext]
) -> None:
    cast.say(cast.tomas, "Good morning")
    with django_assert_num_queries(1):  # type: ignore[call-arg]
        found = HERE.first(room=cast.hall.id, at=cast.at)
        assert found is not None
        assert found.author == cast.tomas.display_name


def test_a_slot_that_is_left_empty_is_said(cast: Cast) -> None:
    with pytest.raises(KeyError, match="at"):
        HERE.all(room=cast.hall.id)


def test_one_slot_may_stand_in_several_places_and_a_value_is_never_part_of_the_words(
    cast: Cast,
) -> None:
    twice = Prepared(
        lambda: (
            Login.objects.filter(handle=Slot("words", Login._meta.get_field("handle")))
            | Login.objects.filter(language=Slot("words", Login._meta.get_field("language")))
        )
    )
    assert twice.all(words="' OR 1=1 --") == []
    assert twice.all(words=cast.amara.staff.person.logins.get().handle) != []


@pytest.mark.django_db(transaction=True)
def test_what_is_held_is_held_each_time_and_nowhere_but_in_a_transaction() -> None:
    room = stage().hall
    for _ in range(2):
        with transaction.atomic(), CaptureQueriesContext(connection) as asked:
            assert HELD.first(room=room.id) == room
        if connection.vendor == "postgresql":
            assert "FOR NO KEY UPDATE" in asked.captured_queries[0]["sql"]
    with pytest.raises(TransactionManagementError):
        HELD.first(room=room.id)
