"""note_channel_test: a test report, sent the way everybody sends one, has arrived (P-SAFE-1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import ChannelTest
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused

ONCE = timedelta(minutes=10)


class OnlyWhoReceives(Refused):
    """Whoever reads reports knows whether one arrived."""

    words = _("Only somebody who receives reports can say that a test arrived.")


@transaction.atomic
def note_channel_test(*, by: StaffMember, at: datetime) -> ChannelTest:
    """Put down that a test report arrived just now. Said again within ten minutes, it is the same one.

    Raises OnlyWhoReceives.
    """
    if not (by.receives_reports and by.is_current(at)):
        raise OnlyWhoReceives(subject=by.person_id)
    same = ChannelTest.objects.filter(tested_by=by.person_id, tested_at__gt=at - ONCE).first()
    if same is not None:
        return same
    tested = ChannelTest.objects.create(tested_by=by.person_id, tested_at=at)
    record("convenings.note_channel_test", actor=by.person_id, subject=tested.id, at=at)
    return tested
