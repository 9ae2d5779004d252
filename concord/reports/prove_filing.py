"""prove_filing: signed proof that a text reached us on a day, for whoever asks for it with their code (I-ANYWAY-1).

Never made unasked: a paper that shows that somebody reported can be found by others.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import date, datetime
from typing import NamedTuple

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey

from concord.ledger.record import record
from concord.letterbox.session import Held
from concord.reports.models import Report
from concord.reports.own_copy import read_copy
from concord.vault import environment


class Proof(NamedTuple):
    """The text, the day it came, the text's SHA-256, and our signature over day and hash."""

    text: str
    on: date
    digest: str
    signature: str


def prove_filing(report: Report, *, held: Held, at: datetime) -> Proof | None:
    """Sign the hash of the text and its day; None when the box has no copy of it. The signature names nobody."""
    copy = read_copy(held)
    if copy is None:
        return None
    on, digest = report.received_at.date(), _digest(copy.told.text)
    signature = _key().sign(_statement(on, digest)).signature
    record("reports.prove_filing", actor=None, subject=report.id, at=at)
    return Proof(copy.told.text, on, digest, base64.b64encode(signature).decode())


def is_ours(text: str, *, on: date, signature: str) -> bool:
    """Whether we signed that exactly this text came on this day."""
    try:
        _key().verify_key.verify(_statement(on, _digest(text)), base64.b64decode(signature))
    except (BadSignatureError, binascii.Error, ValueError):
        return False
    return True


def _statement(on: date, digest: str) -> bytes:
    return f"concord proof of filing\n{on.isoformat()}\n{digest}".encode()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _key() -> SigningKey:
    return SigningKey(environment.subkey("proof of filing"))
