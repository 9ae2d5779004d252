"""vouch_for: say that a colleague's new keys are theirs, having compared fingerprints (I-STAFF-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.people.models import StaffMember
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


@transaction.atomic
def vouch_for(
    staff: StaffMember, *, by: StaffMember, keyring: Keyring, at: datetime
) -> StaffMember:
    """Let the waiting keys of a colleague count, by one's own signature.

    Whoever brought them in does not vouch for them: a colleague whose keys count is the work of two people, or
    one person could be the other one who agrees (R-CONCUR-1).
    Raises NotYoursToVouch, BroughtThemIn, NoLongerDesignated, and vault's NeedsAnotherPerson for one's own keys,
    NoKey when none are waiting or the voucher's own do not count yet.
    """
    if not (by.is_current(at) and (by.receives_reports or by.may_concur or by.is_lead)):
        raise NotYoursToVouch(subject=staff.person_id)
    if staff.designated_by == by.person_id:
        raise BroughtThemIn(subject=staff.person_id)
    if not staff.is_current(at):
        raise NoLongerDesignated(subject=staff.person_id)
    keys.countersign(staff.person_id, by=keyring, at=at)
    return staff
