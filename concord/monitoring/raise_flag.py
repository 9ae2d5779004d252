"""What a flag on a post and a flag on a moment have in common."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from concord.access.gate import admit
from concord.convenings.models import Registration
from concord.ledger.codes import random_code
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.models import Flag, SteppedBack
from concord.monitoring.pace import raises_very_many
from concord.monitoring.readers import readers_of_flag
from concord.monitoring.seen import Seen
from concord.monitoring.signals import flagged
from concord.people.models import StaffMember
from concord.people.named_in import named_in
from concord.refusals import Refused
from concord.spaces.models import Post, Room
from concord.vault import files


class OnlyThoseInTheRoom(Refused):
    """Somebody who is not part of the event flagged in one of its rooms; the report form is open to all."""

    words = _("Only people in this room can flag in it. You can always write to us instead.")


def check_may_flag(room: Room, *, by: UUID, by_staff: bool, at: datetime) -> None:
    """Staff who monitor may flag anywhere; others where they are registered and admitted."""
    if by_staff:
        staff = StaffMember.objects.current(at).filter(person_id=by).first()
        if staff is None or not staff.may_monitor:
            raise OnlyThoseInTheRoom(subject=room.id)
        return
    if not Registration.objects.filter(convening_id=room.convening_id, person_id=by).exists():
        raise OnlyThoseInTheRoom(subject=room.id)
    admit(by, room.places, at=at)


def raise_flag(
    seen: Seen, *, room: Room, post: Post | None, raised_token: bytes, by_staff: bool, at: datetime
) -> Flag:
    """Seal what was seen to its readers, write the row, and tell their desks. Call it in a transaction.

    Two presses at the same moment raise one flag: the database lets one of them through.
    """
    try:
        with transaction.atomic():
            return _write(seen, room, post, raised_token, by_staff=by_staff, at=at)
    except IntegrityError:
        return Flag.objects.get(raised_token=raised_token)


def about(flag: UUID) -> str:
    return f"flag:{flag}"


def _write(
    seen: Seen,
    room: Room,
    post: Post | None,
    raised_token: bytes,
    *,
    by_staff: bool,
    at: datetime,
) -> Flag:
    about_whom = [seen.author_id] if seen.author_id else []
    named = set() if by_staff else _named(seen, at=at)
    readers = readers_of_flag(about=about_whom, on=post.id if post else None, without=named, at=at)
    if not by_staff:
        seen = replace(seen, by_known_as=_name_of(seen.by, room))
    file = files.open_file(readers=readers, at=at)
    id = uuid4()
    flag = Flag.objects.create(
        id=id,
        code=random_code(),
        room=room,
        post=post,
        kind="post" if post else "moment",
        by_staff=by_staff,
        folded=not by_staff and raises_very_many(seen.by, at=at),
        raised_token=raised_token,
        raised_at=at,
        file=file.id,
        sealed=files.seal(file.id, seen.to_bytes(), about=about(id)),
    )
    SteppedBack.objects.bulk_create([SteppedBack(subject=id, person=one) for one in named])
    # A participant's name stays out of the ledger: it would say, to whoever reads it, who reports.
    record(
        "monitoring.flag", actor=seen.by if by_staff else None, subject=id, at=at, kind=flag.kind
    )
    flagged.send(sender=Flag, flag=flag, seen=seen, at=at)
    tell_desks(readers, "flag", id)
    return flag


def _name_of(person: UUID, room: Room) -> str:
    """Whoever flags may take on another name before it becomes a case; what was written may call them by this one."""
    there = Registration.objects.filter(convening=room.convening_id, person=person)
    return there.values_list("display_name", flat=True).first() or ""


def _named(seen: Seen, *, at: datetime) -> set[UUID]:
    """Those of the team whom the words of the flag name: as with a report, it goes to others (I-WHO-1)."""
    return {one.person_id for one in named_in(seen.words, StaffMember.objects.current(at))}
