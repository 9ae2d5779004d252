"""The night of the drill: one person awake. The clock is handed to the product's verbs (V-SILENCE-1, R-CONCUR-1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from concord.access.gate import is_admitted
from concord.actions.audit import audit
from concord.cases.models import Case
from concord.cases.take_up import take_up
from concord.concurrence.ask_wider import ask_wider_in_all
from concord.concurrence.concur import concur
from concord.concurrence.models import Asked, Proposal, Warrant
from concord.concurrence.open_version import open_version
from concord.concurrence.propose import propose
from concord.concurrence.terms import Target, Terms
from concord.convenings.models import Registration
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import judge_credible
from concord.outbox.models import Job
from concord.outbox.registry import handler_of
from concord.site.demo import script
from concord.site.demo.plant import Member, walk_in
from concord.site.demo.post_box import PostBox
from concord.site.rehearse.by_day import Day, raid
from concord.site.rehearse.timeline import Broken, promise
from concord.spaces.confirm_brake import confirm_brake
from concord.spaces.models import Brake, Post, Room
from concord.spaces.post_message import NewcomersRead, RoomIsPaused, post_message
from concord.spaces.pull_brake import pull_brake

CLOCK = Job(kind="drill.night")


@dataclass
class Night:
    """What the acts share. `at` is when it begins; people's minutes are added to it."""

    day: Day
    room: Room
    raid: list[Registration]
    newcomer: Registration
    at: datetime
    proposal: Proposal | None = None

    def member(self, handle: str) -> Member:
        return self.day.planted.team[handle]

    def later(self, **span: float) -> datetime:
        return self.at + timedelta(**span)

    @property
    def asked(self) -> set[str]:
        """The handles of those who have been asked so far."""
        persons = set(
            Asked.objects.filter(version__proposal=self.proposal).values_list("person", flat=True)
        )
        team = self.day.planted.team.items()
        return {handle for handle, member in team if member.staff.person_id in persons}


def set_the_night(day: Day) -> Night:
    """Another room of the event, and a second raid, by other logins."""
    at = timezone.now()
    post_box = PostBox()
    post_box.open()
    convening = day.planted.convening
    crowd = raid(convening, post_box, at=at, of="night")
    newcomer = walk_in(
        "new@participant.example", convening=convening, name="Newcomer", post_box=post_box, at=at
    )
    room = day.planted.rooms[script.SESSIONS[1]]
    for number in range(3):
        for who in crowd:
            post_message(room, registration=who, text=f"Nobody wants you here. {number}", at=at)
    return Night(day, room, crowd, newcomer, at)


def the_room_is_held(night: Night) -> None:
    """By one press of the only person awake: nobody writes, newcomers only read, and no person is singled out."""
    amara = night.member("amara").staff
    for kind in (Brake.Kind.PAUSE, Brake.Kind.NEWCOMERS):
        pull_brake(night.room, kind=kind, by=amara, at=night.at)
    _refused(RoomIsPaused, night, night.raid[0], at=night.later(seconds=1))
    pause = night.room.brakes.get(kind=Brake.Kind.PAUSE)
    promise(pause.lapses_at == night.later(minutes=15), "a brake of one holds for another time")


def it_is_proposed(night: Night) -> None:
    """All of them in one text. Whoever is on shift for it is asked, and sleeps."""
    amara = night.member("amara")
    who: dict[str, Any] = {"by": amara.staff, "keyring": amara.keyring, "at": night.at}
    case: Case | None = None
    for one in night.raid:
        flag = flag_post(
            one.posts.latest("number"),
            words="",
            by=amara.staff.person_id,
            by_staff=True,
            at=night.at,
        )
        flag = judge_credible(flag, credible=True, reason="They drown everybody out.", **who)
        case = take_up(flag, into=case, **who)
    if case is None:
        raise Broken("no case was opened")
    night.proposal = propose(case, terms=_terms(night), **who)
    promise(night.asked == {"lucia"}, f"asked at once: {sorted(night.asked)}")


def rings_widen_on_time(night: Night) -> None:
    """At 2, 5 and 10 minutes, never a second earlier, while the one on shift sleeps."""
    order = {2: {"noor"}, 5: {"tariq", "luis", "ravi"}, 10: {"mina"}}
    expected = {"lucia"}
    for minutes, more in order.items():
        ask_wider_in_all(CLOCK, at=night.later(minutes=minutes, seconds=-1))
        promise(night.asked == expected, f"somebody was asked before minute {minutes}")
        ask_wider_in_all(CLOCK, at=night.later(minutes=minutes))
        expected |= more
        promise(night.asked == expected, f"at minute {minutes} asked: {sorted(night.asked)}")
    night.day.timeline.note(
        "on shift at once; 2 min: another shift; 5 min: others of these days; 10 min: all"
    )


