"""give_back: end a decision and everything that holds a person under it, in one transaction (workflow.md 4.7).

Returns under it end with it: whoever was shut out again as the same person comes in as well. Posts come back only
when somebody who may open the decision's file says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from concord.access.limit import end_limit
from concord.access.models import (
    Limit,
    LimitQuerySet,
    Notice,
    NoticeQuerySet,
    Shut,
    ShutQuerySet,
    ShutToken,
)
from concord.access.shut import end_shut
from concord.access.tell import end_notice
from concord.actions.models import Ending, Told
from concord.actions.ring_unheld import is_over
from concord.actions.statements import ending_text
from concord.concurrence.kinds import kind_of
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import EASED, ON_A_PERSON, SHUTS
from concord.ledger.record import record
from concord.letters.models import Letter
from concord.spaces.models import Removal
from concord.spaces.restore_post import restore_post
from concord.vault.keyring import Keyring


@transaction.atomic
def end_decision(
    decision: Decision,
    *,
    how: Ending.How,
    by: UUID,
    ends_at: datetime,
    at: datetime,
    warrant: Warrant | None = None,
    review: UUID | None = None,
    keyring: Keyring | None = None,
    reason_sealed: bytes | None = None,
) -> Ending | None:
    """Write how it ends, then let it end. None when it was over by then: ended twice is ended once.

    The database refuses an ending without authority, and a decision that ends without one.
    """
    decision = Decision.objects.select_for_update().get(id=decision.id)
    if not _is_sooner(decision, ends_at):
        return None
    ending = Ending(
        id=uuid4(),
        decision=decision,
        how=how,
        warrant=warrant,
        review=review,
        by=by,
        reason_sealed=reason_sealed,
        ends_at=ends_at,
        made_at=at,
    )
    if keyring is not None and keyring.signing_public:
        ending.signature = keyring.sign(statement_of(ending))
    ending.save(force_insert=True)
    Decision.objects.filter(id=decision.id).update(ended_at=ends_at)
    holds = Q(ended_at__isnull=True) | Q(ended_at__gt=ends_at)
    for shut in shuts_under(decision).filter(holds):
        end_shut(shut, by=by, at=ends_at)
    for limit in limits_under(decision).filter(holds):
        end_limit(limit, by=by, at=ends_at)
    for notice in notices_under(decision).filter(holds):
        end_notice(notice, by=by, at=ends_at)
    if ends_at <= at:
        _let_go_of_letters(decision)
    record(f"actions.{how.value}", actor=by, subject=decision.id, at=at, ending=ending.id)
    return ending


def statement_of(ending: Ending) -> bytes:
    """What is signed: which decision, how, by whose review, and when it ends."""
    return ending_text(
        ending.decision_id,
        how=ending.how,
        review=ending.review,
        ends_at=ending.ends_at,
        only=ending.only,
    )


@transaction.atomic
def end_for_one(
    decision: Decision,
    *,
    step: Warrant,
    how: Ending.How,
    ends_at: datetime,
    review: UUID,
    keyring: Keyring,
    at: datetime,
) -> set[UUID]:
    """Whoever looked again lets one of several go; for the others the decision goes on. Returns who that is.

    All that the decision holds them to ends, with returns that were met by a mailbox of theirs, and a warning that is
    a letter and nothing else counts no longer. Empty when it was over for them by then.
    """
    Decision.objects.select_for_update().get(id=decision.id)
    holds = Q(ended_at__isnull=True) | Q(ended_at__gt=ends_at)
    theirs = Q(id=step.id) | Q(execution=decision.execution_id, target=step.target)
    steps = Warrant.objects.filter(theirs, kind__in=SHUTS | EASED).order_by("id")
    let_go: set[UUID] = set()
    for one in steps:
        standing: list[tuple[Callable[..., object], Any]] = [
            *((end_shut, shut) for shut in shuts_of_step(decision, one.id).filter(holds)),
            *((end_limit, limit) for limit in Limit.objects.filter(holds, warrant=one.id)),
            *((end_notice, notice) for notice in Notice.objects.filter(holds, warrant=one.id)),
        ]
        is_letter = kind_of(one.kind).by_letter and not is_over(one, decision, at=ends_at)
        if not (standing or is_letter):
            continue
        ending = Ending(
            id=uuid4(),
            decision=decision,
            how=how,
            review=review,
            only=one.id,
            by=keyring.holder,
            ends_at=ends_at,
            made_at=at,
        )
        if keyring.signing_public:
            ending.signature = keyring.sign(statement_of(ending))
        ending.save(force_insert=True)
        for end, made in standing:
            end(made, by=keyring.holder, at=ends_at)
            let_go.add(made.person_id)
        if is_letter:
            let_go.add(one.target)
        record(
            f"actions.{how.value}",
            actor=keyring.holder,
            subject=decision.id,
            at=at,
            ending=ending.id,
        )
    if ends_at <= at:
        _let_go_of_letters(decision, let_go)
    return let_go


def _let_go_of_letters(decision: Decision, persons: Iterable[UUID] | None = None) -> None:
    """What was to tell them of it, and has not gone out yet, is not true any more."""
    executions = Q(execution=decision.execution_id) | Q(execution__prior_decision=decision)
    told = Told.objects.filter(executions)
    if persons is not None:
        told = told.filter(person__in=persons)
    Letter.objects.filter(id__in=told.values("letter"), sent_at__isnull=True).update(
        sealed=None, waits_for=None
    )


def shuts_of_step(decision: Decision, step: UUID) -> ShutQuerySet:
    """What one step keeps out: its own person, and returns that were met by a mailbox of theirs."""
    tokens = ShutToken.objects.filter(shut__warrant=step).values("token")
    met = ShutToken.objects.filter(token__in=tokens).values("shut")
    return Shut.objects.filter(warrant=step) | shuts_under(decision).filter(id__in=met)


def shuts_under(decision: Decision) -> ShutQuerySet:
    """Every shut made under it, those of returns too."""
    return Shut.objects.filter(warrant__in=_warrants(decision, *SHUTS))


def limits_under(decision: Decision) -> LimitQuerySet:
    """Every limit on writing made under it; returns are under none."""
    return Limit.objects.filter(warrant__in=_warrants(decision, "mute", "limit"))


def notices_under(decision: Decision) -> NoticeQuerySet:
    """Everything that is said to somebody in a room under it."""
    return Notice.objects.filter(warrant__in=_warrants(decision, "warn", "ask"))


def removals_under(decision: Decision) -> list[Removal]:
    """The posts that are still gone under it, those of returns too."""
    removals = Removal.objects.filter(
        warrant__in=_warrants(decision, "delete"), undone_at__isnull=True
    )
    return list(removals.select_related("post__room").order_by("post__room_id", "post_id"))


def put_posts_back(decision: Decision, *, by: UUID, keyring: Keyring, at: datetime) -> int:
    """Each post where it was. Raises NoGrant for a key that does not open the decision's file."""
    removals = removals_under(decision)
    for removal in removals:
        restore_post(removal, keyring=keyring, by=by, at=at)
    return len(removals)


