"""Keyrings: the private halves of one holder, in memory only, while a request needs them."""

from __future__ import annotations

import secrets
from typing import NoReturn
from uuid import UUID

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from concord.vault import sealing
from concord.vault.signing import key_id

SECRET_BYTES = 64


class Keyring:
    """What one holder can open and sign. It has no text form and cannot be pickled, logged or cached."""

    __slots__ = ("_reading", "_signing", "holder", "key_id")

    def __init__(self, holder: UUID, reading: PrivateKey, signing: SigningKey | None) -> None:
        self.holder = holder
        self.key_id = key_id(bytes(reading.public_key))
        self._reading = reading
        self._signing = signing

    @classmethod
    def new(cls, holder: UUID) -> Keyring:
        """Fresh keys for a person."""
        return cls.from_secret(holder, secrets.token_bytes(SECRET_BYTES))

    @classmethod
    def from_secret(cls, holder: UUID, secret: bytes) -> Keyring:
        """The keyring whose 64 secret bytes these are: reading half, then signing seed."""
        return cls(holder, PrivateKey(secret[:32]), SigningKey(secret[32:]))

    @classmethod
    def reading_only(cls, holder: UUID, private: PrivateKey) -> Keyring:
        """A reader who never signs: the holder of a standing letterbox."""
        return cls(holder, private, None)

    @property
    def reading_public(self) -> bytes:
        return bytes(self._reading.public_key)

    @property
    def signing_public(self) -> bytes:
        """The public half others verify with; empty for a reader who never signs."""
        return bytes(self._signing.verify_key) if self._signing else b""

    def sign(self, message: bytes) -> bytes:
        """An Ed25519 signature of 64 bytes. Raises TypeError for a reader who never signs."""
        if self._signing is None:
            raise TypeError("This holder reads and does not sign.")
        return self._signing.sign(message).signature

    def open_sealed(self, blob: bytes, *, about: str) -> bytes:
        """Open what was sealed to this holder with `keys.seal_for`. Raises Tampered."""
        return sealing.open_with(self._reading, blob, about=about)

    def secret(self) -> bytes:
        """The 64 secret bytes, for sealing and nothing else."""
        return bytes(self._reading) + (bytes(self._signing) if self._signing else b"")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.holder}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A keyring never leaves memory unsealed.")


class RecoverySecret(Keyring):
    """The organisation's recovery key, put together from shares; it opens and signs like a holder."""

    __slots__ = ("_entropy",)

    def __init__(self, entropy: bytes) -> None:
        reading = PrivateKey(sealing.expand(entropy, purpose="concord recovery reading"))
        signing = SigningKey(sealing.expand(entropy, purpose="concord recovery signing"))
        super().__init__(key_id(bytes(reading.public_key)), reading, signing)
        self._entropy = entropy

    def entropy(self) -> bytes:
        """What the shares are cut from."""
        return self._entropy
