"""Reads a request's body, whole, before a thread is taken for it: nothing a sender does may hold one.

A body of up to 1 MB waits in memory; a larger one, or one that comes while memory is full, waits on
disk, sealed chunk by chunk under a key that exists only in this process's memory and dies with the
request. Size, pauses and total time are bounded.
"""

from __future__ import annotations

import asyncio
import errno
import io
import tempfile
import threading
from collections.abc import Awaitable, Callable
from typing import Any, BinaryIO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from nacl import bindings as sodium

KEPT_IN_MEMORY = 1_000_000
MEMORY = 64_000_000
DISK = 4_000_000_000
LARGEST = 110_000_000
READ_ON = 2_000_000_000
"""How far a body that is cut off is read to its end: a browser shows the answer when it has sent everything."""
PIECE = 65_536
OVERHEAD = sodium.crypto_secretstream_xchacha20poly1305_ABYTES
PAUSE = 30.0
TOTAL = 1_800.0

Receive = Callable[[], Awaitable[dict[str, Any]]]


class Unreadable(Exception):
    """The body cannot be taken; `words` say why and what to do."""

    status = 400
    words: str | Promise = _("The request could not be read. Please try again.")


class TooLarge(Unreadable):
    """More than one request may carry."""

    status = 413
    words = _("This is more than 110 MB at once. Please send fewer or smaller files.")


class TooSlow(Unreadable):
    """The sender paused, or took, longer than we wait."""

    status = 408
    words = _("The connection paused for too long. Nothing was stored; please send it again.")


class Crowded(Unreadable):
    """Too much is being sent to us at once."""

    status = 503
    words = _("Many people are sending files just now. Please try again in a few minutes.")


class DiskFull(Unreadable):
    """No space is left to keep it, even for a moment."""

    status = 507
    words = _("There is no space left to take this. Please try again without files.")


class Gone(Exception):
    """The sender hung up before the end."""


class Intake:
    """The bodies being read just now, and the room that they may take together."""

    def __init__(
        self,
        *,
        memory: int = MEMORY,
        disk: int = DISK,
        largest: int = LARGEST,
        pause: float = PAUSE,
        total: float = TOTAL,
    ) -> None:
        self.memory_left = memory
        self.disk_left = disk
        self.largest = largest
        self.pause = pause
        self.total = total

    async def read(self, receive: Receive, *, announced: int | None, ending: bytes = b"") -> Body:
        """Read to the end. Raises `Unreadable` or `Gone`; the caller closes what it is given.

        With an `ending`, a body that grows too large is cut off there, and the ending closes it: what was typed
        stands before the files in a form, and is not lost with them.
        """
        if announced is not None and announced > (READ_ON if ending else self.largest):
            raise TooLarge
        body = Body(self)
        try:
            async with asyncio.timeout(self.total):
                while await self._read_more(body, receive, may_cut=bool(ending)):
                    pass
                if body.dropped:
                    await body.add(ending)
        except BaseException as why:
            body.close()
            if isinstance(why, TimeoutError):
                raise TooSlow from None
            raise
        return body

    async def _read_more(self, body: Body, receive: Receive, *, may_cut: bool) -> bool:
        async with asyncio.timeout(self.pause):
            message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        piece = message.get("body", b"")
        kept = (
            piece if body.size + len(piece) <= self.largest else piece[: self.largest - body.size]
        )
        body.dropped += len(piece) - len(kept)
        if body.dropped and (not may_cut or body.size + body.dropped > READ_ON):
            raise TooLarge
        if kept:
            await body.add(kept)
        return bool(message.get("more_body"))


class Body:
    """A body as it grows: in memory, then sealed on disk."""

    def __init__(self, intake: Intake) -> None:
        self.size = 0
        self.dropped = 0
        self._intake = intake
        self._memory = bytearray()
        self._spool: SealedSpool | None = None
        self._claimed = 0

    async def add(self, piece: bytes) -> None:
        """Keep one more piece. Raises `Crowded` or `DiskFull`."""
        self.size += len(piece)
        if self._spool is None and self._fits(len(piece)):
            self._intake.memory_left -= len(piece)
            self._memory += piece
            return
        spool = self._claim(len(piece))
        try:
            await asyncio.to_thread(spool.write, piece)
        except OSError as why:
            if why.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull from None
            raise

    def stream(self) -> BinaryIO:
        """The whole body, from its beginning, to be read once."""
        if self._spool is None:
            return io.BytesIO(self._memory)
        return io.BufferedReader(Replay(self._spool), PIECE)

    def close(self) -> None:
        """Give back what it took."""
        self._release_memory()
        if self._spool is not None:
            self._intake.disk_left += self._claimed
            self._claimed = 0
            self._spool.close()

    def _fits(self, more: int) -> bool:
        return len(self._memory) + more <= KEPT_IN_MEMORY and more <= self._intake.memory_left

    def _claim(self, more: int) -> SealedSpool:
        """Take disk for one more piece; with the first, what memory held moves there too."""
        moved = len(self._memory) if self._spool is None else 0
        if more + moved > self._intake.disk_left:
            raise Crowded
        self._intake.disk_left -= more + moved
        self._claimed += more + moved
        if self._spool is None:
            self._spool = SealedSpool(bytes(self._memory))
            self._release_memory()
        return self._spool

    def _release_memory(self) -> None:
        self._intake.memory_left += len(self._memory)
        self._memory = bytearray()


class SealedSpool:
    """A nameless temporary file that holds only sealed pieces; its key is never written anywhere."""

    def __init__(self, beginning: bytes) -> None:
        self.key = sodium.crypto_secretstream_xchacha20poly1305_keygen()
        self.file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        self.header = sodium.crypto_secretstream_xchacha20poly1305_init_push(self._state, self.key)
        self._waiting = bytearray(beginning)
        # A timeout may close the file while a thread still writes to it.
        self._lock = threading.Lock()

    def write(self, piece: bytes) -> None:
        """Seal what fills whole pieces; the rest waits."""
        with self._lock:
            self._waiting += piece
            while len(self._waiting) >= PIECE and not self.file.closed:
                self._seal(PIECE)

    def finish(self) -> None:
        """Seal what is left."""
        with self._lock:
            self._seal(len(self._waiting))

    def close(self) -> None:
        """Forget it; the file has no name and goes with its descriptor."""
        with self._lock:
            self.file.close()
            self._waiting = bytearray()

    def _seal(self, size: int) -> None:
        sealed = sodium.crypto_secretstream_xchacha20poly1305_push(
            self._state, bytes(self._waiting[:size])
        )
        written = self.file.write(sealed)
        if written != len(sealed):
            raise OSError(errno.ENOSPC, "short write")
        del self._waiting[:size]


class Replay(io.RawIOBase):
    """Opens a sealed spool from its beginning, piece by piece, in the thread that reads it."""

    def __init__(self, spool: SealedSpool) -> None:
        spool.finish()
        spool.file.seek(0)
        self._file = spool.file
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        sodium.crypto_secretstream_xchacha20poly1305_init_pull(self._state, spool.header, spool.key)
        self._open = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._open:
            sealed = self._file.read(PIECE + OVERHEAD)
            if not sealed:
                return 0
            self._open, _ = sodium.crypto_secretstream_xchacha20poly1305_pull(self._state, sealed)
        size = min(len(buffer), len(self._open))
        buffer[:size] = self._open[:size]
        self._open = self._open[size:]
        return size
