"""read_flag: open what a flag holds; each reading is an entry (K-CONF-1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from concord.convenings.models import Registration
from concord.ledger.record import record
from concord.monitoring.models import Flag
from concord.monitoring.raise_flag import about
from concord.monitoring.seen import Seen
from concord.vault import files
from concord.vault.keyring import Keyring


def read_flag(flag: Flag, *, keyring: Keyring, at: datetime) -> Seen:
    """What was seen, and who flagged. Raises vault.NoGrant for anybody without an active grant."""
    plain = files.unseal(flag.file, bytes(flag.sealed), about=about(flag.id), keyring=keyring)
    record("monitoring.read", actor=keyring.holder, subject=flag.id, at=at)
    return _as_called_now(Seen.from_bytes(plain), flag)


class Other(NamedTuple):
    """Another post by the same person in the same item."""

    seen: Seen
    at: datetime


def read_sightings(flag: Flag, *, keyring: Keyring) -> list[Other]:
    """The other posts of an item that screening raised; it belongs to the reading of the flag. Raises vault.NoGrant."""
    return [
        Other(
            _as_called_now(
                Seen.from_bytes(
                    files.unseal(
                        flag.file,
                        bytes(one.sealed),
                        about=f"{about(flag.id)}:{one.post_id}",
                        keyring=keyring,
                    )
                ),
                flag,
            ),
            one.seen_at,
        )
        for one in flag.sightings.exclude(post=flag.post_id)
    ]


def _as_called_now(seen: Seen, flag: Flag) -> Seen:
    """Under the name its author goes by in that event now; a name given up is not called up again (V-MISGENDER-1)."""
    theirs = Registration.objects.filter(
        person=seen.author_id, convening__rooms=flag.room_id
    ).exclude(display_name="")
    name = theirs.values_list("display_name", flat=True).first() if seen.author_id else None
    return replace(seen, author=name, known_as=seen.author) if name else seen


def read_judgement(flag: Flag, *, keyring: Keyring) -> str:
    """Why it needs action or not; empty while nobody has said. Raises vault.NoGrant."""
    if flag.judgement_sealed is None:
        return ""
    sealed = bytes(flag.judgement_sealed)
    about_it = f"{about(flag.id)}:judgement"
    return files.unseal(flag.file, sealed, about=about_it, keyring=keyring).decode()
