"""ask_review: somebody asks us to look at a decision again, or says that they are somebody else (workflow.md 4.8)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.access.gate import standing_behind
from concord.actions.assign_review import assign
from concord.actions.looked_at import made_at, without_a_part
from concord.actions.models import ReviewRequest
from concord.actions.review_reference import executions_named_by
from concord.actions.uninvolved import uninvolved
from concord.cases.models import Source
from concord.cases.seal_outside import ENOUGH
from concord.concurrence.models import Decision, Execution, Warrant
from concord.concurrence.terms import LASTING
from concord.convenings.models import Convening, Session, State
from concord.ledger.codes import random_code
from concord.ledger.record import record
from concord.letterbox.issue import issue
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import on_call_of, outside_readers
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.asked_again import note_asked_again
from concord.reports.models import Report
from concord.reports.receive_report import alike_token
from concord.reports.same_words import LATELY, is_one_of_many
from concord.vault import files
from concord.vault.keyholders import keyholders

ANSWER_LIVE = timedelta(hours=24)
ANSWER_OTHERWISE = timedelta(days=14)
LONGEST = 10_000
RUNG_EVERY = timedelta(minutes=10)
"""How often those on call are rung for what anybody may send: another one stands in the same place of their inbox."""
KINDS = ("review", "not_me", "reporter")


class SayALittle(Refused):
    """A request needs a few words."""

    words = _("Please tell us in a few words. Nothing you wrote is lost.")
    status = 409


@transaction.atomic
def ask_review(
    *,
    kind: str,
    words: str,
    contact: str,
    shut: UUID | None,
    nonce: bytes,
    at: datetime,
    number: str = "",
    report: UUID | None = None,
    suspect: bool = False,
) -> tuple[str, ReviewRequest]:
    """File a request, sealed to staff who had no part in the decision, and return the code to come back with.

    Which decision it is about is told by `shut`, a shut or a limit from the gate's own page, by the `number` of a
    notice, or by the `report` whose box is open; then it is assigned at once. Where nothing was decided about that
    report, it is about its being left so. When nothing tells, all who receive reports read it, and those on call are
    rung, once in `RUNG_EVERY`. No account is needed. What comes in the same words again and again, or about the same
    shut or report, or is `suspect`, is folded beneath the others and rings nobody; nothing is refused.
    With fewer than two of them the outside contact holds its key, and looks at it when nobody else is left.
    The action stands meanwhile. Filed late, it still reaches a person and is answered. The same form sent twice shows
    the same code. Raises `SayALittle` for an empty or endless text.
    """
    if not words.strip() or len(words) > LONGEST or kind not in KINDS:
        raise SayALittle()
    code, box = issue(nonce, purpose="review", at=at)
    before = ReviewRequest.objects.filter(box=box.id).first()
    if before is not None:
        return code, before
    request_id = uuid4()
    decisions = _decisions(shut, number, report)
    theirs = Report.objects.filter(id=report).first() if report is not None else None
    readers = _readers(decisions, theirs, at=at)
    settled_at = made_at(decisions, theirs)
    contents = json.dumps({"words": words.strip(), "contact": contact.strip()})
    named = bool(decisions) or theirs is not None
    shut = shut if shut and standing_behind(shut) else None
    # With the way to reach them: whoever floods with words that others may use folds nobody who left one.
    text_token = alike_token(f"{words}\n{contact}", readers, of="review text")
    folded = suspect or _is_one_of_many(text_token, shut=shut, report=theirs, at=at)
    to_ring = set() if folded else _to_ring(readers, named=named, at=at)
    file = files.open_file(readers=_holders(readers, named=named, at=at), at=at)
    made = ReviewRequest.objects.create(
        id=request_id,
        code=random_code(),
        kind=kind,
        shut=shut,
        report=theirs,
        named=named,
        folded=folded,
        text_token=text_token,
        is_late=settled_at is not None and at > settled_at + _window(),
        file=file.id,
        sealed=files.seal(file.id, contents.encode(), about=f"review:{request_id}"),
        box=box.id,
        filed_at=at,
        answer_due_at=at + (ANSWER_LIVE if is_running(decisions) else ANSWER_OTHERWISE),
    )
    record("actions.ask_review", actor=None, subject=made.id, at=at, kind=kind)
    if made.named:
        assign(made, decision=decisions[0] if decisions else None, at=at)
    if theirs is not None:
        note_asked_again(theirs, due_at=made.answer_due_at, at=at)
    tell_desks(readers, "review", made.id)
    ring(to_ring, at=at)
    return code, made


def _to_ring(readers: set[UUID], *, named: bool, at: datetime) -> set[UUID]:
    if named:
        return readers
    # By fixed spans: counted from the one before, a trickle of them would keep each next one silent.
    begun = at - timedelta(seconds=at.timestamp() % RUNG_EVERY.total_seconds())
    nameless = ReviewRequest.objects.filter(named=False, folded=False, answered_at__isnull=True)
    were_rung = nameless.filter(filed_at__gte=begun).exists()
    return set() if were_rung else on_call_of(readers, at=at)


def _is_one_of_many(
    text_token: bytes, *, shut: UUID | None, report: Report | None, at: datetime
) -> bool:
    same = Q(text_token=text_token)
    if shut is not None:
        same |= Q(shut=shut)
    if report is not None:
        same |= Q(report=report)
    return is_one_of_many(ReviewRequest.objects.filter(same, filed_at__gt=at - LATELY))


def _decisions(shut: UUID | None, number: str, report: UUID | None) -> list[Decision]:
    """Those it may be about, the newest first."""
    executions = [*_executions_behind(shut), *executions_named_by(number)]
    found = {each.id: each for one in executions if (each := _decision_of(one))}
    if report is not None:
        cases = Source.objects.filter(report=report).values_list("case", flat=True)
        found |= {each.id: each for each in Decision.objects.filter(case__in=list(cases))}
    return sorted(found.values(), key=lambda each: each.made_at, reverse=True)


def _readers(decisions: list[Decision], report: Report | None, *, at: datetime) -> set[UUID]:
    """Receivers with keys who had no part in any of them, or in leaving it so; else the outside contact."""
    if decisions:
        readers = {staff.person_id for staff in uninvolved(decisions, at=at)}
    elif report is not None:
        readers = {staff.person_id for staff in without_a_part(report, at=at)}
    else:
        readers = keyholders(StaffMember.objects.receivers(at).values_list("person_id", flat=True))
    return readers or outside_readers(at)


def _holders(readers: set[UUID], *, named: bool, at: datetime) -> set[UUID]:
    """A key that one person alone holds is lost with them. One that names nothing is for those who receive reports."""
    alone = named and len(readers) < ENOUGH
    return readers | outside_readers(at) if alone else readers


def _executions_behind(shut: UUID | None) -> list[Execution]:
    standing = standing_behind(shut) if shut else None
    warrant = Warrant.objects.filter(id=standing.warrant).first() if standing else None
    return [warrant.execution] if warrant else []


def _decision_of(execution: Execution) -> Decision | None:
    return execution.prior_decision or getattr(execution, "decision", None)


def _window() -> timedelta:
    return timedelta(days=settings.CONCORD_REVIEW_DAYS)


def is_running(decisions: Iterable[Decision]) -> bool:
    """Whether an event that it is about is going on; any event, where nobody can say which."""
    running = Convening.objects.filter(state__in=[State.OPEN, State.PAUSED])
    scopes = {
        scope
        for each in decisions
        for scope in each.execution.warrants.filter(kind__in=LASTING).values_list(
            "scope_kind", "scope_id"
        )
    }
    if not scopes or any(kind == "all" for kind, _id in scopes):
        return running.exists()
    ids = [id for _kind, id in scopes if id]
    of_sessions = Session.objects.filter(id__in=ids).values_list("convening", flat=True)
    return running.filter(id__in=[*ids, *of_sessions]).exists()
