"""judge_item: one answer to all that several people flagged on one post, or that screening saw of one person
(R-FLAG-1, R-BOTH-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.monitoring.items import AT_ONCE, beside
from concord.monitoring.judge_credible import judge_credible
from concord.monitoring.models import Flag
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring


class MoreHasCome(Refused):
    """Screening put another message of the same person into the item while somebody was reading it."""

    words = _(
        "Another message of this person has come in since you opened this. Please read it as well; "
        "nothing has been decided yet, and what you wrote is still here."
    )
    status = 409


@transaction.atomic
def judge_item(
    flag: Flag,
    *,
    others: Iterable[UUID],
    shown: int,
    credible: bool,
    reason: str,
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
) -> list[Flag]:
    """Answer a flag, and with the same words those of `others` that stand beside it: what was shown, and no more.

    A flag that came while somebody was reading is not answered with it. What is no flag on the same post, was answered
    meanwhile, or may not be opened by this person is passed over. An item of screening is answered as a whole, and
    only by whoever was shown as many messages (`shown`) as it holds. Raises `MoreHasCome`, what judge_credible raises.
    """
    flag = Flag.objects.select_for_update().get(id=flag.id)
    if flag.by_machine and flag.credible is None and flag.count > shown:
        raise MoreHasCome(subject=flag.id)
    wanted = list(beside(flag, seen_by=by).filter(id__in=list(others)[:AT_ONCE]))
    answer = partial(
        judge_credible, credible=credible, reason=reason, by=by, keyring=keyring, at=at
    )
    judged = [answer(flag)]
    for one in wanted:
        held = Flag.objects.select_for_update().get(id=one.id)
        if held.credible is None and files.may_open(held.file, by.person_id):
            judged.append(answer(held))
    return judged
