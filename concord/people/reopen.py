"""Opening a locked desk again, with one's own passkey where the device can, else with the passphrase."""

from __future__ import annotations

from datetime import datetime

from concord.people.models import Login
from concord.people.passkeys import Asserted
from concord.vault import copies, keys
from concord.vault.errors import CopyDoesNotOpen
from concord.vault.keyring import Keyring


def open_by_passkey(
    login: Login, asserted: Asserted, *, answer: bytes | None, at: datetime
) -> Keyring:
    """The keys, by the copy that this passkey opens. Raises CopyDoesNotOpen.

    Two things are asked: that the passkey was shown, with its owner, for the challenge of this very page, and that
    its device answers what only it can. Whoever has one without the other has nothing.
    """
    if answer is None:
        raise CopyDoesNotOpen(subject=login.person_id)
    return copies.open_copy(login.person_id, device=asserted.device, answer=answer)


def open_by_passphrase(login: Login, passphrase: str) -> Keyring:
    """The keys, by the passphrase. Raises WrongPassphrase, TooManyAtOnce."""
    return keys.unlock(login.person_id, passphrase)
