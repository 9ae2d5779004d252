"""decide_review: somebody without a part in a decision says that it stands, ends earlier, or was wrong (4.8).

Until then it stands. Taken back, it gives access back in the same transaction, and says that we are sorry. What
is told to whoever asked, to whoever was kept out and to whoever reported is what each of them may know.

Where nothing was decided, and whoever reported asks, it stays as it is, or is looked into again: the case that was left
as it is goes back to its people, a report that was set aside waits once more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from concord.access.models import Shut
from concord.actions.apologise import say_it_ends_earlier, say_sorry
from concord.actions.assign_review import end_loan
from concord.actions.give_back import (
    end_decision,
    end_for_one,
    held_beyond,
    persons_under,
    put_posts_back,
)
from concord.actions.looked_at import case_of, may_look
from concord.actions.models import UNDECIDED, Ending, ReviewRequest, ReviewState
from concord.actions.read_reply import read_reply
from concord.actions.signals import not_me_accepted
from concord.actions.who_asks import step_told, steps_of_each
from concord.cases.common_readers import leave_only_common_readers
from concord.cases.models import Case
from concord.cases.move import reopen, rests
from concord.cases.parties import respondents
from concord.cases.seats import seats_who_see
from concord.concurrence.models import Decision, Warrant
from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.letterbox.push import push
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import outside_readers
from concord.monitoring.ring import ring
from concord.refusals import Refused
from concord.reports.asked_again import tell_who_reported
from concord.reports.bring_back import bring_back
from concord.reports.lay_outcome import ANEW, LEFT, lay_outcome
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.keyring import Keyring

OUTCOMES: dict[str, str | Words] = {
    ReviewState.UPHELD: _("It stands"),
    ReviewState.VARIED: _("It ends earlier"),
    ReviewState.OVERTURNED: _("It was wrong: take it back now"),
}


OF_NOTHING: dict[str, str | Words] = {
    ReviewState.UPHELD: _("It stays as it is"),
    ReviewState.OVERTURNED: _("Look into it again"),
}
"""What can come of it where nothing was decided."""


class HadAPart(Refused):
    """Whoever decided, agreed, coordinates or is close to somebody in it does not look at it again."""

    words = _("Somebody who had no part in the decision looks at this.")


class GiveAReason(Refused):
    """An outcome says why; the reason stays with the team."""

    words = _("Please say why, in a few words. It stays with the team.")
    status = 409


class EndsTooLate(Refused):
    """Looking again never makes a decision longer."""

    words = _("Give an end that lies ahead and comes before the one it has.")
    status = 409


class SayWho(Refused):
    """A decision on several people is not taken back for all of them because one of them asked."""

    words = _(
        "Several people are under this decision. Please choose who of them asks, or all of them."
    )
    status = 409


class NotAnOutcome(Refused):
    """It stands, it ends earlier, or it is taken back; "this is not me" has no middle."""

    words = _("Choose what comes of it.")
    status = 409


@transaction.atomic
def decide_review(
    request: ReviewRequest,
    *,
    outcome: str,
    reason: str,
    answer: str,
    by: UUID,
    keyring: Keyring,
    at: datetime,
    ends_at: datetime | None = None,
    posts_back: bool = False,
    chosen: UUID | None = None,
    for_all: bool = False,
) -> ReviewRequest:
    """Decide it, once; asked again it returns what was decided. `answer` are further words for whoever asked.

    `chosen` is the step of whoever asks, one of `steps_of_each`, where nothing else tells; or it is `for_all`.
    Raises `HadAPart`, `NotAnOutcome`, `GiveAReason`, `SayWho`, `EndsTooLate`, NoGrant, and what `read_reply`
    raises (K-NAME-1). `posts_back` takes a key that opens the decision's file.
    """
    request = _held(request)
    decision = _checked(request, by=by, keyring=keyring, at=at)
    if request.state not in UNDECIDED:
        return request
    if outcome not in outcomes_of(request):
        raise NotAnOutcome(subject=request.id)
    if not reason.strip():
        raise GiveAReason(subject=request.id)
    case, is_return = case_of(request), _is_of_a_return(request)
    if answer.strip():
        read_reply(answer, request, by=by, keyring=keyring, at=at)
    step = None
    if outcome != ReviewState.UPHELD and decision is not None:
        step = _step(request, chosen, for_all=for_all, at=at)
    if outcome == ReviewState.OVERTURNED and decision is not None:
        _take_back(request, decision, step, keyring=keyring, posts_back=posts_back, at=at)
    elif outcome == ReviewState.VARIED and decision is not None:
        _end_sooner(request, decision, ends_at, step, keyring=keyring, at=at)
    if outcome != ReviewState.UPHELD and not is_return:
        _open_again(request, case, by=by, keyring=keyring, at=at)
    request.reason_sealed = files.seal(
        request.file, reason.strip().encode(), about=f"review reason:{request.id}"
    )
    request.state, request.decided_at = ReviewState(outcome), at
    request.answered_at = request.answered_at or at
    end_loan(request, at=at)
    request.save()
    _tell(request, case, answer.strip(), is_return=is_return, at=at)
    record("actions.decide_review", actor=by, subject=request.id, at=at, outcome=outcome)
    behind = decision.file if decision else case.file if case else None
    told = files.readers(request.file) | (files.readers(behind) if behind else set())
    tell_desks(told, "review", request.id)
    return request


def outcomes_of(request: ReviewRequest) -> dict[str, str | Words]:
    """What can come of it, each in words; "this is not me" has no middle."""
    if request.decision_id is None and request.report_id is not None:
        return OF_NOTHING
    left_out = {ReviewState.VARIED} if request.kind == "not_me" else set()
    return {each: words for each, words in OUTCOMES.items() if each not in left_out}


def _held(request: ReviewRequest) -> ReviewRequest:
    """Locked, and its case before it: the order in which somebody steps out, or leaves the team."""
    case = case_of(ReviewRequest.objects.get(id=request.id))
    if case is not None:
        Case.objects.select_for_update().get(id=case.id)
    return ReviewRequest.objects.select_for_update().get(id=request.id)


def _checked(
    request: ReviewRequest, *, by: UUID, keyring: Keyring, at: datetime
) -> Decision | None:
    """The decision, if there is one, for the person whose request it is and who still had no part in it."""
    if keyring.holder != by or not files.may_open(request.file, by):
        raise NoGrant(subject=request.id)
    if request.reviewer != by or (request.decision is None and request.report is None):
        raise HadAPart(subject=request.id)
    if by not in outside_readers(at) and not may_look(by, request, keyring=keyring, at=at):
        raise HadAPart(subject=request.id)
    return request.decision


def _take_back(
    request: ReviewRequest,
    decision: Decision,
    step: Warrant | None,
    *,
    keyring: Keyring,
    posts_back: bool,
    at: datetime,
) -> None:
    """ "This is not me" under a return undoes that return and leaves the decision, and what one of several asks for
    lets in that one. All else ends the decision.
    """
    if _is_of_a_return(request):
        undone: list[tuple[Any, Any]] = not_me_accepted.send(
            sender=ReviewRequest, request=request, shut=request.shut, keyring=keyring, at=at
        )
        say_sorry({person for _receiver, person in undone if person}, decision, at=at)
        return
    if step is not None:
        let_in = end_for_one(
            decision,
            step=step,
            how=Ending.How.OVERTURNED,
            ends_at=at,
            review=request.id,
            keyring=keyring,
            at=at,
        )
        say_sorry(let_in, decision, at=at)
        return
    ending = end_decision(
        decision,
        how=Ending.How.OVERTURNED,
        by=keyring.holder,
        ends_at=at,
        at=at,
        review=request.id,
        keyring=keyring,
    )
    if (
        posts_back
    ):  # after the gates, as everywhere: a post takes its writer's gate, and then its room
        put_posts_back(decision, by=keyring.holder, keyring=keyring, at=at)
    if ending is not None:
        say_sorry(persons_under(decision), decision, at=at)


def _end_sooner(
    request: ReviewRequest,
    decision: Decision,
    ends_at: datetime | None,
    step: Warrant | None,
    *,
    keyring: Keyring,
    at: datetime,
) -> None:
    ending = None
    if step is not None and ends_at is not None and ends_at > at:
        sooner = end_for_one(
            decision,
            step=step,
            how=Ending.How.VARIED,
            ends_at=ends_at,
            review=request.id,
            keyring=keyring,
            at=at,
        )
        if not sooner or (step.until_at is not None and ends_at >= step.until_at):
            raise EndsTooLate(subject=request.id)
        say_it_ends_earlier(sooner, decision, ends_at=ends_at, at=at)
        return
    if ends_at is not None and ends_at > at:
        ending = end_decision(
            decision,
            how=Ending.How.VARIED,
            by=keyring.holder,
            ends_at=ends_at,
            at=at,
            review=request.id,
            keyring=keyring,
        )
    if ends_at is None or ending is None:
        raise EndsTooLate(subject=request.id)
    say_it_ends_earlier(held_beyond(decision, ends_at), decision, ends_at=ends_at, at=at)


def _open_again(
    request: ReviewRequest, case: Case | None, *, by: UUID, keyring: Keyring, at: datetime
) -> None:
    """A case that rested on what was wrong, or too long, goes back to its people (workflow.md 4.4), but for those who
    have a conflict by now; a report that was set aside, to those who read it. They are rung: whoever was really meant
    may be where they were."""
    if case is None:
        if request.report is not None:
            bring_back(request.report, by=by, at=at)
        return
    case = Case.objects.select_for_update().get(id=case.id)
    if rests(case):
        reopen(case, by=by, at=at)
        about = persons_under(request.decision) if request.decision else set()
        if files.may_open(case.file, by):
            about |= respondents(case, keyring=keyring)
        leave_only_common_readers(case, about=about, keyring=keyring, at=at)
        case.refresh_from_db()
    seats = seats_who_see(case)
    tell_desks(seats, "case", case.id)
    ring(seats or outside_readers(at), at=at)


def _step(
    request: ReviewRequest, chosen: UUID | None, *, for_all: bool, at: datetime
) -> Warrant | None:
    """The step that it comes to, where it comes to one of several: told by the way they came, or chosen now."""
    told = step_told(request)
    each = steps_of_each(request, at=at)
    if told is not None or not each:
        return told
    if chosen is None and not for_all:
        raise SayWho(subject=request.id)
    if chosen is not None and chosen not in dict(each):
        raise SayWho(subject=request.id)
    return Warrant.objects.get(id=chosen) if chosen else None


def _is_of_a_return(request: ReviewRequest) -> bool:
    """Whether "this is not me" is said of a return; the decision itself, and what it is for, stay as they are then."""
    if request.kind != "not_me" or request.shut is None:
        return False
    standing = Shut.objects.filter(id=request.shut).first()
    warrant = Warrant.objects.filter(id=standing.warrant).first() if standing else None
    return warrant is not None and warrant.execution.prior_decision_id is not None


def _tell(
    request: ReviewRequest, case: Case | None, answer: str, *, is_return: bool, at: datetime
) -> None:
    """Whoever asked reads it with their code, and whoever reported behind their own; whoever else reported and chose to
    hear, that it was looked at again."""
    kind, what = request.kind, str(request.state)
    if request.decision is None:
        kind, what = "left", LEFT if request.state == ReviewState.UPHELD else ANEW
    box = Box.objects.filter(id__in=[request.box] if request.box else []).first()
    if box is not None:
        push(box, answer.encode(), kind=f"{kind}.{request.state}", at=at)
    if is_return or (request.kind == "not_me" and request.state == ReviewState.UPHELD):
        return  # about somebody else, or nothing has changed
    sources = case.sources.select_related("report") if case else []
    reports = {each.report for each in sources if each.report}
    for report in reports | ({request.report} if request.report else set()):
        lay_outcome(report, [what], on=at.date(), at=at, asked=report == request.report)
    if request.report is not None and answer:
        tell_who_reported(request.report, answer, at=at)
