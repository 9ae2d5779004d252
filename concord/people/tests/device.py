"""A device that makes passkeys, in a few lines: what a phone does, so that every wrong thing can be tried as well."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from html import unescape
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.http import HttpResponseBase
from django.test import Client
from fido2 import cbor
from fido2.cose import ES256

from concord.people.tests.team import PASSPHRASE, desk_client

HOST = "desk.localhost"
ORIGIN = f"http://{HOST}"
PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


class Device:
    """One passkey. It counts its uses unless told not to, and answers questions as the PRF extension does."""

    def __init__(self, *, credential_id: bytes | None = None, counts: bool = True) -> None:
        self.id = credential_id or secrets.token_bytes(32)
        self.counter = 1 if counts else 0
        self.counts = counts
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = secrets.token_bytes(32)

    @staticmethod
    def text(raw: bytes) -> str:
        return urlsafe_b64encode(raw).rstrip(b"=").decode()

    @staticmethod
    def raw(text: str) -> bytes:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))

    def answer_to(self, question: bytes) -> bytes:
        return hmac.digest(self._secret, b"WebAuthn PRF\x00" + question, "sha256")

    def made(self, asked: dict[str, Any], *, answers: bool = True) -> dict[str, str]:
        """What the browser sends when it was asked to make one."""
        public = dict(ES256.from_cryptography_key(self._key.public_key()))
        key = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor.encode(public)
        data = self._data(PRESENT | VERIFIED | HAS_KEY) + key
        attested = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client(asked, "webauthn.create", ORIGIN)
        return self._sent(asked, {"clientDataJSON": client, "attestationObject": attested}, answers)

    def shown(
        self,
        asked: dict[str, Any],
        *,
        answers: bool = True,
        verified: bool = True,
        origin: str = ORIGIN,
        signature: bytes | None = None,
    ) -> dict[str, str]:
        """What the browser sends when it was asked to show it."""
        self.counter += self.counts
        data = self._data(PRESENT | (VERIFIED if verified else 0))
        client = self._client(asked, "webauthn.get", origin)
        signed = data + hashlib.sha256(client).digest()
        signature = signature or self._key.sign(signed, ec.ECDSA(SHA256()))
        said = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._sent(asked, said, answers)

    def _data(self, flags: int) -> bytes:
        host = hashlib.sha256(HOST.encode()).digest()
        return host + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client(self, asked: dict[str, Any], kind: str, origin: str) -> bytes:
        said = {"type": kind, "challenge": asked["challenge"], "origin": origin}
        return json.dumps(said).encode()

    def _sent(self, asked: dict[str, Any], said: dict[str, bytes], answers: bool) -> dict[str, str]:
        question = self.raw(asked["extensions"]["prf"]["eval"]["first"])
        answer = self.text(self.answer_to(question))
        results = {"prf": {"enabled": True, "results": {"first": answer}}} if answers else {}
        credential = {
            "id": self.text(self.id),
            "rawId": self.text(self.id),
            "type": "public-key",
            "response": {name: self.text(raw) for name, raw in said.items()},
            "clientExtensionResults": results,
        }
        return {"credential": json.dumps(credential), "answer": answer if answers else ""}


def asked_on(page: HttpResponseBase) -> dict[str, Any]:
    """What a page asks the device."""
    found = re.search(r'data-asked="([^"]+)"', getattr(page, "content", b"").decode())
    assert found, getattr(page, "content", b"").decode()
    asked: dict[str, Any] = json.loads(unescape(found[1]))
    return asked


def make_passkey(client: Client, *, answers: bool = True, **device: Any) -> Device:
    """A passkey for whoever is signed in here, made on the page for it."""
    made = Device(**device)
    asked = asked_on(client.get("/second/passkey"))
    client.post("/second/passkey", {"name": "phone", **made.made(asked, answers=answers)})
    return made


def sign_in_with(
    device: Device, handle: str, *, passphrase: str = PASSPHRASE, **shown: Any
) -> Client:
    """A browser of this staff member, signed in by passphrase and passkey."""
    client = desk_client()
    client.post("/in", {"login": handle, "password": passphrase})
    asked = asked_on(client.get("/in/second"))
    client.post("/in/second", device.shown(asked, **shown))
    return client
