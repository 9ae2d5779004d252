"""flag_by_machine: what screening saw becomes one item for each person and event, with a count (R-BOTH-1).

It lies in the queue of people's flags and is told apart from them. It hides nothing, and a person answers it as any
other; what they answer counts for each rule.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import F

from concord.ledger.codes import random_code
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.models import Flag, Sighting
from concord.monitoring.raise_flag import about
from concord.monitoring.readers import readers_of_flag
from concord.monitoring.screening.found import FLAGGED_FROM, URGENT_FROM, Screened
from concord.monitoring.seen import Seen
from concord.monitoring.signals import flagged
from concord.monitoring.tallies import count_asked
from concord.names import token
from concord.spaces.models import Post
from concord.vault import files

MANY = 50
"""Copies sealed under one item, and besides them every threat to somebody's life: whoever answers the item has read
it. A flood beyond them is counted, and each of its posts still stands in the room."""


@transaction.atomic
def flag_by_machine(post: Post, screened: Screened, *, at: datetime) -> Flag:
    """Raise an item on whoever wrote this post, or add it to the one that nobody has answered. Twice is once."""
    known = Sighting.objects.filter(post=post).select_related("flag").first()
    if known is not None:
        return known.flag
    rules = sorted({one.rule or one.name for one in screened.signals if one.rank >= FLAGGED_FROM})
    flag = _open_item(post)
    seen = Seen.by_machine(post, screened)
    joins = flag is not None
    flag = _raise(post, seen, screened, at=at) if flag is None else _join(flag, screened)
    if flag.count <= MANY or screened.rank >= URGENT_FROM:
        sealed = files.seal(flag.file, seen.to_bytes(), about=f"{about(flag.id)}:{post.id}")
        Sighting.objects.create(
            flag=flag, post=post, rank=screened.rank, rules=rules, sealed=sealed, seen_at=at
        )
        if joins:
            flagged.send(sender=Flag, flag=flag, seen=seen, at=at)
    count_asked(post.room.convening_id, rules, at=at)
    return flag


def _open_item(post: Post) -> Flag | None:
    """The item alone is held, and never the room of its first post: this post is on its way into another."""
    items = Flag.objects.by_machine().awaiting_judgement().select_for_update(of=("self",))
    return items.filter(
        post__registration=post.registration_id, room__convening=post.room.convening_id
    ).first()


def _raise(post: Post, seen: Seen, screened: Screened, *, at: datetime) -> Flag:
    readers = readers_of_flag(about=[post.author_id] if post.author_id else [], at=at)
    file = files.open_file(readers=readers, at=at)
    id = uuid4()
    flag = Flag.objects.create(
        id=id,
        code=random_code(),
        room=post.room,
        post=post,
        kind="post",
        by_machine=True,
        rank=screened.rank,
        reasons=reasons_of(screened),
        raised_token=token("flag by machine", str(post.id)),
        raised_at=at,
        file=file.id,
        sealed=files.seal(file.id, seen.to_bytes(), about=about(id)),
    )
    record("monitoring.flag", actor=None, subject=id, at=at, kind="machine")
    flagged.send(sender=Flag, flag=flag, seen=seen, at=at)
    tell_desks(readers, "flag", id)
    return flag


def _join(flag: Flag, screened: Screened) -> Flag:
    rank = max(flag.rank, screened.rank)
    new = reasons_of(screened)
    both = [new, flag.reasons] if screened.rank > flag.rank else [flag.reasons, new]
    reasons = list(dict.fromkeys([*both[0], *both[1]]))
    changed: dict[str, Any] = {"rank": rank, "reasons": reasons}
    if flag.rank < URGENT_FROM <= rank:
        # That it rang for something milder does not silence a threat.
        changed["alarmed_at"] = None
    Flag.objects.filter(id=flag.id).update(count=F("count") + 1, **changed)
    flag.refresh_from_db(fields=["count", *changed])
    if flag.count & (flag.count - 1) == 0 or screened.rank >= URGENT_FROM:
        tell_desks(files.readers(flag.file), "flag", flag.id)
    return flag


def reasons_of(screened: Screened) -> list[str]:
    """The kinds of signal that ask, the strongest first."""
    asking = [one for one in screened.signals if one.rank >= FLAGGED_FROM]
    return list(dict.fromkeys(one.name for one in sorted(asking, key=lambda one: -one.rank)))
