"""type_share: one of two share-holders adds theirs, in a session of their own."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.people.begin_recovery import NotYoursToRecover
from concord.people.models import StaffMember
from concord.vault import ceremony
from concord.vault.ceremony import Ceremony


@transaction.atomic
def type_share(under_way: Ceremony, *, share: str, by: StaffMember, at: datetime) -> Ceremony:
    """Add it. Nobody is shown what another typed. Raises NotYoursToRecover and what the vault raises."""
    if not by.is_current(at):
        raise NotYoursToRecover(subject=under_way.holder)
    ceremony.type_share(under_way, share, by=by.person_id, at=at)
    return under_way
