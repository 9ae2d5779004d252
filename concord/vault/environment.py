"""Keys that belong to the installation: sub-keys of one master that lives in a file outside the data folder.

What is sealed here the running server can read; what the database or a backup alone shows is noise (PUB-25).
Settings import this file, so nothing in it touches Django before a function that needs settings is called.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

from concord.vault import sealing
from concord.vault.padding import pad, unpad

MASTER_BYTES = 32


class EnvironmentKeyMissing(Exception):
    """There is no usable key file where the settings say. The message names the path, never its contents."""


def subkey(purpose: str) -> bytes:
    """32 bytes that belong to one purpose, from the master in `settings.CONCORD_KEY_FILE`."""
    return _derived(str(_settings_path()), purpose)


def seal(purpose: str, plaintext: bytes, *, about: str) -> bytes:
    """Seal under a purpose's sub-key, padded; `about` names table, row and field and is bound to the result."""
    return sealing.seal_under(subkey(purpose), pad(plaintext), about=about)


def unseal(purpose: str, blob: bytes, *, about: str) -> bytes:
    """Open what `seal` made. Raises Tampered for another key, another `about` or a changed byte."""
    return unpad(sealing.open_under(subkey(purpose), blob, about=about))


def mac(purpose: str, message: bytes, size: int = 16) -> bytes:
    """A keyed hash (HMAC-SHA-256 cut to `size` bytes) for finding without keeping the clear text."""
    return hmac.digest(subkey(purpose), message, hashlib.sha256)[:size]


def derive(path: Path, purpose: str) -> bytes:
    """32 bytes for one purpose from the master in the file at `path`. Raises EnvironmentKeyMissing."""
    return _derived(str(path), purpose)


@lru_cache(maxsize=256)
def _derived(path: str, purpose: str) -> bytes:
    """By the path as a text: thousands of names may be compared at once, and a `Path` takes longer than the hash."""
    return sealing.expand(_master(Path(path)), purpose=f"concord environment {purpose}")


def make_key_file(path: Path) -> None:
    """Write a new master, readable by its owner only. Raises FileExistsError: a master is never overwritten."""
    write_master(path, secrets.token_bytes(MASTER_BYTES))


def read_master(path: Path) -> bytes:
    """The master itself, for the backup that seals it to the recovery key. Raises EnvironmentKeyMissing."""
    return _master(path)


def write_master(path: Path, master: bytes) -> None:
    """Put a master in place, as at set-up or after a restore. Raises FileExistsError, ValueError."""
    if len(master) != MASTER_BYTES:
        raise ValueError("A master has 32 bytes.")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(master.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    forget_masters()


def is_private(path: Path) -> bool:
    """True when only the owner of the key file may read or write it; `concord check` says so otherwise."""
    return path.stat().st_mode & 0o077 == 0


def forget_masters() -> None:
    """Drop what was read from key files, after one was put in place or moved."""
    _master.cache_clear()
    _derived.cache_clear()


@lru_cache(maxsize=4)
def _master(path: Path) -> bytes:
    try:
        master = bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise EnvironmentKeyMissing(f"No usable key file at {path}.") from error
    if len(master) != MASTER_BYTES:
        raise EnvironmentKeyMissing(f"The key file at {path} is not whole.")
    return master


def _settings_path() -> Path:
    from django.conf import settings

    path = settings.CONCORD_KEY_FILE
    return path if isinstance(path, Path) else Path(path)
