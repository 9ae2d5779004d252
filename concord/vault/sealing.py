"""Four ways to seal, all libsodium's: under a key, to a public key, and how to open each.

`about` names the row and field that the sealed bytes belong to. It is authenticated, not kept, so bytes
moved to another row do not open. Every blob begins with one byte that says how it was made.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from concord.vault.errors import Tampered

VERSION = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 24
WRAPPED_KEY_BYTES = KEY_BYTES + 48


def seal_under(key: bytes, plaintext: bytes, *, about: str) -> bytes:
    """Seal under a 32-byte key: XChaCha20-Poly1305, a random nonce, `about` as associated data."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    associated = VERSION + about.encode()
    return (
        VERSION
        + nonce
        + crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, associated, nonce, key)
    )


def open_under(key: bytes, blob: bytes, *, about: str) -> bytes:
    """Open what `seal_under` made. Raises Tampered."""
    head, nonce, body = blob[:1], blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :]
    if head != VERSION or len(nonce) != NONCE_BYTES:
        raise Tampered
    try:
        return crypto_aead_xchacha20poly1305_ietf_decrypt(body, head + about.encode(), nonce, key)
    except (CryptoError, ValueError) as error:
        raise Tampered from error


def seal_to(public: bytes, plaintext: bytes, *, about: str) -> bytes:
    """Seal to an X25519 public key: a fresh key in a sealed box, the text under that key."""
    [sealed] = seal_each_to(public, {about: plaintext})
    return sealed


def seal_each_to(public: bytes, items: Mapping[str, bytes]) -> list[bytes]:
    """As `seal_to`, several that are sealed at one moment, each by what it is about: under one fresh key."""
    key = secrets.token_bytes(KEY_BYTES)
    wrapped = wrap_key(public, key)
    return [wrapped + seal_under(key, text, about=about) for about, text in items.items()]


def open_with(private: PrivateKey, blob: bytes, *, about: str) -> bytes:
    """Open what `seal_to` made, with the private half. Raises Tampered."""
    key = unwrap_key(private, blob[:WRAPPED_KEY_BYTES])
    return open_under(key, blob[WRAPPED_KEY_BYTES:], about=about)


def wrap_key(public: bytes, key: bytes) -> bytes:
    """A 32-byte key in an anonymous sealed box to a public key."""
    return SealedBox(PublicKey(public)).encrypt(key)


def unwrap_key(private: PrivateKey, wrapped: bytes) -> bytes:
    """The key that `wrap_key` sealed. Raises Tampered."""
    try:
        return SealedBox(private).decrypt(wrapped)
    except (CryptoError, ValueError, TypeError) as error:
        raise Tampered from error


def expand(secret: bytes, *, purpose: str, salt: bytes | None = None) -> bytes:
    """32 bytes for one purpose from a secret that is already unguessable: HKDF-SHA-256."""
    return HKDF(SHA256(), KEY_BYTES, salt=salt, info=purpose.encode()).derive(secret)
