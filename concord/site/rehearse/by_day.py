"""The day of the drill: a raid of many logins, over real HTTP and streams, and one decision about all of them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from concord.concurrence.models import Asked, Concurrence, Decision, State, Warrant
from concord.convenings.models import Registration
from concord.convenings.plan_convening import plan_convening
from concord.monitoring.models import Flag
from concord.people.designate import designate
from concord.people.end_shift import end_shift
from concord.people.enrol import enrol
from concord.people.models import Shift
from concord.people.plan_shift import plan_shift
from concord.people.pledge import pledge
from concord.policy.acknowledge import acknowledge
from concord.site.commands.migrate import bring_up_to_date
from concord.site.demo import script
from concord.site.demo.plant import Member, plant, walk_in
from concord.site.demo.post_box import PostBox
from concord.site.rehearse import arriving, deciding
from concord.site.rehearse.drill_people import OTHERS, Colleague
from concord.site.rehearse.mailbox import Mailbox
from concord.site.rehearse.own_server import OwnServer
from concord.site.rehearse.stream import Stream
from concord.site.rehearse.timeline import promise
from concord.site.rehearse.world import (
    DESK,
    World,
    eventually,
    id_in,
    let_go,
    now,
    opened,
    seconds,
    write_post,
)
from concord.spaces.models import Post
from concord.spaces.post_message import post_message
from concord.vault import keys
from concord.vault.environment import make_key_file

if TYPE_CHECKING:
    from concord.site.rehearse.drill import DrillTimeline

RAIDERS = 8
EACH = 3
HIS = 3
"""Streams that the loudest of them has open."""


@dataclass
class Day(World):
    """What the scenes of the day share."""

    raid: list[Registration] | None = None
    her_desk: Stream | None = None
    his: list[Stream] | None = None

    @property
    def drill(self) -> DrillTimeline:
        from concord.site.rehearse.drill import DrillTimeline

        if not isinstance(self.timeline, DrillTimeline):
            raise TypeError
        return self.timeline


def set_the_day(server: OwnServer, timeline: DrillTimeline) -> Day:
    """The planted event, three more colleagues with mailboxes, and those who will disturb it."""
    make_key_file(Path(settings.CONCORD_KEY_FILE))
    bring_up_to_date()
    post_box = PostBox()
    post_box.open()
    at = timezone.now()
    planted = plant(post_box, at=at)
    lead = planted.team["amara"].staff
    for one in OTHERS:
        planted.team[one.handle] = _join(one, planted.team, planted.convening, post_box, at=at)
    elsewhere = plan_convening(
        "Observers",
        slug="observers",
        starts_at=at - timedelta(hours=1),
        ends_at=at + timedelta(days=1),
        by=lead,
        at=at,
    )
    for shift in Shift.objects.exclude(staff=lead):
        end_shift(shift, by=lead, at=at)
    turns = (
        ("lucia", planted.convening.id, 0),  # on shift for it, and asleep
        ("noor", elsewhere.id, 0),  # on shift for another
        ("tariq", planted.convening.id, 8),  # the next shift
    )
    for handle, event, hours in turns:
        begins = at + timedelta(hours=hours)
        plan_shift(
            planted.team[handle].staff,
            convening=event,
            starts_at=begins,
            ends_at=begins + timedelta(hours=8),
            by=lead,
            at=at,
        )
    day = Day(server, timeline, planted, Mailbox(server.home / "mails"))
    day.raid = raid(planted.convening, post_box, at=at)
    for line in range(EACH):
        for who in day.raid:
            post_message(planted.hall, registration=who, text=f"Leave this room. {line}", at=at)
    let_go()
    server.start()
    return day


def raid(
    convening: object, post_box: PostBox, *, at: datetime, of: str = "guest"
) -> list[Registration]:
    """Many logins, each with a mailbox of its own, registered and let in like everybody."""
    return [
        walk_in(
            f"{of}{number}@raid.example",
            convening=convening,  # type: ignore[arg-type]
            name=f"{of.title()} {number}",
            post_box=post_box,
            at=at,
        )
        for number in range(1, RAIDERS + 1)
    ]


def _join(
    one: Colleague, team: dict[str, Member], convening: object, post_box: PostBox, *, at: datetime
) -> Member:
    """Somebody who takes part by mail, and so has a mailbox, is designated, and is given keys."""
    takes_part = walk_in(
        f"{one.handle}@team.example",
        convening=convening,  # type: ignore[arg-type]
        name=f"{one.name} of the team",
        post_box=post_box,
        at=at,
    )
    lead = team["amara"].staff
    staff = designate(
        takes_part.person,
        working_name=one.name,
        role=one.role,
        languages=["en"],
        by=lead,
        at=at,
    )
    passphrase = keys.generate_passphrase()
    voucher = team["luis"].keyring
    login = enrol(staff, handle=one.handle, passphrase=passphrase, countersigner=voucher, at=at)
    pledge(staff, at=at)
    acknowledge(staff, version=1, at=at)
    return Member(staff, login, passphrase, keys.unlock(staff.person_id, passphrase))


def people_come_in(day: Day) -> None:
    """Those who are asked sign in; two people take part, and so does the loudest of the raid."""
    arriving.staff_sign_in(day)
    for who, address in (
        ("Ana", script.ANA[1]),
        ("Tomas", "tomas@participant.example"),
        ("Guest", "guest1@raid.example"),
    ):
        arriving.sign_in_by_code(day, who, address)
        arriving.enter_hall(day, who)
    for who in ("Ana", "Tomas"):
        day.listen(who)
    hall, port = day.planted.hall.stream, day.server.port
    day.his = [Stream(day.browser("Guest"), hall, port=port) for _ in range(HIS)]
    amara = day.planted.team["amara"].staff.person_id
    day.her_desk = Stream(day.browser("Amara", DESK), f"desk:{amara}", port=port)
    promise(day.her_desk.status == 200, "the desk's own stream does not open")
    write_post(day.browser("Guest"), day.hall_path, "Nobody wants you here.")


def raid_is_flagged(day: Day) -> None:
    """Somebody asks a person to look, once for each of them; it is on the open desk before she looks up."""
    waits = []
    for who in day.raid or []:
        post = Post.objects.filter(registration=who, removed=False).latest("number").id
        let_go()
        began = now()
        deciding.flag(day.browser("Ana"), day.public("flag_post", post))
        flag = Flag.objects.get(post=post)
        let_go()
        if day.her_desk is not None:
            waits.append(day.her_desk.wait_for("flag", id=str(flag.id)).at - began)
    day.drill.measured(
        "flag to the desk of whoever watches (the slowest of 8)", max(waits), limit=2.0
    )


def it_is_one_case(day: Day) -> None:
    """Amara answers every flag, and takes all of them into one case."""
    amara = day.browser("Amara", DESK)
    for flag in Flag.objects.filter(room=day.planted.hall, credible__isnull=True):
        page = opened(amara.get(day.desk("flag", flag.id)), "the flag does not open")
        form = page.form("reason", "credible")
        page = amara.submit(page, form, {"reason": "They drown everybody out.", "credible": "yes"})
        if any("into" in form.names for form in page.forms):
            into = id_in(day.case_path) if day.case_path else "new"
            page = amara.submit(page, page.form("into"), {"into": into})
        promise(page.path.startswith("/cases/"), f"no case: {page.status} at {page.path}")
        day.case_path = page.path
    let_go()


def all_are_proposed_at_once(day: Day) -> None:
    """One text about all of them; whoever is on shift for it is told, letter and all."""
    page = deciding.drafted(day, day.case_path, everybody=True)
    words = " ".join(re.sub(r"<[^>]*>", " ", page.text).split())
    promise(f"{RAIDERS} people lose access" in words, "the preview does not count all of them")
    before = len(day.mailbox.to("lucia@team.example"))
    began = time.time()
    day.proposal_path = deciding.ask(day, page)
    day.mailbox.wait_for("lucia@team.example", after=before)
    newest = max((day.server.home / "mails").glob("*"), key=lambda file: file.stat().st_mtime_ns)
    day.drill.measured(
        "submit to the last notice handed over", newest.stat().st_mtime - began, limit=2.0
    )
    asked = set(Asked.objects.values_list("person", flat=True))
    promise(asked == {_person(day, "lucia")}, "others than those on shift were asked at once")
    let_go()


def one_declines(day: Day) -> None:
    """Noor reads it and says no, with a reason. Nothing happens to anybody, and it stays open."""
    noor = day.browser("Noor", DESK)
    opened(noor.get(day.proposal_path), "Noor cannot open the proposal")
    where = f"{day.proposal_path}/decline"
    page = opened(noor.get(where), "declining does not open")
    typed = {"reason": "I would rather slow the room down first."}
    opened(noor.submit(page, page.form("reason"), {**typed}), "declining failed")
    promise(day.proposal.state == State.PROPOSED, "a no closed it, although others can be asked")
    promise(not Warrant.objects.exists(), "something happened to somebody")
    let_go()


def another_agrees(day: Day) -> None:
    """Mina reads what Noor wrote, and agrees: all of them lose access, by one decision, on every screen."""
    mina = day.browser("Mina", DESK)
    page = opened(mina.get(day.proposal_path), "Mina cannot open the proposal")
    promise("slow the room down first" in page.text, "whoever is asked next does not read the no")
    posts = {str(post) for post in _posts(day)}
    let_go()
    opened(mina.submit(page, page.form("version", to="/concurrence")), "agreeing failed")
    agreed = Concurrence.objects.get(version__proposal=day.proposal)
    at = seconds(agreed.concurred_at)
    steps = Warrant.objects.filter(execution__concurrence=agreed)
    eventually(lambda: not steps.filter(verified_at=None).exists(), "a step was not verified")
    verified = max(seconds(step.verified_at) for step in steps if step.verified_at)
    gone = [steps.filter(kind="delete").values_list("target", flat=True)]
    promise({str(one) for some in gone for one in some} <= posts, "a post of somebody else went")
    deleted = [str(one) for one in steps.filter(kind="delete").values_list("target", flat=True)]
    revoked = steps.filter(kind="revoke").count()
    let_go()
    seen = [
        day.streams[who].wait_for("removed", id=post).at
        for who in ("Ana", "Tomas")
        for post in deleted
    ]
    ended = [stream.wait_until_ended() for stream in day.his or []]
    promise(revoked == RAIDERS, f"{revoked} of {RAIDERS} lost access")
    promise(Decision.objects.count() == 1, "it took more than one decision")
    last = max([*seen, *ended, verified]) - at
    day.drill.measured(
        f"agreement to verified everywhere ({revoked} people, {len(deleted)} posts)",
        last,
        limit=1.0,
    )


def _posts(day: Day) -> list[UUID]:
    return list(Post.objects.filter(registration__in=day.raid or []).values_list("id", flat=True))


def _person(day: Day, handle: str) -> UUID:
    return day.planted.team[handle].staff.person_id


Scene = Callable[[Day], None]
DAY: list[tuple[str, Scene]] = [
    ("people come in, streams are open, eight logins flood the hall", people_come_in),
    ("each is flagged", raid_is_flagged),
    ("all flags go into one case", it_is_one_case),
    ("one proposal about all of them; whoever is on shift is asked", all_are_proposed_at_once),
    ("one colleague declines; nothing happens", one_declines),
    ("another agrees; it holds everywhere", another_agrees),
]
