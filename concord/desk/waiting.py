"""What waits for one person, found only among what they may see: no grant, no row, no count (K-CONF-1)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sized
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from concord.actions.models import (
    UNDECIDED,
    ByHand,
    Elsewhere,
    ElsewhereState,
    LateRecusal,
    LaterMember,
    ReviewRequest,
    Unheld,
    done_by,
)
from concord.actions.ring_unheld import in_words, is_over
from concord.cases.alarm_caseless import caseless, for_too_long
from concord.cases.check_in import due
from concord.cases.clocks import WARN_FIRST
from concord.cases.models import OVER, Case, CheckIn, Closing, Cover, Handover, NoAction
from concord.cases.models import State as CaseState
from concord.cases.presence import asks_of
from concord.concurrence.kinds import kind_of
from concord.concurrence.models import Asked, Decision, Look, Proposal, Version, Warrant
from concord.concurrence.models import State as ProposalState
from concord.concurrence.ring_for_end import undone, unread_noes
from concord.convenings.models import Convening
from concord.desk.alike import (
    Few,
    Row,
    asks_for_an_answer,
    few_of,
    rows_of,
)
from concord.monitoring.alarm_unwatched import open_rooms
from concord.monitoring.items import SHOWN, Item, Oldest, items_of, oldest_items
from concord.monitoring.machine_queue import MachineQueue, machine_queue
from concord.monitoring.models import Flag, FlagQuerySet, Unwatched
from concord.people.models import Login, StaffMember
from concord.reports.models import UNANSWERED, Question, Report, ReportQuerySet, SettingAside
from concord.reports.models import State as ReportState
from concord.retaliation.models import Attempt, AttemptQuerySet
from concord.spaces.models import Room
from concord.vault.sight import is_read_by, is_seen_by

REVIEWS_FIRST = ("-named", F("answered_at").asc(nulls_first=True), "answer_due_at", "id")
"""What tells which decision it is about, before what anybody may send; what nobody has answered, before the rest."""
ASKS_FOR_AN_ANSWER = Q(state__in=UNANSWERED) | Q(unplaced_rung_at__isnull=False) | Q(asks_yes=True)
"""Of `reports_for`, as `asks_for_an_answer` says it."""


class Changed(NamedTuple):
    """A case of theirs they have not looked at since they came to answer for it ("coordinator", "deputy"), since a
    proposal came to nothing ("undone"), since a colleague did not agree to theirs ("no"), or since its people were
    called because nobody had touched it ("untouched").
    """

    case: Case
    why: str


@dataclass(frozen=True)
class Waiting:
    """The rows of an inbox, the most pressing kind first."""

    attempts: list[Attempt]
    presses: list[Version]
    asked: list[Version]
    flags: list[Item]
    how_many_flags: int
    machine: MachineQueue
    caseless: list[Item]
    added: list[Report]
    reports: list[Row]
    questions: Few
    reviews: Few
    unconfirmed: list[LateRecusal]
    later: list[LaterMember]
    elsewhere: list[Elsewhere]
    by_hand: list[ByHand]
    unheld: list[Late]
    how_many_unheld: int
    looks: list[Look]
    cases: list[Case]
    changed: list[Changed]
    closings: list[Closing]
    handovers: list[Handover]
    covers: list[Cover]
    check_ins: list[CheckIn]
    no_actions: list[NoAction]
    names: dict[UUID, str]

    @property
    def is_empty(self) -> bool:
        came_in = (
            self.presses,
            self.asked,
            self.flags,
            self.caseless,
            self.added,
            self.reports,
            self.questions,
        )
        kept = (self.cases, self.closings, self.check_ins, self.no_actions)
        looked = (self.reviews, self.unconfirmed, self.later, self.by_hand, self.unheld, self.looks)
        machine = bool(self.machine.put_forward or self.machine.waiting)
        return not any(
            (
                machine,
                self.attempts,
                self.handovers,
                self.covers,
                self.elsewhere,
                *came_in,
                *looked,
                *kept,
            )
        )

    @property
    def number(self) -> int:
        """What `how_much_waits` would count, of what lies here already."""
        unanswered = [row for row in self.reports if asks_for_an_answer(row.report)]
        by_hand = [one for one in self.elsewhere if one.state == ElsewhereState.BY_HAND]
        came_in: list[Sized] = [self.attempts, self.presses, self.asked, self.added, self.caseless]
        looked: list[Sized] = [self.questions, self.reviews, self.unconfirmed, self.later]
        kept: list[Sized] = [by_hand, self.by_hand, self.looks, self.handovers, self.no_actions]
        kept += [self.covers, self.changed]
        counted = self.how_many_flags + self.how_many_unheld + self.machine.how_many
        return counted + sum(map(len, [*came_in, unanswered, *looked, *kept]))

    @property
    def why_changed(self) -> dict[UUID, str]:
        return {one.case.id: one.why for one in self.changed}

    @property
    def more_flags(self) -> int:
        return Oldest(self.flags, self.how_many_flags).more

    @property
    def more_unheld(self) -> int:
        return self.how_many_unheld - len(self.unheld)


class Late(NamedTuple):
    """A step of ours that does not hold, in words; `is_letter`: it can be left out, and sent again if it `reaches`.
    Neither is said of a letter about what has ended.
    """

    unheld: Unheld
    words: str
    is_letter: bool
    reaches: bool


class Alone(NamedTuple):
    """An event and its rooms that nobody on shift watches, since the first of them; `all` when no room is watched."""

    convening: Convening
    rooms: list[Room]
    since: datetime
    all: bool

    def without(self, seen: set[UUID]) -> Alone:
        """Less the rooms that somebody has come to meanwhile."""
        rooms = [room for room in self.rooms if room.id not in seen]
        return self._replace(rooms=rooms, all=self.all and len(rooms) == len(self.rooms))


def waiting_for(staff: StaffMember, *, at: datetime) -> Waiting:
    """Everything that waits for this person; the same few queries however much it is."""
    asked = list(proposals_for(staff, at=at).select_related("proposal").order_by("lapses_at"))
    flags = oldest_items(flags_for(staff))
    asks = asks_of(staff, at=at)
    proposers = StaffMember.objects.filter(person__in={version.proposer for version in asked})
    return Waiting(
        attempts=list(attempts_for(staff).select_related("case", "flag", "report")),
        presses=list(presses_for(staff, at=at).select_related("proposal")),
        asked=asked,
        flags=flags.items,
        how_many_flags=flags.how_many,
        machine=machine_queue(staff, at=at),
        caseless=caseless_for(staff, at=at),
        added=list(added_for(staff)),
        reports=rows_of(reports_for(staff)),
        questions=few_of(questions_for(staff).defer("sealed"), "answer_by", "id"),
        reviews=few_of(reviews_for(staff).defer("sealed"), *REVIEWS_FIRST),
        unconfirmed=list(unconfirmed_for(staff, at=at).select_related("decision")),
        later=list(later_for(staff, at=at).select_related("barred__decision")),
        elsewhere=list(elsewhere_for(staff).select_related("decision")),
        by_hand=list(by_hand_for(staff).select_related("decision")),
        unheld=_late(unheld_for(staff)[:SHOWN], at=at),
        how_many_unheld=unheld_for(staff).count(),
        looks=list(looks_for(staff, at=at).select_related("decision")),
        cases=list(cases_of(staff)),
        changed=changed_for(staff, asks=asks),
        closings=list(closings_for(staff, at=at).select_related("case")),
        handovers=asks,
        covers=list(covers_for(staff, at=at).select_related("case", "away")),
        check_ins=list(check_ins_for(staff, at=at)),
        no_actions=list(no_actions_for(staff).select_related("case")),
        names=dict(proposers.values_list("person_id", "working_name")),
    )


def attempts_for(staff: StaffMember) -> AttemptQuerySet:
    """What may be retaliation: before those who read the older case, and nobody else."""
    return Attempt.objects.visible_to(staff).offered()


def covers_for(staff: StaffMember, *, at: datetime) -> QuerySet[Cover]:
    """Where a colleague who has to go away asks this person to look after their case, and waits for a word."""
    theirs = Case.objects.visible_to(staff).filter(deputy=staff).exclude(state__in=OVER)
    asked = Cover.objects.filter(covered_by=staff, answered_at__isnull=True, until_at__gt=at)
    return asked.filter(case__in=theirs, away=F("case__coordinator"))


def closings_for(staff: StaffMember, *, at: datetime) -> QuerySet[Closing]:
    """Closed cases of theirs that are erased within 30 days."""
    theirs = Case.objects.visible_to(staff).filter(Q(coordinator=staff) | Q(deputy=staff))
    return Closing.objects.filter(
        case__state=CaseState.CLOSED,
        expunge_on__lte=(at + WARN_FIRST).date(),
        case__in=theirs,
        reopened_at__isnull=True,
    ).order_by("expunge_on")


def no_actions_for(staff: StaffMember) -> QuerySet[NoAction]:
    """Where a colleague found that nothing needs to be done, and this person may agree."""
    if not staff.may_concur:
        return NoAction.objects.none()
    asked = NoAction.objects.visible_to(staff).waiting().filter(case__state=CaseState.ASSESSED)
    return asked.exclude(decided_by=staff.person_id).order_by("decided_at")


def check_ins_for(staff: StaffMember, *, at: datetime) -> QuerySet[CheckIn]:
    """Cases of theirs of which somebody has to say whether it has stayed quiet."""
    theirs = Case.objects.visible_to(staff).filter(Q(coordinator=staff) | Q(deputy=staff))
    return due(at).filter(follow_up__case__in=theirs)


def proposals_for(staff: StaffMember, *, at: datetime) -> QuerySet[Version]:
    """Texts that were put before this person for a second yes, and that they have not answered.

    Of one whose proposer has left nobody is asked but whoever can take it over (`is_orphaned`).
    """
    if not staff.may_concur:
        return Version.objects.none()
    visible = Proposal.objects.visible_to(staff).awaiting_concurrence()
    asked = Version.objects.filter(
        is_seen_by(staff.person_id, file="briefing"),
        proposal__in=visible,
        voided_at__isnull=True,
        lapses_at__gt=at,
    )
    still = StaffMember.objects.who_may_concur(at).filter(person=OuterRef("proposer"))
    theirs = Q(proposal__case__coordinator=staff) | Q(proposal__case__deputy=staff)
    excused = Asked.objects.filter(version=OuterRef("pk"), person=staff.person_id)
    asked = asked.annotate(
        is_orphaned=~Exists(still), is_excused=Exists(excused.filter(excused_at__isnull=False))
    )
    asked = asked.filter(Q(is_orphaned=False, is_excused=False) | theirs & Q(is_orphaned=True))
    return asked.exclude(proposer=staff.person_id).exclude(declines__person=staff.person_id)


def presses_for(staff: StaffMember, *, at: datetime) -> QuerySet[Version]:
    """What a colleague agreed to in their cases, and nobody has carried out."""
    if not staff.may_concur:
        return Version.objects.none()
    agreed = Proposal.objects.visible_to(staff).filter(state=ProposalState.CONCURRED)
    theirs = agreed.filter(Q(case__coordinator=staff) | Q(case__deputy=staff))
    waiting = Version.objects.filter(proposal__in=theirs, voided_at__isnull=True, lapses_at__gt=at)
    return waiting.order_by("lapses_at")


def flags_for(staff: StaffMember) -> FlagQuerySet:
    """Flags of people that nobody has answered."""
    waiting = Flag.objects.visible_to(staff).awaiting_judgement().by_people()
    return waiting.defer("sealed").order_by("raised_at", "id")


def unwatched_for(staff: StaffMember) -> list[Alone]:
    """Rooms that are open while nobody on shift has them before them, by event, for whoever could watch."""
    if not staff.may_monitor:
        return []
    going_on = Unwatched.objects.going_on().select_related("convening", "room")
    by_event: dict[Convening, list[Unwatched]] = defaultdict(list)
    for one in going_on.order_by("since", "room__name"):
        by_event[one.convening].append(one)
    open_now = Counter(open_rooms().values_list("convening", flat=True)) if by_event else {}
    return [
        Alone(event, [one.room for one in rows], rows[0].since, len(rows) >= open_now[event.id])
        for event, rows in by_event.items()
    ]


def added_for(staff: StaffMember) -> ReportQuerySet:
    """Reports whose reporter wrote again, in a case, closed or set aside, and nobody has opened it since.

    Before those who can open it. One that no person has answered waits among the reports, with a word beside it.
    """
    theirs = Report.objects.filter(is_read_by(staff.person_id)).added_to()
    return theirs.exclude(state__in=UNANSWERED).defer("sealed").order_by("-urgent", "added_at")


def reports_for(staff: StaffMember) -> ReportQuerySet:
    """Reports that no person has answered, and those answered that belong to no case yet.

    `asks_yes`: a colleague would set it aside, and this person may agree.
    """
    wished = SettingAside.objects.filter(report=OuterRef("pk"), confirmed_at__isnull=True)
    wished = wished.exclude(wished_by=staff.person_id)
    waiting = Report.objects.visible_to(staff).waiting()
    waiting = waiting.annotate(asks_yes=Exists(wished))
    return waiting.exclude(state=ReportState.ACKNOWLEDGED, added_at__isnull=False)


def questions_for(staff: StaffMember) -> QuerySet[Question]:
    """Questions about the policy that nobody has answered."""
    return Question.objects.visible_to(staff).filter(answered_at__isnull=True)


def reviews_for(staff: StaffMember) -> QuerySet[ReviewRequest]:
    """Requests to look again, or "this is not me", that nobody has decided: those of theirs, nobody's, and late ones.

    One that names nothing rests once it was answered after that.
    """
    waiting = ReviewRequest.objects.visible_to(staff).awake().filter(state__in=UNDECIDED)
    mine = Q(reviewer=staff.person_id)
    nobodys = Q(reviewer__isnull=True) | Q(alarmed_at__isnull=False)
    let_lie = Q(raised_at__isnull=False)
    return waiting.filter(mine | Q(nobodys, answered_at__isnull=True) | let_lie)


def unconfirmed_for(staff: StaffMember, *, at: datetime) -> QuerySet[LateRecusal]:
    """Decisions of which somebody stepped out later, and that this person has not confirmed."""
    if not staff.may_concur:
        return LateRecusal.objects.none()
    waiting = LateRecusal.objects.open(at).visible_to(staff)
    return waiting.exclude(confirmations__person=staff.person_id).order_by("due_at")


def later_for(staff: StaffMember, *, at: datetime) -> QuerySet[LaterMember]:
    """Who said that they belong to an organisation under a decision, and whom nobody has looked at."""
    return LaterMember.objects.visible_to(staff).waiting(at)


def elsewhere_for(staff: StaffMember) -> QuerySet[Elsewhere]:
    """What still has to happen on a platform outside, in the cases this person answers for."""
    theirs = Q(decision__case__coordinator=staff) | Q(decision__case__deputy=staff)
    return Elsewhere.objects.visible_to(staff).open().filter(theirs).order_by("due_at")


def by_hand_for(staff: StaffMember) -> QuerySet[ByHand]:
    """What this person is to do by hand, and what anybody is late with that they may see."""
    if not staff.may_concur:
        return ByHand.objects.none()
    theirs = done_by(staff.person_id) | Q(alarmed_at__isnull=False)
    return ByHand.objects.visible_to(staff).waiting().filter(theirs).order_by("due_at")


def unheld_for(staff: StaffMember) -> QuerySet[Unheld]:
    """Steps of ours that do not hold, in the cases this person answers for; every lead's who may see them."""
    if not staff.may_concur:
        return Unheld.objects.none()
    found = Unheld.objects.visible_to(staff).open()
    if staff.is_lead:
        return found
    return found.filter(Q(decision__case__coordinator=staff) | Q(decision__case__deputy=staff))


