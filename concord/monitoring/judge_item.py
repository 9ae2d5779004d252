"""judge_item: one answer to everything that several people flagged on one post (R-FLAG-1, R-BOTH-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from concord.monitoring.items import AT_ONCE, beside
from concord.monitoring.judge_credible import judge_credible
from concord.monitoring.models import Flag
from concord.people.models import StaffMember
from concord.vault import files
from concord.vault.keyring import Keyring


@transaction.atomic
def judge_item(
    flag: Flag,
    *,
    others: Iterable[UUID],
    credible: bool,
    reason: str,
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
) -> list[Flag]:
    """Answer a flag, and with the same words those of `others` that stand beside it: what was shown, and no more.

    A flag that came while somebody was reading is not answered with it. What is no flag on the same post, was answered
    meanwhile, or may not be opened by this person is passed over. Raises what judge_credible raises.
    """
    shown = set(list(others)[:AT_ONCE])
    wanted = list(beside(flag, seen_by=by).filter(id__in=shown))
    answer = partial(
        judge_credible, credible=credible, reason=reason, by=by, keyring=keyring, at=at
    )
    judged = [answer(flag)]
    for one in wanted:
        held = Flag.objects.select_for_update().get(id=one.id)
        if held.credible is None and files.may_open(held.file, by.person_id):
            judged.append(answer(held))
    return judged
