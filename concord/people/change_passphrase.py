"""change_passphrase: one's own new passphrase; in place of one that was handed over, with keys of one's own."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.people.declare_tie import seal_names_again
from concord.people.keep_draft import seal_drafts_again
from concord.people.models import Login, StaffMember
from concord.refusals import Refused
from concord.vault import keys
from concord.vault.keyring import Keyring
from concord.vault.passphrases import normalised


class SamePassphrase(Refused):
    """Another passphrase is one that nobody has seen before."""

    words = _("This is the passphrase you have now. Please take another one.")
    status = 409


def change_passphrase(staff: StaffMember, *, current: str, new: str, at: datetime) -> Keyring:
    """Seal one's keys under a new passphrase; the old one opens nothing any more. Returns the keys that are now theirs.

    They are fresh ones where others knew the old passphrase and nobody has vouched yet: whoever kept it, and a copy of
    the database of that day, could else open the same keys for ever. Keys that count already stay.

    The current passphrase is asked for, so that an unlocked screen is not enough. It is tried before the transaction
    begins: who waits in that line must not keep others from writing.
    Raises SamePassphrase, and vault's WrongPassphrase, PassphraseTooWeak, TooManyAtOnce.
    """
    keyring = keys.unlock(staff.person_id, current)
    if normalised(new) == normalised(current):
        raise SamePassphrase(subject=staff.person_id)
    with transaction.atomic():
        login = Login.objects.at_the_desk().select_for_update().get(person=staff.person_id)
        if login.others_know_passphrase and keys.waiting(staff.person_id) is not None:
            former, keyring = keyring, keys.begin_anew(keyring, new, at=at)
            seal_names_again(staff, by=former)
            seal_drafts_again(staff.person_id, by=former)
        else:
            keys.change_passphrase(keyring, new, at=at)
        login.others_know_passphrase = False
        login.save(update_fields=["others_know_passphrase"])
    return keyring
