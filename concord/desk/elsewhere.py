"""What of a decision still has to happen on platforms outside, or has happened there, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from concord.actions import platforms
from concord.actions.models import Elsewhere, ElsewhereState
from concord.actions.settle_by_hand import read_proof
from concord.concurrence.models import Decision
from concord.people.at_the_desk import DeskRequest
from concord.vault import files

Words = str | Promise

DOING: dict[str, Words] = {
    "revoke": _("access is taken away there"),
    "delete": _("the post is deleted there"),
    "back": _("access is given back there"),
}
WORDS: dict[str, Words] = {
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


@dataclass(frozen=True)
class Typed:
    """What somebody typed about one step, and why it was not taken."""

    step: UUID
    words: str
    refused: Words


@dataclass(frozen=True)
class Shown:
    """One step on one platform."""

    step: Elsewhere
    label: Words
    doing: Words
    words: Words
    how: Words
    owner: str
    proof: str
    is_late: bool
    may_settle: bool
    typed: str = ""
    refused: Words = ""

    @property
    def asks(self) -> bool:
        """Whether whoever looks at it is asked to do something."""
        return self.may_settle and self.step.is_by_hand


def elsewhere_of(
    decision: Decision, request: DeskRequest, *, typed: Typed | None = None
) -> list[Shown]:
    """Every step of the decision outside, the open ones with whoever answers for them."""
    return [_shown(step, request, typed) for step in decision.elsewhere.all()]


def _shown(step: Elsewhere, request: DeskRequest, typed: Typed | None) -> Shown:
    case = step.decision.case
    one = platforms.platform(step.platform)
    is_open = step.settled_at is None
    owner = case.coordinator or case.deputy
    mine = typed if typed is not None and typed.step == step.id else None
    return Shown(
        step=step,
        label=step.label,
        doing=DOING[step.what],
        words=WORDS[step.state],
        how=one.by_hand.get(step.what, "") if one else "",
        owner=owner.working_name if is_open and owner else "",
        proof=_proof(step, request),
        is_late=is_open and step.due_at <= request.at,
        may_settle=is_open and request.staff_member in (case.coordinator, case.deputy),
        typed=mine.words if mine else "",
        refused=mine.refused if mine else "",
    )


def _proof(step: Elsewhere, request: DeskRequest) -> str:
    may_read = files.may_open(step.decision.file, request.staff_member.person_id)
    return read_proof(step, keyring=request.keyring) if may_read else ""
