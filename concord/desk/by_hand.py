"""What of a decision is done by hand, or on a platform outside, as its page shows it: one list, settled in one way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from concord.actions import platforms
from concord.actions.models import ByHand, Elsewhere, ElsewhereState
from concord.actions.settle_by_hand import read_proof
from concord.actions.state_done import what_is_asked
from concord.concurrence.models import Decision
from concord.people.at_the_desk import DeskRequest
from concord.people.models import StaffMember
from concord.vault import files

Words = str | Promise

DOING: dict[str, Words] = {
    "revoke": _("access is taken away there"),
    "delete": _("the post is deleted there"),
    "back": _("access is given back there"),
}
STANDS: dict[str, Words] = {
    ElsewhereState.QUEUED: _("It is being asked."),
    ElsewhereState.RETRYING: _("It did not answer. It is tried again by itself, for three days."),
    ElsewhereState.ASKED: _("It was asked, and is looked at until it holds."),
    ElsewhereState.BY_HAND: _(
        "It cannot do this by itself. Our own door is shut; the rest is done by hand."
    ),
    ElsewhereState.VERIFIED: _("Done and checked."),
    ElsewhereState.DONE_BY_HAND: _("Done by hand."),
    ElsewhereState.OVERTAKEN: _("Not needed any more."),
}
LEFT_OUT = _("Left out, with a reason that stands beside the exact text.")


@dataclass(frozen=True)
class Typed:
    """What somebody typed about one step, and why it was not taken."""

    step: UUID
    words: str
    refused: Words


@dataclass(frozen=True)
class ToDo:
    """One step. `asks`: whoever looks at it is asked to do it, now."""

    id: UUID
    where: Words
    what: Words
    stands: Words
    who: str
    due_at: datetime
    settled_at: datetime | None
    is_late: bool
    may_settle: bool
    asks: bool
    may_leave_out: bool = False
    how: Words = ""
    said: str = ""
    typed: str = ""
    refused: Words = ""


def to_do(decision: Decision, request: DeskRequest, *, typed: Typed | None = None) -> list[ToDo]:
    """Every step outside and by hand, those that wait first."""
    rows = [*_elsewhere(decision, request, typed), *_by_hand(decision, request, typed)]
    return sorted(rows, key=lambda row: (row.settled_at is not None, row.due_at))


def _elsewhere(decision: Decision, request: DeskRequest, typed: Typed | None) -> Iterable[ToDo]:
    case = decision.case
    owner = case.coordinator or case.deputy
    for step in decision.elsewhere.all():
        one = platforms.platform(step.platform)
        is_open = step.settled_at is None
        theirs = is_open and request.staff_member in (case.coordinator, case.deputy)
        words, refused = _typed(step.id, typed)
        yield ToDo(
            id=step.id,
            where=step.label,
            what=DOING[step.what],
            stands=STANDS[step.state],
            who=owner.working_name if is_open and owner else "",
            due_at=step.due_at,
            settled_at=step.settled_at,
            is_late=is_open and step.due_at <= request.at,
            may_settle=theirs,
            asks=theirs and step.is_by_hand,
            how=one.by_hand.get(step.what, "") if one else "",
            said=_proof(step, request),
            typed=words,
            refused=refused,
        )


def _by_hand(decision: Decision, request: DeskRequest, typed: Typed | None) -> Iterable[ToDo]:
    steps = list(decision.by_hand.select_related("decision"))
    people = {person for one in steps for person in (one.hand, one.stated_by) if person}
    staff = StaffMember.objects.filter(person__in=people)
    names = dict(staff.values_list("person_id", "working_name"))
    waiting = set(ByHand.objects.waiting().filter(decision=decision).values_list("id", flat=True))
    for one in steps:
        asked, said = what_is_asked(one, keyring=request.keyring)
        waits = one.id in waiting
        words, refused = _typed(one.id, typed)
        yield ToDo(
            id=one.id,
            where=_("By hand"),
            what=asked,
            stands="" if waits else STANDS[ElsewhereState.DONE_BY_HAND] if said else LEFT_OUT,
            who=names.get(one.stated_by or one.hand, ""),
            due_at=one.due_at,
            settled_at=one.stated_at if said else None if waits else one.due_at,
            is_late=waits and one.due_at <= request.at,
            may_settle=waits,
            asks=waits,
            may_leave_out=waits,
            said=said,
            typed=words,
            refused=refused,
        )


def _typed(step: UUID, typed: Typed | None) -> tuple[str, Words]:
    return (typed.words, typed.refused) if typed is not None and typed.step == step else ("", "")


def _proof(step: Elsewhere, request: DeskRequest) -> str:
    may_read = files.may_open(step.decision.file, request.staff_member.person_id)
    return read_proof(step, keyring=request.keyring) if may_read else ""
