"""note_elsewhere: somebody who watches saw something outside our rooms and puts it with all the rest (R-MONITOR-1).

What is kept is what they bring: an address, their words, a picture. Nothing is fetched from there, by us or for us; no
account is opened and no person is followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.bring_files import receive_with_files
from concord.reports.models import Report
from concord.reports.told import Told
from concord.reports.uploads import Brought

CHANNEL = "elsewhere"


class OnlyWhoWatches(Refused):
    """What was seen elsewhere is put in by somebody who is designated to look."""

    words = _("Only people who watch can put in what they saw elsewhere.")


@transaction.atomic
def note_elsewhere(
    told: Told, brought: Sequence[Brought], *, nonce: bytes, by: StaffMember, at: datetime
) -> Report:
    """Seal it to those who receive reports, as it was brought; sent twice it is one.

    It comes into the same inbox, and is kept from whoever is named in it as any report is. Having seen it gives
    whoever brings it no key, and there is nobody behind a code. Raises OnlyWhoWatches.
    """
    if not (by.is_current(at) and by.may_monitor):
        raise OnlyWhoWatches(subject=by.person_id)
    sealed = replace(told, channel=CHANNEL, hear="nothing", contact="")
    report = receive_with_files(sealed, brought, nonce=nonce, at=at).report
    record("reports.note_elsewhere", actor=by.person_id, subject=report.id, at=at)
    return report
