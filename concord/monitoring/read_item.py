"""read_item: a flag and what others said who flagged the same post; each reading is an entry (K-CONF-1)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from concord.monitoring.items import beside
from concord.monitoring.models import Flag
from concord.monitoring.read_flag import Message, read_flag, read_messages
from concord.monitoring.seen import Seen
from concord.people.models import StaffMember
from concord.vault import files
from concord.vault.keyring import Keyring

READ = 20
"""Flags on one post that are read together. Whoever wants more opens them one by one."""


class ReadItem(NamedTuple):
    """What was seen, what everybody wrote with it, and how many more flags were not read.

    Of an item that screening raised: its messages, and how many more of them are only counted.
    """

    seen: Seen
    said: list[str]
    more: int
    written: list[Message]
    more_written: int


def read_item(flag: Flag, *, by: StaffMember, keyring: Keyring, at: datetime) -> ReadItem:
    """Raises vault.NoGrant where the flag itself may not be opened; one beside it that may not is passed over."""
    seen = read_flag(flag, keyring=keyring, at=at)
    others = list(beside(flag, seen_by=by)) if flag.credible is None else []
    may = [one for one in others[: READ - 1] if files.may_open(one.file, keyring.holder)]
    words = [seen.words, *(read_flag(one, keyring=keyring, at=at).words for one in may)]
    written = read_messages(flag, keyring=keyring)
    return ReadItem(seen, [each for each in words if each], len(others) - len(may), *written)
