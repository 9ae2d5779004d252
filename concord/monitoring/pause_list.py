"""pause_list: a list is out of use, by somebody or because it floods."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.ledger.record import record
from concord.monitoring.bring_list import check_keeps_lists
from concord.monitoring.models import Sighting, TermList
from concord.monitoring.put_live import FLOOD, TOO_FEW
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import StaffMember
from concord.spaces.models import Post

NEWEST = 200


@transaction.atomic
def pause_list(kept: TermList, *, by: StaffMember | None, at: datetime) -> TermList:
    """Take it out of use; without `by`, because it floods. Twice is once. Raises OnlyTheTeamKeepsLists."""
    if by is not None:
        check_keeps_lists(by, at=at)
    kept = TermList.objects.select_for_update().get(id=kept.id)
    if kept.state != TermList.State.PAUSED:
        kept.state, kept.paused_at, kept.flooded = TermList.State.PAUSED, at, by is None
        kept.save()
        record(
            "monitoring.pause_list",
            actor=by.person_id if by else None,
            subject=kept.id,
            at=at,
        )
    return kept


@every("monitoring.brake_floods", seconds=30)
def brake_floods(job: Job | None, *, at: datetime) -> int:
    """Pause each live list that flags more than one in twenty of the newest messages. Returns how many there were."""
    paused = 0
    for kept in TermList.objects.filter(state=TermList.State.LIVE).select_related("convening"):
        posts = Post.objects.kept().filter(room__convening=kept.convening)
        newest = list(posts.order_by("-posted_at").values_list("id", flat=True)[:NEWEST])
        rules = Sighting.objects.filter(post__in=newest).values_list("rules", flat=True)
        hits = sum(kept.rule in one for one in rules)
        if len(newest) >= TOO_FEW and hits > FLOOD * len(newest):
            pause_list(kept, by=None, at=at)
            paused += 1
    return paused