def persons_under(decision: Decision) -> set[UUID]:
    """Whom the decision itself is about: kept out, or held to less; not those of its returns."""
    theirs = decision.execution.warrants.filter(kind__in=ON_A_PERSON | SHUTS)
    return set(theirs.values_list("target", flat=True))


def held_beyond(decision: Decision, moment: datetime) -> dict[UUID, list[Warrant]]:
    """By person the steps that hold them at that moment, as the decision stands: an end at it is news to them."""
    goes_on = Q(until_at__isnull=True) | Q(until_at__gt=moment)
    let_go = decision.endings.filter(only__isnull=False, ends_at__lte=moment).values("only")
    steps = decision.execution.warrants.filter(goes_on, kind__in=ON_A_PERSON | SHUTS)
    held: dict[UUID, list[Warrant]] = {}
    for step in steps.exclude(id__in=let_go).order_by("id"):
        held.setdefault(step.target, []).append(step)
    return held


def keeps_out(decision: Decision) -> bool:
    """Whether somebody has no access under it, rather than less to do where they are."""
    return decision.execution.warrants.filter(kind__in=SHUTS).exists()


def _warrants(decision: Decision, *kinds: str) -> list[UUID]:
    theirs = Q(execution=decision.execution_id) | Q(execution__prior_decision=decision)
    return list(Warrant.objects.filter(theirs, kind__in=kinds).values_list("id", flat=True))


def _is_sooner(decision: Decision, ends_at: datetime) -> bool:
    ends = [end for end in (decision.until_at, decision.ended_at) if end is not None]
    return all(ends_at < end for end in ends)
