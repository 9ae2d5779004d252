"""ask_wider: put a proposal before those whose turn it is, and before more people while nobody answers (R-CONCUR-1).

The clock looks every few seconds. What was asked is a row, written with its notice in one transaction: a crash in
between asks nobody twice, and leaves nobody out.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from concord.concurrence.guards import is_on_the_team
from concord.concurrence.models import Asked, Proposal, State, Version
from concord.concurrence.rings import Turn, is_live, may_be_asked, turns
from concord.concurrence.signals import asked_wider, proposed
from concord.ledger.record import record
from concord.monitoring.ring import ring
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import StaffMember

log = logging.getLogger("concord.concurrence")


@transaction.atomic
def ask_wider(version: Version, *, at: datetime) -> list[Asked]:
    """Ask everybody whose turn has come and who was not asked yet; return their rows.

    Somebody who is recused, kept out or without the text is never asked. What is closed, agreed to or lapsed asks
    nobody, and nor does a text whose proposer has left. Called twice, it asks nobody twice.
    """
    proposal = Proposal.objects.held(version.proposal_id)
    version = proposal.version
    if proposal.state != State.PROPOSED or version.voided_at or at >= version.lapses_at:
        return []
    if not is_on_the_team(version.proposer, at=at):
        return []
    due = _due(version, at=at)
    rows = [
        Asked(version=version, person=turn.staff.person_id, ring=turn.ring, asked_at=at)
        for turn in due
    ]
    if rows:
        Asked.objects.bulk_create(rows)
        ring([row.person for row in rows], at=at, at_once=is_live(version))
        record(
            "concurrence.ask_wider",
            actor=None,
            subject=proposal.id,
            at=at,
            ring=max(row.ring for row in rows),
            people=len(rows),
        )
        asked_wider.send(sender=Version, version=version, at=at)
    return rows


@every("concurrence.ask_wider", seconds=5)
def ask_wider_in_all(job: Job | None, *, at: datetime) -> None:
    """Look at every open proposal; one that fails holds up no other."""
    open_now = Version.objects.filter(
        proposal__in=Proposal.objects.awaiting_concurrence(),
        proposer__in=StaffMember.objects.who_may_concur(at).values("person"),
        voided_at__isnull=True,
        lapses_at__gt=at,
    )
    for version in open_now.select_related("proposal__case"):
        try:
            if _due(version, at=at):
                ask_wider(version, at=at)
        except Exception:  # the others must not wait for this one
            log.exception("asking failed", extra={"kind": "concurrence.ask_wider"})


@receiver(proposed, dispatch_uid="concurrence.ask_the_first")
def ask_the_first(sender: Any, version: Version, at: datetime, **kwargs: Any) -> None:
    """In the transaction that proposes: no proposal without somebody asked, where there is anybody."""
    ask_wider(version, at=at)


def _due(version: Version, *, at: datetime) -> list[Turn]:
    said = set(version.declines.values_list("person", flat=True))
    among = may_be_asked(version, at=at)
    return [
        turn
        for turn in turns(version, among=among, said=said, at=at)
        if turn.asked_at is None and turn.asks_at <= at
    ]
