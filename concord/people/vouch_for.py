"""vouch_for: say that a colleague's new keys are theirs, having compared fingerprints (I-STAFF-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.people.models import Login, StaffMember
from concord.refusals import Refused
from concord.vault import keys
from concord.vault.keys import Keyring


class NotYoursToVouch(Refused):
    """Whoever neither receives reports nor agrees to proposals vouches for nobody."""

    words = _("Only somebody who receives reports or may agree to proposals can confirm a key.")


class BroughtThemIn(Refused):
    """Whoever brings somebody in has seen their passphrase; alone, they could be both of two people."""

    words = _(
        "You brought this person in. Somebody else has to compare the fingerprint and confirm their keys."
    )


class NoLongerDesignated(Refused):
    """A key of somebody who has left opens nothing, whoever vouches."""

    words = _("This person is not part of the team any more.")
    status = 409


class NotTheirOwnYet(Refused):
    """Keys under a passphrase that was handed over open for whoever handed it over; others take their place."""

    words = _(
        "They have not taken a passphrase of their own yet. They sign in at the desk and take one; then they read "
        "out the fingerprint of the keys that go with it."
    )
    status = 409


@transaction.atomic
def vouch_for(
    staff: StaffMember, *, compared: str, by: StaffMember, keyring: Keyring, at: datetime
) -> StaffMember:
    """Let the waiting keys of a colleague count, whose fingerprint was `compared` with them, by one's own signature.

    Whoever brought them in does not vouch for them: a colleague whose keys count is the work of two people, or
    one person could be the other one who agrees (R-CONCUR-1).
    Raises NotYoursToVouch, BroughtThemIn, NoLongerDesignated, NotTheirOwnYet, and vault's NeedsAnotherPerson for
    one's own keys, NotTheKeysCompared, NoKey when none are waiting or the voucher's own do not count yet.
    """
    if not (by.is_current(at) and (by.receives_reports or by.may_concur or by.is_lead)):
        raise NotYoursToVouch(subject=staff.person_id)
    if staff.designated_by == by.person_id:
        raise BroughtThemIn(subject=staff.person_id)
    if not staff.is_current(at):
        raise NoLongerDesignated(subject=staff.person_id)
    check_is_their_own(staff)
    keys.countersign(staff.person_id, by=keyring, compared=compared, at=at)
    return staff


def check_is_their_own(staff: StaffMember) -> None:
    """Nobody vouches for keys under a passphrase that others know. Raises NotTheirOwnYet."""
    logins = Login.objects.at_the_desk().select_for_update().filter(person=staff.person_id)
    if any(login.others_know_passphrase for login in logins):
        raise NotTheirOwnYet(subject=staff.person_id)