def _late(unheld: QuerySet[Unheld], *, at: datetime) -> list[Late]:
    found = list(unheld.select_related("decision", "warrant").prefetch_related("decision__endings"))
    targets = {one.warrant.target for one in found}
    codes = dict(Decision.objects.filter(id__in=targets).values_list("id", "code"))
    mailboxes = Login.objects.by_mailbox().filter(person__in=targets, address_sealed__isnull=False)
    reached = set(mailboxes.values_list("person", flat=True))
    words = _in_words([one.warrant for one in found], codes)
    late = []
    for one, said in zip(found, words, strict=True):
        is_letter = kind_of(one.warrant.kind).by_letter
        is_letter = is_letter and not is_over(one.warrant, one.decision, at=at)
        late.append(Late(one, said, is_letter, is_letter and one.warrant.target in reached))
    return late


def _in_words(steps: list[Warrant], codes: dict[UUID, str]) -> Iterable[str]:
    """Asked once for all that reads alike: the place has to be looked up."""
    known: dict[tuple[object, ...], str] = {}
    for one in steps:
        label = codes.get(one.target, "")
        alike = (one.kind, one.scope_kind, one.scope_id, one.until_at, one.review_on, label)
        if alike not in known:
            known[alike] = in_words(one, label=label)
        yield known[alike]


