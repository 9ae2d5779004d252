"""Who may listen to a room, and who no longer may (A-REVOKE-1).

`room:<id>` is for participants: the person behind the session is registered, has acknowledged the policy in
force, and is admitted, as when entering the page. `watch:<id>` is for staff whose keys are open at the desk; it
carries ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from threading import Timer
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver

from concord.access.gate import is_admitted
from concord.access.models import EVERYWHERE, Place, Shut
from concord.access.shut import epoch_now
from concord.access.signals import person_readmitted, person_shut_out
from concord.live import relay, subscriptions
from concord.live.end_streams import cut_with_commit
from concord.live.follow_cuts import Cuts, lends_cuts
from concord.live.hub import hub
from concord.live.subscriptions import Event, Grant
from concord.outbox.clock import clock
from concord.people.listening import listening_login, listening_staff
from concord.spaces import news
from concord.spaces.enter import may_listen
from concord.spaces.models import Room

CUT, READMITTED, AGAIN = "out", "readmitted", "look again"
"""What is said of people between processes."""
A_MOMENT = 2.0
MOST_ROOMS = 4
"""Rooms that one stream of a participant is for; each of our pages asks for one."""
MOST_NAMED = 100
"""Streams that such a word names; where there are more, whoever hears it looks them up."""


def authorise_room(session_key: str | None, host: str, streams: list[str]) -> Grant | None:
    """A participant's streams: all of those asked for, or None."""
    if len(streams) > MOST_ROOMS:
        return None
    login = listening_login(session_key, host, desk=False)
    person = login.person_id if login else None
    rooms = _rooms(streams, Room.objects.visible_to(person)) if person else None
    now = clock.now()
    if (
        person is None
        or rooms is None
        or not all(may_listen(person, room, at=now) for room in rooms)
    ):
        return None
    return Grant(person, streams, partial(_backlog, lambda event: event))


def authorise_watch(session_key: str | None, host: str, streams: list[str]) -> Grant | None:
    """A monitor's streams on the desk: any room."""
    staff = listening_staff(session_key, host, at=clock.now())
    if staff is None or not staff.may_monitor or _rooms(streams, Room.objects.all()) is None:
        return None
    return Grant(staff.person_id, streams, partial(_backlog, news.for_desk))


@receiver(person_shut_out)
def cut_streams(shut: Shut, **more: Any) -> None:
    """After commit: end the person's streams in the place they are shut out of, here and in every process."""
    _cut_with_commit(shut.person_id, shut.place, forever=shut.until_at is None)


def look_again(person: UUID, *, convening: UUID) -> None:
    """After commit: let this person's open pages load once more, for something stands there for them alone."""
    transaction.on_commit(partial(_in_a_moment, person, convening), robust=True)
    relay.tell_with_commit(AGAIN, person, convening)


@relay.hears(AGAIN)
def _hear_to_look_again(person: str, convening: str) -> None:
    _in_a_moment(UUID(person), UUID(convening))


def _in_a_moment(person: UUID, convening: UUID) -> None:
    """What changed in the room reaches their page first: a stream that ends at once would not carry it."""
    rooms = [room.stream for room in Room.objects.filter(convening=convening)]
    timer = Timer(A_MOMENT, hub.cut, (person, rooms))
    timer.daemon = True
    timer.start()


@receiver(person_readmitted)
def open_streams(shut: Shut, at: datetime, **more: Any) -> None:
    """After commit: let the person's next opening be asked about again."""
    if is_admitted(shut.person_id, [EVERYWHERE], at=at):
        transaction.on_commit(partial(hub.readmit, shut.person_id), robust=True)
        relay.tell_with_commit(READMITTED, shut.person_id)


def lend_authorisers() -> None:
    subscriptions.register("room", authorise_room)
    subscriptions.register("watch", authorise_watch)
    lends_cuts(Cuts(number=epoch_now, follow=follow_shuts))


def follow_shuts() -> None:
    """End whatever the gate would not open now: what was shut while this process did not hear of it."""
    now = clock.now()
    shuts = Shut.objects.not_over(now)
    everywhere = shuts.filter(scope_kind=EVERYWHERE.kind, until_at__isnull=True)
    hub.shut_out_only(set(everywhere.values_list("person_id", flat=True)))
    for shut in shuts.filter(person_id__in=hub.persons()):
        _cut(shut.person_id, _streams_at(shut.place), shut.until_at is None)


@relay.hears(CUT)
def _hear_of_cut(person: str, kind: str, id: str, forever: str, *named: str) -> None:
    streams = list(named) or _streams_at(Place(kind, UUID(id) if id else None))
    _cut(UUID(person), streams, bool(forever))


@relay.hears(READMITTED)
def _hear_of_return(person: str) -> None:
    hub.readmit(UUID(person))


def _cut_with_commit(person: UUID, place: Place, *, forever: bool) -> None:
    """Which streams these are is asked before, so that nothing is left to ask once it has been decided."""
    streams = _streams_at(place)
    cut_with_commit(partial(_cut, person, streams, forever))
    named = streams if streams and len(streams) <= MOST_NAMED else ()
    relay.tell_with_commit(CUT, person, place.kind, place.id or "", forever or "", *named)


def _streams_at(place: Place) -> list[str] | None:
    """The streams of a place's rooms; None for all there are."""
    if place == EVERYWHERE:
        return None
    return [room.stream for room in Room.objects.filter(**{place.kind: place.id})]


def _cut(person: UUID, streams: list[str] | None, forever: bool) -> None:
    hub.cut(person, streams)
    if streams is None and forever:
        # One with an end would outlive it in memory; each opening asks the gate anyway.
        hub.shut_out(person)


def _rooms(streams: list[str], among: Any) -> list[Room] | None:
    """The rooms of these streams; None unless every one of them is there."""
    ids = {_id_of(stream) for stream in streams}
    if None in ids:
        return None
    found = list(among.filter(id__in=ids).select_related("convening", "session__convening"))
    return found if len(found) == len(ids) else None


def _id_of(stream: str) -> UUID | None:
    """The id as our own addresses spell it: any other spelling would name a stream that nobody cuts."""
    text = stream.partition(":")[2]
    try:
        return UUID(text) if str(UUID(text)) == text else None
    except ValueError:
        return None


def _backlog(shown: Callable[[Event], Event], stream: str, after: int) -> Iterable[Event] | None:
    """What was missed since a number, and how the room is now. Only a reload helps from a number yet to come.

    Such a page is older than a database that was brought back from a copy: it would miss what is said until then.
    """
    id = _id_of(stream)
    room = Room.objects.filter(id=id).first() if id else None
    if room is None or after > room.last_number:
        return None
    events = news.events_after(room.id, after)
    if events is None:
        return None
    last = events[-1].number if events else after
    condition = Event("condition", news.condition_now(room, at=clock.now()), last)
    return [shown(event) for event in [*events, condition]]
