"""How a push service knows that it is us: a signed claim, by RFC 8292. Its key belongs to the installation.

Our messages are empty, so that there is nothing to seal for the browser (RFC 8291), and nothing to leak.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from concord.vault import environment

GOOD_FOR = timedelta(hours=12)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points P-256 has; a key is a number below it."""


def authorization(endpoint: str, *, at: datetime) -> str:
    """The header that says who we are, to the service of this endpoint and to no other."""
    to = urlsplit(endpoint)
    claims = {
        "aud": f"{to.scheme}://{to.netloc}",
        "exp": int((at + GOOD_FOR).timestamp()),
        "sub": f"mailto:{settings.CONCORD_POLICY_ADDRESS}",
    }
    said = f"{_coded({'typ': 'JWT', 'alg': 'ES256'})}.{_coded(claims)}"
    r, s = decode_dss_signature(_key(_seed()).sign(said.encode(), ec.ECDSA(SHA256())))
    signature = _plain(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={said}.{signature}, k={public_key()}"


def public_key() -> str:
    """The public half, as a browser wants it for a subscription."""
    point = _key(_seed()).public_key()
    return _plain(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _seed() -> bytes:
    """Twice as long as the key, so that no number below the order is likelier than another."""
    return environment.subkey("web push 1") + environment.subkey("web push 2")


@lru_cache(maxsize=2)
def _key(seed: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(seed, "big") % (ORDER - 1) + 1, ec.SECP256R1())


def _coded(what: dict[str, object]) -> str:
    return _plain(json.dumps(what, separators=(",", ":")).encode())


def _plain(blob: bytes) -> str:
    return urlsafe_b64encode(blob).rstrip(b"=").decode()
