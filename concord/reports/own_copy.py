"""The reporter's own copy of what they told, in the box that only their code opens.

With it they can change what they decided, and what nobody on the team may read any more can go outside.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from concord.letterbox.models import Box
from concord.letterbox.read import Opened, read
from concord.letterbox.replace import replace
from concord.letterbox.session import Held
from concord.reports.told import Told

KIND = "told"
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
    chosen = [[str(id) for id in ids] for ids in (copy.keep_out, copy.let_in)]
    ids = json.dumps(chosen).encode()
    replace(box, ids + b"\n" + copy.told.to_bytes(), kind=KIND, at=at)


def read_copy(held: Held) -> OwnCopy | None:
    """The copy in the clear, in the holder's own session; None for a report that came another way."""
    return copy_among(read(held.box, held.code))


def copy_among(opened: list[Opened]) -> OwnCopy | None:
    plain = next((each.plaintext for each in opened if each.kind == KIND), None)
    if plain is None:
        return None
    ids, told = plain.split(b"\n", 1)
    keep_out, let_in = (tuple(UUID(id) for id in chosen) for chosen in json.loads(ids))
    return OwnCopy(Told.from_bytes(told), keep_out, let_in)
