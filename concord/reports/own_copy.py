"""The reporter's own copy of what they told, in the box that only their code opens.

With it they can change what they decided, and what nobody on the team may read any more can go outside.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from concord.letterbox.lay import lay
from concord.letterbox.models import Answer, Box
from concord.letterbox.push import push
from concord.letterbox.read import Opened, read
from concord.letterbox.replace import replace
from concord.letterbox.session import Held
from concord.reports.told import Told

KIND = "told"
LATER = "later"
"""The copy as it will stand once the code has settled (`hold_back`)."""
FEEDBACK = "feedback"
ASKED = b"asked"
"""What lies in the box of somebody who may say how it went; `improvement` lays it there and takes it away."""


class OwnCopy(NamedTuple):
    """What was told, and whom the reporter themself keeps out, or let in though it went outside: ids of the team."""

    told: Told
    keep_out: tuple[UUID, ...]
    let_in: tuple[UUID, ...] = ()


def keep_copy(box: Box, copy: OwnCopy, *, at: datetime) -> None:
    """Seal it to the holder of the code; the copy before it is gone."""
    replace(box, _plain(copy), kind=KIND, at=at)


def keep_later(box: Box, later: OwnCopy, *, stands: OwnCopy, at: datetime) -> UUID:
    """Seal one that waits: to be read by its holder, and held back, to be put in the copy's place without the code.

    Where it keeps out more than the one that `stands`, another one without that is held as well (`turn_but_keep_out`).
    """
    drop_later(box)
    push(box, _plain(later), kind=LATER, at=at)
    as_before = tuple(id for id in later.keep_out if id in stands.keep_out)
    if as_before != later.keep_out:
        push(box, _plain(later._replace(keep_out=as_before)), kind=KIND, at=at, is_held=True)
    return push(box, _plain(later), kind=KIND, at=at, is_held=True).id


def drop_later(box: Box) -> None:
    """What waited waits no more."""
    box.answers.filter(kind=LATER).delete()
    box.answers.filter(kind=KIND, is_held=True).delete()


def turn_later(box: UUID | None, waiting: UUID, *, at: datetime) -> None:
    """The one that waited is the copy from now on; nothing, where the box is gone."""
    theirs = Answer.objects.filter(box=box)
    if theirs.filter(id=waiting).exists():
        theirs.filter(kind=KIND, is_held=False).delete()
        lay(waiting, at=at)
    theirs.filter(kind=LATER).delete()
    theirs.filter(kind=KIND, is_held=True).delete()


def turn_but_keep_out(box: UUID | None, waiting: UUID, *, at: datetime) -> bool:
    """All that waited is in the copy from now on, but for whom they keep out: that waits on. Twice is once.

    Returns whether it was done now.
    """
    theirs = Answer.objects.filter(box=box, kind=KIND)
    without = theirs.filter(is_held=True).exclude(id=waiting).first()
    if without is None:
        return False
    theirs.filter(is_held=False).delete()
    return lay(without.id, at=at)


def read_copy(held: Held) -> OwnCopy | None:
    """The copy in the clear, in the holder's own session; None for a report that came another way."""
    return copy_among(read(held.box, held.code))


def read_later(held: Held) -> OwnCopy | None:
    """The copy that waits, if one does, in the holder's own session."""
    return later_among(read(held.box, held.code))


def copy_among(opened: list[Opened]) -> OwnCopy | None:
    return _among(opened, KIND)


def later_among(opened: list[Opened]) -> OwnCopy | None:
    """The copy that waits, if one does."""
    return _among(opened, LATER)


def _plain(copy: OwnCopy) -> bytes:
    chosen = [[str(id) for id in ids] for ids in (copy.keep_out, copy.let_in)]
    return json.dumps(chosen).encode() + b"\n" + copy.told.to_bytes()


def _among(opened: list[Opened], kind: str) -> OwnCopy | None:
    plain = next((each.plaintext for each in opened if each.kind == kind), None)
    if plain is None:
        return None
    ids, told = plain.split(b"\n", 1)
    keep_out, let_in = (tuple(UUID(id) for id in chosen) for chosen in json.loads(ids))
    return OwnCopy(Told.from_bytes(told), keep_out, let_in)
