"""Passphrases: generated, weighed, and stretched into a key. There is no other password in the house."""

from __future__ import annotations

import math
import secrets
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings
from nacl.pwhash.argon2id import SALTBYTES, kdf
from shamir_mnemonic.wordlist import WORDLIST
from zxcvbn import zxcvbn

from concord.names import normalising
from concord.vault import environment, sealing
from concord.vault.errors import TooManyAtOnce

WORDS = 7
"""Seven of 1,024 words, each once: a little under 70 bits."""
LEAST_GUESSES_LOG10 = 65 * math.log10(2)
WEIGHED_CHARACTERS = 72

IN_LINE = 4
STRANGERS_IN_LINE = 2
_at_a_time = threading.BoundedSemaphore(2)
"""Each run takes 64 MiB; a rush of sign-ins must not take the server's memory from the rooms."""
_line = threading.BoundedSemaphore(IN_LINE)
"""Those who run and those who wait, together: whoever waits holds a thread that other pages need."""
_strangers_at_a_time = threading.BoundedSemaphore(1)
_strangers = threading.BoundedSemaphore(STRANGERS_IN_LINE)
"""The part of both that anybody may take who knows nothing: the rest stays with whoever is known here."""


def generate_passphrase() -> str:
    """Seven different words of the SLIP-39 list, chosen by the machine."""
    return " ".join(secrets.SystemRandom().sample(WORDLIST, WORDS))


def strong_enough(passphrase: str) -> bool:
    """True when guessing it from the stolen database takes at least 2**65 tries by zxcvbn's estimate."""
    weighed = zxcvbn(normalised(passphrase)[:WEIGHED_CHARACTERS] or " ")
    return float(weighed["guesses_log10"]) >= LEAST_GUESSES_LOG10


def stretch(
    passphrase: str, *, salt: bytes, cost: tuple[int, int], of_a_stranger: bool = False
) -> bytes:
    """The 32-byte key of a passphrase: one run of Argon2id, then the pepper of the environment.

    `of_a_stranger`: nothing but the passphrase itself says who it is. Raises TooManyAtOnce when the line is full,
    before any work is done.
    """
    opslimit, memlimit = cost
    with _a_turn(of_a_stranger=of_a_stranger):
        stretched = kdf(32, normalised(passphrase).encode(), salt, opslimit, memlimit)
    return sealing.expand(
        stretched, purpose="concord person key", salt=environment.subkey("passphrase pepper")
    )


@contextmanager
def _a_turn(*, of_a_stranger: bool) -> Iterator[None]:
    with ExitStack() as held:
        if of_a_stranger:
            held.enter_context(_a_place(_strangers))
        held.enter_context(_a_place(_line))
        if of_a_stranger:
            held.enter_context(_strangers_at_a_time)
        held.enter_context(_at_a_time)
        yield


@contextmanager
def _a_place(line: threading.Semaphore) -> Iterator[None]:
    if not line.acquire(blocking=False):
        raise TooManyAtOnce
    try:
        yield
    finally:
        line.release()


def cost_now() -> tuple[int, int]:
    """(passes, bytes of memory) of Argon2id for keys sealed from now on."""
    opslimit, memlimit = getattr(settings, "CONCORD_ARGON2", (3, 64 * 1024 * 1024))
    return int(opslimit), int(memlimit)


def new_salt() -> bytes:
    return secrets.token_bytes(SALTBYTES)


def normalised(passphrase: str) -> str:
    """One form for what a phone, a keyboard or paper may write differently.

    Letters keep their case unless every word is one of the list: phones begin a line with a capital.
    """
    words = normalising.normalised("NFKC", passphrase).split()
    lowered = [word.lower() for word in words]
    return " ".join(lowered if set(lowered) <= set(WORDLIST) else words)
