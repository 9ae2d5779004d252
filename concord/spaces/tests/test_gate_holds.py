"""Against the clock: what was decided about a person or a room is never overtaken by a post (A-REVOKE-1)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from concord.access.gate import MayOnlyRead, NotAdmitted
from concord.access.limit import limit
from concord.access.models import EVERYWHERE
from concord.spaces.models import Post, Room
from concord.spaces.post_message import RoomIsPaused, TooSoon, post_message
from concord.spaces.pull_brake import pull_brake

pytestmark = pytest.mark.django_db(transaction=True)
VOICES = 3


def keep_posting(room, registration, begun: Barrier, refused: Event) -> None:
    """Post until refused; the request's moment is taken before it waits, as on a page."""
    try:
        for count in range(5_000):
            post_message(room, registration=registration, text="again", at=timezone.now())
            if count == 0:
                begun.wait(20)
    except (NotAdmitted, MayOnlyRead, RoomIsPaused):
        refused.set()
    finally:
        connection.close()


def meanwhile(event, decide) -> None:
    """Decide something while several threads post, and look that nothing came after it."""
    begun, refused = Barrier(VOICES + 1), [Event() for _ in range(VOICES)]
    with ThreadPoolExecutor(VOICES) as pool:
        voices = [pool.submit(keep_posting, event.room, event.karim, begun, one) for one in refused]
        begun.wait(20)
        decide()
        at_the_decision = Post.objects.count()
        for voice in voices:
            voice.result()
    assert Post.objects.count() == at_the_decision
    assert all(one.is_set() for one in refused)
    numbers = list(Post.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, Room.objects.get(id=event.room.id).last_number + 1))


def test_no_post_commits_after_a_shut(event, shut_out):
    meanwhile(event, lambda: shut_out(event.karim, EVERYWHERE, at=timezone.now()))


def test_no_post_commits_after_a_pause(event):
    meanwhile(
        event, lambda: pull_brake(event.room, kind="pause", by=event.amara, at=timezone.now())
    )


def test_no_post_commits_after_somebody_may_only_read(event, warrant_for):
    def decide():
        person, at = event.karim.person_id, timezone.now()
        limit(person, place=EVERYWHERE, warrant=warrant_for(event.karim), at=at)

    meanwhile(event, decide)


def test_two_posts_at_once_in_two_rooms_are_not_both_the_first_of_a_pace(event, warrant_for):
    warrant = warrant_for(event.karim)
    limit(event.karim.person_id, place=EVERYWHERE, warrant=warrant, pace=10, salt="s", at=event.at)
    lobby = Room.objects.get(convening=event.room.convening_id, session=None)
    rooms, ready = [event.room, lobby] * VOICES, Barrier(2 * VOICES)

    def press(room: Room) -> int:
        try:
            ready.wait(20)
            post_message(room, registration=event.karim, text="first", at=event.at)
            return 1
        except TooSoon:
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(2 * VOICES) as pool:
        assert sum(pool.map(press, rooms)) == 1
    assert Post.objects.count() == 1


def test_one_form_pressed_by_many_fingers_is_one_post(event):
    nonce, ready = uuid4(), Barrier(VOICES)

    def press(_finger: int) -> int:
        try:
            ready.wait(20)
            post = post_message(
                event.room, registration=event.karim, text="once", nonce=nonce, at=event.at
            )
            return post.number
        finally:
            connection.close()

    with ThreadPoolExecutor(VOICES) as pool:
        assert set(pool.map(press, range(VOICES))) == {1}
    assert Post.objects.count() == 1
