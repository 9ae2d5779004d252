"""Files of any size, sealed chunk by chunk (libsodium's secretstream), never whole in memory.

The last chunk is padded and marked, so a cut-off stream does not open and its length says little.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from uuid import UUID

from nacl import bindings
from nacl.exceptions import CryptoError

from concord.vault import sealing
from concord.vault.epochs import current_epoch, epoch_numbered, epoch_private
from concord.vault.errors import Tampered
from concord.vault.files import HEAD, split_head
from concord.vault.keyring import Keyring
from concord.vault.padding import LARGEST, pad, unpad

CHUNK = LARGEST
FRAME = CHUNK + bindings.crypto_secretstream_xchacha20poly1305_ABYTES
START = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
ORDINARY = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
LAST = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL


def seal_chunks(file_id: UUID, chunks: Iterable[bytes], *, about: str) -> Iterator[bytes]:
    """Seal a stream into a file, with the public half alone. `about` names the row it belongs to."""
    epoch = current_epoch(file_id)
    key = secrets.token_bytes(sealing.KEY_BYTES)
    yield HEAD.pack(epoch.number) + sealing.wrap_key(bytes(epoch.public), key)
    yield from seal_under(key, chunks, about=f"{file_id}:{about}")


def open_chunks(
    file_id: UUID, sealed: Iterable[bytes], *, about: str, keyring: Keyring
) -> Iterator[bytes]:
    """Open such a stream, chunk by chunk, each authenticated before it is given out; the caller records.

    Raises NoGrant, GrantDormant, and Tampered: at the latest at the end, when the stream was cut short.
    """
    source = _Source(sealed)
    head = source.take(HEAD.size + sealing.WRAPPED_KEY_BYTES)
    number, wrapped = split_head(head)
    private = epoch_private(epoch_numbered(file_id, number), keyring)
    key = sealing.unwrap_key(private, wrapped)
    yield from open_under(key, source.rest(), about=f"{file_id}:{about}")


def seal_under(key: bytes, chunks: Iterable[bytes], *, about: str) -> Iterator[bytes]:
    """Seal a stream under a 32-byte key, as for an upload that belongs to no file yet."""
    sealer = Sealer(key, about=about)
    yield sealer.start
    for chunk in chunks:
        if sealed := sealer.add(chunk):
            yield sealed
    yield sealer.finish()


class Sealer:
    """Seals a stream under a 32-byte key for whoever is handed its pieces one by one.

    What is to be kept: `start`, what each `add` returns, and what `finish` returns.
    """

    def __init__(self, key: bytes, *, about: str) -> None:
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        self._associated = about.encode()
        self._held = bytearray()
        self.start = bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)

    def add(self, piece: bytes) -> bytes:
        """Take a piece of any length; returns the chunks that it filled, sealed."""
        self._held += piece
        whole = len(self._held) // CHUNK * CHUNK
        sealed = [
            self._seal(bytes(self._held[place : place + CHUNK]), ORDINARY)
            for place in range(0, whole, CHUNK)
        ]
        del self._held[:whole]
        return b"".join(sealed)

    def finish(self) -> bytes:
        """The last chunk, padded and marked."""
        return self._seal(pad(bytes(self._held)), LAST)

    def _seal(self, chunk: bytes, tag: int) -> bytes:
        push = bindings.crypto_secretstream_xchacha20poly1305_push
        return push(self._state, chunk, self._associated, tag)


def open_under(key: bytes, sealed: Iterable[bytes], *, about: str) -> Iterator[bytes]:
    """Open what `seal_under` made. Raises Tampered."""
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    source, associated = _Source(sealed), about.encode()
    try:
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, source.take(START), key)
        while frame := source.take(FRAME):
            chunk, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(
                state, frame, associated
            )
            if tag == LAST:
                break
            yield chunk
        else:
            raise Tampered
    except (CryptoError, ValueError) as error:
        raise Tampered from error
    if source.take(1):
        raise Tampered
    yield unpad(chunk)


class _Source:
    """Reads exact lengths from chunks of any length."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._held = bytearray()

    def take(self, size: int) -> bytes:
        """So many bytes, or fewer at the end."""
        while len(self._held) < size and (more := next(self._chunks, None)) is not None:
            self._held += more
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def rest(self) -> Iterator[bytes]:
        yield bytes(self._held)
        yield from self._chunks
