"""change_passphrase: one's own new passphrase for the same keys."""

from __future__ import annotations

from datetime import datetime

from concord.people.models import StaffMember
from concord.vault import keys


def change_passphrase(staff: StaffMember, *, current: str, new: str, at: datetime) -> StaffMember:
    """Seal one's keys under a new passphrase; the old one opens nothing any more.

    The current passphrase is asked for, so that an unlocked screen is not enough. Raises vault's
    WrongPassphrase, PassphraseTooWeak, TooManyAtOnce. The current one is tried before the transaction begins:
    who waits in that line must not keep others from writing.
    """
    keyring = keys.unlock(staff.person_id, current)
    keys.change_passphrase(keyring, new, at=at)
    return staff
