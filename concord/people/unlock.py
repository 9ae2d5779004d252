"""unlock: the second factor has passed; the desk is open for a shift, and not a minute longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest

from concord.people.known_browser import know_again
from concord.people.models import OpenDesk
from concord.people.shift_ends import shift_ends
from concord.vault import copies, session
from concord.vault.keyring import Keyring


def unlock(request: HttpRequest, *, at: datetime) -> Keyring | None:
    """Open the pending keyring until the shift ends; None when it has run out.

    A passkey whose device answered beside its assertion opens the locked desk from now on: the copy it opens is made
    here, where it is missing.
    """
    holder = session.holder_in(request.session)
    if holder is None:
        return None
    idle = timedelta(minutes=settings.CONCORD_LOCK_MINUTES)
    keyring = session.confirm(request, at=at, ends_at=shift_ends(holder, at=at), idle=idle)
    device, answer = getattr(request, "device_answer", (None, None))
    if keyring is not None:
        note_open_desk(request, keyring)
        know_again(request, holder)
    if keyring is None or device is None or answer is None:
        return keyring
    if device not in copies.devices_of(holder):
        copies.keep_copy(keyring, device=device, answer=answer, at=at)
    return keyring


def unlock_again(request: HttpRequest, keyring: Keyring, *, at: datetime) -> None:
    """Open a locked desk again, until the end that it had. Raises ValueError for one that is not, or not theirs."""
    session.reopen(request, keyring, at=at)
    note_open_desk(request, keyring)


def note_open_desk(request: HttpRequest, keyring: Keyring) -> None:
    """Let the desk be found when its time is over."""
    key = request.session.session_key
    if key is not None:
        OpenDesk.objects.update_or_create(session_key=key, defaults={"person_id": keyring.holder})
