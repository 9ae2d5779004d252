"""Of proposals, what waits while people are together: a second yes that nobody is on, and a press (R-CONCUR-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from concord.cases.seats import seats_who_see
from concord.concurrence.guards import is_on_the_team
from concord.concurrence.models import Concurrence, Proposal, State, Version
from concord.concurrence.rings import is_live, may_be_asked
from concord.monitoring.call_again import Waits, waits_live

READS_FOR = timedelta(minutes=10)
"""So long "I'm on it" holds the calls: what is read for longer may have been laid aside."""


@waits_live
def second_yes(at: datetime) -> Iterable[Waits]:
    """Those who were asked, may still agree, and have not said no."""
    open_now = Version.objects.filter(
        proposal__in=Proposal.objects.awaiting_concurrence(), voided_at__isnull=True
    )
    for version in open_now.filter(lapses_at__gt=at).select_related("proposal__case"):
        if not is_live(version) or not is_on_the_team(version.proposer, at=at):
            continue
        asked = {row.person: row for row in version.asked.all()}
        on_it = [row.on_it_at for row in asked.values() if row.on_it_at is not None]
        if not asked or any(moment + READS_FOR > at for moment in on_it):
            continue
        out = {version.proposer, *version.declines.values_list("person", flat=True)}
        able = {staff.person_id for staff in may_be_asked(version, at=at)} & asked.keys()
        since = max(row.asked_at for row in asked.values())
        yield Waits(version.id, since, frozenset(able - out))


@waits_live
def press(at: datetime) -> Iterable[Waits]:
    """Two agreed, and whoever answers for the case was called to carry it out."""
    agreed = Concurrence.objects.filter(
        voided_at__isnull=True,
        rung_at__isnull=False,
        version__proposal__state=State.CONCURRED,
        version__lapses_at__gt=at,
    )
    for one in agreed.select_related("version__proposal__case"):
        if one.rung_at is not None and is_live(one.version):
            persons = seats_who_see(one.version.proposal.case)
            yield Waits(one.version.proposal_id, one.rung_at, frozenset(persons))
