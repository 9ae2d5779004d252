"""What of a decision is done by hand, or outside, or does not hold, as its page shows it: one list, in one way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from concord.actions import platforms
from concord.actions.models import ByHand, Elsewhere, ElsewhereState, Told
from concord.actions.ring_unheld import in_words, is_over
from concord.actions.send_again import may_be_sent
from concord.actions.settle_by_hand import read_proof
from concord.actions.state_done import what_is_asked
from concord.actions.tell_respondent import has_a_mailbox
from concord.actions.verify_steps import letters_wait
from concord.concurrence.kinds import kind_of
from concord.concurrence.models import Decision, Warrant
from concord.letters.models import Letter
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
STANDS_OURS: dict[str, Words] = {
    "looked_at": _("It is looked at again every minute, and counts as done once it holds."),
    "waits": _("Its letter leaves once every other step holds."),
    "no_mailbox": _("No letter reaches them. They are shown it when they come into the room."),
    "under_way": _("The letter could not be handed over so far. It is tried again by itself."),
    "over": _("What it is about has ended: it is not sent any more. Leave it out with a reason."),
    "given_up": _("The letter could not be handed over, and is not tried any more."),
}
PASSED = _("Whoever was named for it has no part in this any more.")
LEFT_OUT = _("Left out, with a reason that stands beside the exact text.")


@dataclass(frozen=True)
class Typed:
    """What somebody typed about one step, and why it was not taken."""

    step: UUID
    words: str
    refused: Words


@dataclass(frozen=True)
class ToDo:
    """One step. `asks`: whoever looks at it is asked to do it, now. `is_ours`: our own machine did not see it hold."""

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
    may_send: bool = False
    is_ours: bool = False
    how: Words = ""
    said: str = ""
    typed: str = ""
    refused: Words = ""


def to_do(decision: Decision, request: DeskRequest, *, typed: Typed | None = None) -> list[ToDo]:
    """Every step outside, by hand, or of ours that does not hold; those that wait first."""
    rows = [
        *_unheld(decision, request, typed),
        *_elsewhere(decision, request, typed),
        *_by_hand(decision, request, typed),
    ]
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
    people = {person for one in steps for person in (one.doer, one.stated_by) if person}
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
            stands=(PASSED if one.passed_to else "")
            if waits
            else STANDS[ElsewhereState.DONE_BY_HAND]
            if said
            else LEFT_OUT,
            who=names.get(one.stated_by or one.doer, ""),
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


def _unheld(decision: Decision, request: DeskRequest, typed: Typed | None) -> Iterable[ToDo]:
    case, staff = decision.case, request.staff_member
    owner = case.coordinator or case.deputy
    for one in decision.unheld.open().select_related("warrant__execution__concurrence__version"):
        warrant = one.warrant
        theirs = staff in (case.coordinator, case.deputy)
        is_letter = kind_of(warrant.kind).by_letter
        words, refused = _typed(one.id, typed)
        yield ToDo(
            id=one.id,
            where=_("Does not hold yet"),
            what=in_words(warrant),
            stands=STANDS_OURS[_where_it_stands(warrant, decision, at=request.at)],
            who=owner.working_name if owner else "",
            due_at=one.since_at,
            settled_at=None,
            is_late=True,
            may_settle=False,
            asks=theirs,
            may_leave_out=theirs and is_letter,
            may_send=theirs
            and may_be_sent(warrant, at=request.at)
            and has_a_mailbox(warrant.target),
            is_ours=True,
            typed=words,
            refused=refused,
        )


def _where_it_stands(warrant: Warrant, decision: Decision, *, at: datetime) -> str:
    if not kind_of(warrant.kind).by_letter:
        return "looked_at"
    if is_over(warrant, decision, at=at):
        return "over"
    if letters_wait(warrant.execution):
        return "waits"
    if not has_a_mailbox(warrant.target):
        return "no_mailbox"
    told = Told.objects.filter(execution=warrant.execution_id, person=warrant.target)
    under_way = Letter.objects.filter(id__in=told.values("letter"), sealed__isnull=False)
    return "under_way" if under_way.exists() else "given_up"


def _typed(step: UUID, typed: Typed | None) -> tuple[str, Words]:
    return (typed.words, typed.refused) if typed is not None and typed.step == step else ("", "")


def _proof(step: Elsewhere, request: DeskRequest) -> str:
    may_read = files.may_open(step.decision.file, request.staff_member.person_id)
    return read_proof(step, keyring=request.keyring) if may_read else ""
