"""How the decisions of a case stand, as `cases` asks before it closes or erases one; and what is erased with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.dispatch import receiver

from concord.cases.clocks import Standing, lends_standing
from concord.cases.models import Case, State
from concord.cases.signals import purging
from concord.concurrence.models import (
    Asked,
    Decision,
    Decline,
    Execution,
    Proposal,
    SetAside,
    Version,
    Warrant,
)
from concord.concurrence.models import State as ProposalState
from concord.letters.models import Letter
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.vault import files


@lends_standing
def standing(case: Case) -> Standing:
    """Whether anything was decided, when the last of it ends or ended, and whether a proposal is open."""
    ends = [decision.ends_at for decision in Decision.objects.filter(case=case)]
    known = [end for end in ends if end is not None]
    return Standing(
        decided=bool(ends),
        ends_at=max(known) if known and len(known) == len(ends) else None,
        is_open=is_open(case),
        awaits_press=Proposal.objects.filter(case=case, state=ProposalState.CONCURRED).exists(),
        notices_wait=Letter.objects.filter(
            waits_for__in=Execution.objects.filter(decision__case=case).values("id")
        ).exists(),
        kinds=frozenset(_steps(case).values_list("kind", flat=True)),
        ids=_ids(case),
    )


_elsewhere: list[Callable[[Execution], bool]] = []


def happens_elsewhere(is_open: Callable[[Execution], bool]) -> Callable[[Execution], bool]:
    """Let the room that carries steps to platforms outside say whether one is still open there."""
    _elsewhere[:] = [is_open]
    return is_open


def is_partly_done(execution: Execution) -> bool:
    """Whether it holds here, and something of it still has to happen on a platform outside (PARTLY_EXECUTED)."""
    return any(is_open(execution) for is_open in _elsewhere)


def is_open(case: Case) -> bool:
    """Whether a proposal waits, or a step was carried out and not seen to hold yet, here or elsewhere.

    What was set aside with a reason waits for nobody.
    """
    out = SetAside.objects.filter(commitment=OuterRef("commitment"))
    return (
        Proposal.objects.filter(case=case).open().exists()
        or _steps(case).filter(~Exists(out), verified_at__isnull=True).exists()
        or any(map(is_partly_done, Execution.objects.filter(decision__case=case)))
    )


def _steps(case: Case) -> QuerySet[Warrant]:
    return Warrant.objects.filter(execution__decision__case=case)


def _ids(case: Case) -> frozenset[UUID]:
    versions = Version.objects.filter(proposal__case=case).values_list("proposal", "id")
    decisions = Decision.objects.filter(case=case).values_list("id", flat=True)
    return frozenset({*(id for pair in versions for id in pair), *decisions})


@receiver(purging, dispatch_uid="concurrence.forget_texts")
def forget_texts(sender: Any, case: Case, at: datetime, **kwargs: Any) -> None:
    """Erase what was proposed and why people declined. Who signed which digest stays, and so does every decision.

    The copies of removed posts lie under the decision's own key: it goes with the case, or, where the decision
    is still in force, once that is over (`forget_keys`).
    """
    versions = Version.objects.filter(proposal__case=case)
    for briefing in set(versions.values_list("briefing", flat=True)):
        files.destroy(briefing, by=None, at=at)
    Decline.objects.filter(version__in=versions).update(sealed=b"")
    SetAside.objects.filter(version__in=versions).update(sealed=b"")
    Asked.objects.filter(version__in=versions).delete()
    versions.update(sealed=b"", places=None)
    _forget_keys(case, at=at)


@every("concurrence.forget_keys", seconds=3600)
def forget_keys(job: Job | None, *, at: datetime) -> None:
    """Destroy the keys of decisions that outlived their case, and are over by now."""
    for case in Case.objects.filter(state=State.PURGED, decisions__isnull=False).distinct():
        _forget_keys(case, at=at)


def _forget_keys(case: Case, *, at: datetime) -> None:
    over = Decision.objects.filter(case=case).exclude(
        id__in=Decision.objects.in_force(at).values("id")
    )
    for file in files.still_there(over.values_list("file", flat=True)):
        files.destroy(file, by=None, at=at)
