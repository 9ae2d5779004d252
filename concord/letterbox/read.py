"""read: open what lies in a box, with its code."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from nacl.public import PrivateKey

from concord.letterbox.codes import understand
from concord.letterbox.models import Answer, Box
from concord.letterbox.opening import about, private_key
from concord.vault import sealing
from concord.vault.errors import Tampered
from concord.vault.keyring import Keyring
from concord.vault.padding import unpad


class Opened(NamedTuple):
    """An answer in the clear, for the page that shows it and for nothing else."""

    kind: str
    plaintext: bytes
    pushed_at: datetime
    id: UUID


def read(box: Box, code: str) -> list[Opened]:
    """Everything in the box, oldest first, but what is held back. Raises Tampered for a code of another box."""
    private = _private(box, code)
    return [_open(answer, private) for answer in box.answers.filter(is_held=False)]


def keyring_of(box: Box, code: str) -> Keyring:
    """The keyring of a standing reader, such as the outside contact: the box's id is the holder.

    The holder is entered once with `vault.keys.enrol_reader(box.id, box.reading_public, …)`; files are then
    granted to it like to anybody. Raises Tampered for a code of another box.
    """
    return Keyring.reading_only(box.id, _private(box, code))


def _private(box: Box, code: str) -> PrivateKey:
    private = private_key(understand(code) or "")
    if bytes(private.public_key) != bytes(box.reading_public):
        raise Tampered
    return private


def _open(answer: Answer, private: PrivateKey) -> Opened:
    padded = sealing.open_with(private, bytes(answer.sealed), about=about(answer))
    return Opened(answer.kind, unpad(padded), answer.pushed_at, answer.id)
