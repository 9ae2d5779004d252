"""enrol: give somebody of the team a way to sign in, and with it the keys that open and sign (I-STAFF-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord import names
from concord.ledger.record import record
from concord.people.models import Login, StaffMember
from concord.refusals import Refused
from concord.vault import keys
from concord.vault.keys import Keyring, RecoverySecret


class HandleTaken(Refused):
    """Handles tell people apart at sign-in."""

    words = _("This sign-in name is taken. Choose another one.")
    status = 409


class AlreadyEnrolled(Refused):
    """One desk login a person: a second would be a way round the first one's second factor."""

    words = _("This person already has a way to sign in at the desk.")
    status = 409


@transaction.atomic
def enrol(
    staff: StaffMember,
    *,
    handle: str,
    passphrase: str,
    countersigner: Keyring | RecoverySecret | None,
    at: datetime,
) -> Login:
    """Make the desk login of a staff member, and their keys under the passphrase.

    The keys count once another designated person has countersigned them. Raises HandleTaken, AlreadyEnrolled,
    what `vault.keys.enrol` raises, and ValueError for an empty handle.
    """
    handle = read_handle(handle)
    if Login.objects.at_the_desk().filter(person=staff.person_id).exists():
        raise AlreadyEnrolled(subject=staff.person_id)
    if Login.objects.filter(handle=handle).exists():
        raise HandleTaken(subject=staff.person_id)
    login = Login.objects.create(person_id=staff.person_id, handle=handle, verified=True)
    keys.enrol(staff.person_id, passphrase, at=at, countersigner=countersigner)
    record("people.enrol", actor=None, subject=staff.person_id, at=at)
    return login


def read_handle(typed: str) -> str:
    """The one form of a sign-in name that was typed. Raises ValueError when nothing is left of it."""
    return names.clean_display_name(typed).casefold()