def looks_for(staff: StaffMember, *, at: datetime) -> QuerySet[Look]:
    """Decisions of their cases whose day to be looked at has come; once it is past, every lead's who may see them."""
    if not staff.may_concur:
        return Look.objects.none()
    theirs = Q(decision__case__coordinator=staff) | Q(decision__case__deputy=staff)
    if staff.is_lead:
        theirs |= Q(alarmed_at__isnull=False)
    return Look.objects.visible_to(staff).waiting(at).filter(theirs).order_by("due_on")


def cases_of(staff: StaffMember) -> QuerySet[Case]:
    """The cases this person coordinates, or is the deputy of, with their open proposals."""
    open_proposals = Proposal.objects.visible_to(staff).open()
    return (
        Case.objects.visible_to(staff)
        .filter(Q(coordinator=staff) | Q(deputy=staff))
        .exclude(state__in=OVER)
        .prefetch_related(Prefetch("proposals", queryset=open_proposals, to_attr="open_proposals"))
    )


def changed_for(staff: StaffMember, *, asks: list[Handover]) -> list[Changed]:
    """Their cases in which something happened that they have not looked at; each once, with what weighs most.

    One that they are asked to take (`asks`) waits as that.
    """
    new = Case.objects.visible_to(staff).new_to(staff)
    ended = undone(staff).select_related("case")
    noes = unread_noes(staff).select_related("version__proposal__case")
    found = [Changed(one, "deputy" if one.deputy_id == staff.id else "coordinator") for one in new]
    found += [Changed(one.case, "undone") for one in ended]
    found += [Changed(one.version.proposal.case, "no") for one in noes]
    found += [
        Changed(one, "untouched") for one in Case.objects.visible_to(staff).untouched_by(staff)
    ]
    asked = {one.case_id for one in asks}
    each_once = {one.case.id: one for one in reversed(found) if one.case.id not in asked}
    return list(each_once.values())[::-1]


def caseless_for(staff: StaffMember, *, at: datetime) -> list[Item]:
    """Flags that need action and are in no case: their own answers, and after a while all that they may read."""
    if not staff.may_concur:
        return []
    readable = caseless().filter(is_read_by(staff.person_id))
    theirs = readable.filter(Q(judged_by=staff.person_id) | for_too_long(at))
    return items_of(theirs.select_related("room").defer("sealed", "judgement_sealed"))
