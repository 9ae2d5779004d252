"""read_flag: open what a flag holds; each reading is an entry (K-CONF-1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from concord.convenings.called_now import Called, called_now
from concord.ledger.record import record
from concord.monitoring.models import Flag
from concord.monitoring.raise_flag import about
from concord.monitoring.seen import Seen
from concord.vault import files
from concord.vault.keyring import Keyring

TOGETHER = 100
"""Messages of one item that are read together; a flood beyond them is counted."""


def read_flag(flag: Flag, *, keyring: Keyring, at: datetime) -> Seen:
    """What was seen, and who flagged. Raises vault.NoGrant for anybody without an active grant."""
    plain = files.unseal(flag.file, bytes(flag.sealed), about=about(flag.id), keyring=keyring)
    record("monitoring.read", actor=keyring.holder, subject=flag.id, at=at)
    return _as_called_now([Seen.from_bytes(plain)], flag)[0]


class Message(NamedTuple):
    """One of the messages in an item that screening raised: all of an item are by one person."""

    seen: Seen
    at: datetime
    rank: int
    post: UUID


class Messages(NamedTuple):
    """Those that are read together, and how many more are only counted."""

    read: list[Message]
    more: int


def read_messages(flag: Flag, *, keyring: Keyring) -> Messages:
    """Every message of an item that screening raised, the first one too, the highest rank first: whoever answers the
    item answers all of them. It belongs to the reading of the flag. None for people's flags. Raises vault.NoGrant.
    """
    kept = list(flag.sightings.order_by("-rank", "seen_at", "post__number")[:TOGETHER])
    sealed = {f"{about(flag.id)}:{one.post_id}": bytes(one.sealed) for one in kept}
    seen = [Seen.from_bytes(one) for one in files.unseal_all(flag.file, sealed, keyring=keyring)]
    now = _as_called_now(seen, flag)
    read = [
        Message(what, one.seen_at, one.rank, one.post_id)
        for one, what in zip(kept, now, strict=True)
    ]
    return Messages(read, max(0, flag.count - len(read)) if flag.by_machine else 0)


def _as_called_now(seen: list[Seen], flag: Flag) -> list[Seen]:
    """Under the name their author goes by in that event now; a name given up is not called up again, also when no
    other stands there any more (V-MISGENDER-1). All of a flag are by one person.
    """
    author = seen[0].author_id if seen else None
    if author is None:
        return seen
    theirs, near = called_now([author]).get(author, Called()), {flag.room.convening_id}
    return [
        replace(
            one,
            author=theirs.there(one.author, renames=one.renames, near=near),
            known_as=one.author,
        )
        for one in seen
    ]


def read_judgement(flag: Flag, *, keyring: Keyring) -> str:
    """Why it needs action or not; empty while nobody has said. Raises vault.NoGrant."""
    if flag.judgement_sealed is None:
        return ""
    sealed = bytes(flag.judgement_sealed)
    about_it = f"{about(flag.id)}:judgement"
    return files.unseal(flag.file, sealed, about=about_it, keyring=keyring).decode()


def read_outcome_outside(flag: Flag, *, keyring: Keyring) -> str:
    """What the outside contact did about it, or why nothing; empty while they have not said. Raises vault.NoGrant."""
    if flag.done_outside_sealed is None:
        return ""
    sealed = bytes(flag.done_outside_sealed)
    return files.unseal(flag.file, sealed, about=about_outcome(flag), keyring=keyring).decode()


def about_outcome(flag: Flag) -> str:
    return f"{about(flag.id)}:outside"
