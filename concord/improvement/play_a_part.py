"""play_a_part: what a drill begins with. The team as it is, and people who are played, in a database apart.

The team comes along by name, shift and public keys; nobody who takes part in the event does, nor any tie, case,
mailbox or secret. What the played people write says that it is played: nobody should have to read a threat to
rehearse.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from concord.convenings.models import Convening, Registration, Session, State
from concord.convenings.plan_convening import plan_session
from concord.convenings.register import register
from concord.improvement import apart
from concord.improvement.models import Drill
from concord.monitoring.flag_post import flag_post
from concord.people.models import Person, Shift, StaffMember
from concord.policy.acknowledge import acknowledge
from concord.policy.models import Text, Version
from concord.spaces.models import Post, Room
from concord.spaces.open_room import open_room
from concord.spaces.post_message import post_message
from concord.vault.public_halves import PublicHalves, public_halves

RAID = ("Orlok", "Vathek", "Melmoth")
"""Logins that write all at once, as in a raid. Names out of old books, which no colleague is likely to have; and no
word of them stands in the room's name, for a notice that said it would be taken to name somebody."""
AROUND = timedelta(hours=2)


def play_a_part(drill: Drill, *, by: StaffMember, at: datetime) -> None:
    """Bring the team in, and let the played people come, write and flag."""
    rows, keys = _the_team(at=at)
    convening = _the_event(drill, at=at)
    with apart.inside(drill.id):
        for model, its in rows:
            model.objects.bulk_create(its)
        keys.enter()
        convening.save(force_insert=True)
        open_room(convening)
        _raid(_room(convening, by=by, at=at), at=at)


def _the_team(*, at: datetime) -> tuple[list[tuple[Any, list[Any]]], PublicHalves]:
    """Each table in an order in which it can be written, and what can be known of keys."""
    staff = list(StaffMember.objects.current(at))
    persons = {one.person_id for one in staff}
    near = Q(starts_at__lt=at + timedelta(days=2), ends_at__gt=at - timedelta(days=2))
    versions = [one for one in [Version.objects.in_force(at)] if one is not None]
    rows: list[tuple[Any, list[Any]]] = [
        (Person, list(Person.objects.filter(id__in=persons))),
        (StaffMember, staff),
        (Shift, list(Shift.objects.filter(near, staff__in=staff))),
        (Version, versions),
        (Text, list(Text.objects.filter(version__in=versions))),
    ]
    return rows, public_halves(persons)


def _the_event(drill: Drill, *, at: datetime) -> Convening:
    """The same event, so that its shifts are its own, and open, whatever it is in earnest."""
    its = Convening.objects.get(id=drill.convening_id)
    its.state = State.OPEN
    its.starts_at = min(its.starts_at, at - AROUND)
    its.ends_at = max(its.ends_at, at + AROUND)
    return its


def _room(convening: Convening, *, by: StaffMember, at: datetime) -> Room:
    session = plan_session(
        convening,
        name=_("Drill: rehearsal room"),
        starts_at=at - AROUND,
        ends_at=at + AROUND,
        by=by,
        at=at,
    )
    Session.objects.filter(id=session.id).update(state=State.OPEN)
    return Room.objects.select_related("session", "convening").get(session=session)


def _raid(room: Room, *, at: datetime) -> None:
    """Somebody speaks; others drown her out; somebody else asks a person to look."""
    speaks = _somebody(room.convening, _("Zenobia (played)"), at=at)
    stands_by = _somebody(room.convening, _("Eudora (played)"), at=at)
    raiders = [
        _somebody(room.convening, _("%(name)s (played)") % {"name": name}, at=at) for name in RAID
    ]
    _say(room, speaks, _("(Drill) The count begins at nine."), at=at)
    for who in raiders:
        threat = _("(Drill) Imagine a threat here, against whoever spoke before.")
        post = _say(room, who, threat, at=at)
        words = _("(Drill) They threaten whoever is speaking. Please act as if it were real.")
        flag_post(post, words=words, by=stands_by.person_id, by_staff=False, at=at)


def _somebody(convening: Convening, name: str, *, at: datetime) -> Registration:
    registration = register(convening, person=Person.objects.create(), display_name=name, at=at)
    version: Any = Version.objects.in_force(at)
    return acknowledge(registration, version=version.number, at=at)


def _say(room: Room, who: Registration, text: str, *, at: datetime) -> Post:
    return post_message(room, registration=who, text=text, at=at)
