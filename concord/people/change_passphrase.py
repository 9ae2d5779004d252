"""change_passphrase: one's own new passphrase for the same keys."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.people.models import Login, StaffMember
from concord.refusals import Refused
from concord.vault import keys
from concord.vault.passphrases import normalised


class SamePassphrase(Refused):
    """Another passphrase is one that nobody has seen before."""

    words = _("This is the passphrase you have now. Please take another one.")
    status = 409


def change_passphrase(staff: StaffMember, *, current: str, new: str, at: datetime) -> StaffMember:
    """Seal one's keys under a new passphrase; the old one opens nothing any more.

    The current passphrase is asked for, so that an unlocked screen is not enough. It is tried
    before the transaction begins: who waits in that line must not keep others from writing.
    Raises SamePassphrase, and vault's WrongPassphrase, PassphraseTooWeak, TooManyAtOnce.
    """
    keyring = keys.unlock(staff.person_id, current)
    if normalised(new) == normalised(current):
        raise SamePassphrase(subject=staff.person_id)
    with transaction.atomic():
        keys.change_passphrase(keyring, new, at=at)
        logins = Login.objects.at_the_desk().filter(person=staff.person_id)
        logins.update(others_know_passphrase=False)
    return staff
