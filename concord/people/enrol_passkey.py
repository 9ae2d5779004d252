"""enrol_passkey: a device of one's own as second factor, which opens one's locked desk as well where it can."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from concord.ledger.record import record
from concord.people.passkeys import device_of
from concord.vault import copies
from concord.vault.keyring import Keyring


@transaction.atomic
def enrol_passkey(
    passkey: Authenticator, *, keyring: Keyring, counter: int, answer: bytes | None, at: datetime
) -> Authenticator:
    """Note a passkey that was just made and checked, and keep a copy of the keys for it when its device answered.

    Raises what `copies.keep_copy` raises.
    """
    passkey.data = {**passkey.data, "sign_count": counter}
    passkey.save(update_fields=["data"])
    if answer is not None:
        copies.keep_copy(keyring, device=device_of(passkey), answer=answer, at=at)
    record("people.enrol_passkey", actor=keyring.holder, subject=keyring.holder, at=at)
    return passkey
