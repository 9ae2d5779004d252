"""claim_flag: somebody says that they are looking at a flag, so that two do not do one thing (R-MONITOR-1).

It shows for five minutes and stops nobody: whoever thinks that it cannot wait opens and answers the flag as before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.judge_credible import AlreadyJudged
from concord.monitoring.models import Claim, Flag
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files

LASTS = timedelta(minutes=5)


class NotBeforeYou(Refused):
    """A flag is claimed by somebody who may read it now."""

    words = _("Only a member of staff who may read a flag can say that they are looking at it.")


@transaction.atomic
def claim_flag(flag: Flag, *, by: StaffMember, at: datetime) -> Claim:
    """Say for five minutes that one is looking; again, and it lasts five minutes from then.

    The others' desks show it. Raises NotBeforeYou, AlreadyJudged.
    """
    flag = Flag.objects.select_for_update().get(id=flag.id)
    if not (by.is_current(at) and files.may_open(flag.file, by.person_id)):
        raise NotBeforeYou(subject=flag.id)
    if flag.credible is not None:
        raise AlreadyJudged(subject=flag.id)
    claim, _is_new = Claim.objects.update_or_create(
        flag=flag, by=by.person_id, defaults={"ends_at": at + LASTS}
    )
    record("monitoring.claim", actor=by.person_id, subject=flag.id, at=at)
    tell_desks(files.readers(flag.file), "claim", flag.id)
    return claim


@transaction.atomic
def leave_flag(flag: Flag, *, by: StaffMember, at: datetime) -> None:
    """Say that one is not looking any more. Nothing to say changes nothing."""
    gone, _kinds = Claim.objects.filter(flag=flag, by=by.person_id).delete()
    if gone:
        record("monitoring.leave", actor=by.person_id, subject=flag.id, at=at)
        tell_desks(files.readers(flag.file), "claim", flag.id)


def claimants(flags: Iterable[Flag], *, at: datetime) -> dict[UUID, list[tuple[UUID, str]]]:
    """Who says that they are looking at each of these flags now: person and working name, first come first."""
    found: dict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
    claims = Claim.objects.filter(flag__in=list(flags), ends_at__gt=at).order_by("ends_at")
    rows = list(claims.values_list("flag", "by"))
    staff = StaffMember.objects.filter(person__in={by for _flag, by in rows})
    names = dict(staff.values_list("person_id", "working_name"))
    for flag, by in rows:
        found[flag].append((by, names.get(by, "")))
    return found