def nobody_is_touched(night: Night) -> None:
    """Ten minutes on, not one person has lost access, and not one message is gone."""
    at = night.later(minutes=10)
    promise(
        all(is_admitted(one.person_id, night.room.places, at=at) for one in night.raid),
        "somebody lost access without a second yes",
    )
    promise(
        not Post.objects.filter(registration__in=night.raid, removed=True).exists(),
        "a message went without a second yes",
    )
    targets = [one.person_id for one in night.raid]
    promise(not Warrant.objects.filter(target__in=targets).exists(), "something was carried out")


def brakes_are_confirmed_or_lifted(night: Night) -> None:
    """A colleague confirms one of them; the other is lifted when its quarter of an hour is over."""
    pause, newcomers = (
        night.room.brakes.get(kind=kind) for kind in (Brake.Kind.PAUSE, Brake.Kind.NEWCOMERS)
    )
    confirm_brake(newcomers, by=night.member("tariq").staff, at=night.later(minutes=11))
    lapse = handler_of("spaces.brake_lapses")
    if lapse is None:
        raise Broken("nothing lifts a brake that nobody confirmed")
    for job in Job.objects.waiting().filter(kind="spaces.brake_lapses"):
        lapse(job, at=job.due_at)
    pause.refresh_from_db()
    newcomers.refresh_from_db()
    promise(pause.lifted_at == pause.lapses_at, "what nobody confirmed still holds")
    promise(newcomers.lifted_at is None, "what a colleague confirmed was lifted")
    _refused(NewcomersRead, night, night.newcomer, at=night.later(minutes=16))


def somebody_wakes_and_agrees(night: Night) -> None:
    """One decision, and only now: all of them are out, and the audit follows every step."""
    luis, at = night.member("luis"), night.later(minutes=17)
    if night.proposal is None:
        raise Broken("nothing was proposed")
    version = night.proposal.version
    open_version(version, by=luis.staff, keyring=luis.keyring, at=at)
    agreed = concur(version, by=luis.staff, keyring=luis.keyring, at=at)
    revoked = agreed.execution.warrants.filter(kind="revoke").count()
    promise(revoked == len(night.raid), f"{revoked} of {len(night.raid)} lost access")
    promise(
        not any(is_admitted(one.person_id, night.room.places, at=at) for one in night.raid),
        "somebody is still admitted",
    )
    promise(audit() == [], "the audit is not clean")


def _terms(night: Night) -> Terms:
    until = night.later(hours=24)
    people = [
        Target(
            "revoke",
            one.person_id,
            one.display_name,
            scope_kind="session",
            scope_id=night.room.session_id,
            until_at=until,
        )
        for one in night.raid
    ]
    posts = [Target("delete", id, "a post of the raid") for id in _posts(night)]
    return Terms(
        targets=(*people, *posts),
        grounds=("violation",),
        violations=("silence",),
        reason="Eight logins drown out everybody else.",
        finding="Sustained disruption, in this session, tonight.",
        stabilises="It lets the others speak.",
        considered="Holding the room; it cannot be held all night.",
        less_severe="A warning has nobody to reach: they came to disturb.",
        safety="Nobody who flagged it can be told from what they learn.",
        notice_subject="About your access",
        notice_body="You do not have access to this session until tomorrow.",
    )


def _posts(night: Night) -> list[UUID]:
    return list(Post.objects.filter(registration__in=night.raid).values_list("id", flat=True))


def _refused(refusal: type[Exception], night: Night, who: Registration, *, at: datetime) -> None:
    try:
        post_message(night.room, registration=who, text="One more.", at=at)
    except refusal:
        return
    raise Broken(f"{who.display_name} could write into a room that is held")


Act = Callable[[Night], None]
NIGHT: list[tuple[str, Act]] = [
    ("03:00, one person awake: the room is held for everybody, at once", the_room_is_held),
    ("it is proposed; whoever is on shift is asked, and sleeps", it_is_proposed),
    ("rings widen at 2, 5 and 10 minutes, and not before", rings_widen_on_time),
    ("nobody and no message has been touched", nobody_is_touched),
    ("a brake is confirmed by another, or lifted after 15 minutes", brakes_are_confirmed_or_lifted),
    ("somebody wakes and agrees: all are out by one decision", somebody_wakes_and_agrees),
]
