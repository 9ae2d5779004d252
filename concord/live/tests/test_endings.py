"""What ends without a shut, a sign-in or a desk, ends in every process, also where the word of it was lost."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from concord.live import relay
from concord.live.end_streams import end_streams, followed
from concord.live.follow_cuts import Follower
from concord.live.hub import hub
from concord.live.models import Ending
from concord.live.tests.listening import Ear, on_the_loop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def awake() -> Iterator[None]:
    """Another test's follower may have let this process rest."""
    yield
    followed.clear()
    hub.wake()


def test_what_was_to_end_ends_although_its_word_was_lost(port: int, person: UUID) -> None:
    follower = Follower()
    Ending.objects.create(person_id=person)
    follower._compare()
    ear = Ear(port, "s=room:a").opened()
    follower._compare()
    on_the_loop(lambda: None)
    assert hub.listening(person, ["room:a"]) == 1, "it was over before this process began"
    Ending.objects.create(person_id=uuid4())
    Ending.objects.create(person_id=person)
    follower._compare()
    assert [heard.event for heard in ear.rest()] == ["cut"]


def test_what_was_heard_is_not_ended_again(port: int, person: UUID) -> None:
    follower = Follower()
    follower._compare()
    ear = Ear(port, "s=room:a").opened()
    with transaction.atomic():
        end_streams(person)
    assert [heard.event for heard in ear.rest()] == ["cut"]
    assert Ending.objects.exists() == (connection.vendor == "postgresql")
    other = Ending.objects.create(person_id=person)
    relay.hear(relay.Word("streams_ended", [str(person), str(other.id)]))
    again = Ear(port, "s=room:a").opened()
    follower._compare()
    hub.publish("room:a", "post", "hello")
    assert again.next().data == "hello"


def test_what_all_have_followed_is_forgotten() -> None:
    old = Ending.objects.create(person_id=uuid4(), ended_at="2026-01-01T00:00Z")
    Follower()._compare()
    assert not Ending.objects.filter(id=old.id).exists()
