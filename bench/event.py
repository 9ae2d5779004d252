"""A whole event in fast motion: two thousand people at once in twenty rooms, a raid, and what staff decide about it.

Twenty minutes pass in four. Each room follows an hour of real chat, where that lies beside the checkout; everybody
holds a stream open, and some load their page again. Then forty people come into three rooms within three minutes, each
with a stream, and write one cruelty after the other, by turns in all three; a flag, a case, a proposal and a second yes
take them out in twelve decisions, with all that they wrote. Every message has to reach everybody in its room; nobody
who was taken out writes or hears anything more. All the while somebody flags a moment now and then, and one who watches
hears of it; five pages of the watch lie open, and ask for their parts as their script does, not faster. At the end one
member of the team, alone, pauses a room.
"""

from __future__ import annotations

import http.client
import re
import sys
import threading
import time
import zlib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID, uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.chat import CHAT, tempo
from bench.common import Answer, arguments, median, percentile, progress
from bench.crowd import MARK, TOKEN, Crowd, Ear, Said, Wish, Writers
from bench.installs import ENGINES, ON, Install, installed
from bench.stage import bring_in, plant, stage, warm_up

PEOPLE, ROOMS = 2_000, 20
FASTER, FASTER_IF_QUICK = 5, 20
MINUTES, MINUTES_IF_QUICK = 20, 7
RAIDERS, RAID_MINUTES = 40, 3
RAIDED = 3
"""Rooms in which each of them writes by turns: what screening finds there comes together as one item a person."""
DECISIONS = 12
MOMENTS = 12
"""Flagged by people who take part, over the whole event."""
WATCHERS = 5
SOON, PAUSE, ASKS_AGAIN = 0.7, 4.0, 20.0
"""Seconds, as in the script of the watch: after a flag; between two askings for posts; for the list of rooms."""
ALONE_IN = 50
"""Who opens one more page in the room that is paused."""
FIRST_DECISION, BETWEEN = 1.0, 0.4
"""Minutes of the event: from the beginning of the raid to the first decision, and from one to the next."""
CRUEL = "Nobody wants you here. Go and hurt yourself"
EACH_WRITES = 30.0
"""Seconds of the event between two messages of one who raids."""
PATIENCE = 20.0
"""Seconds until each of those whom a decision is about has written; a slow machine takes as long."""
WELL = (200, 201)
LOOKS = 10
"""One in so many loads the page again."""


def main() -> None:
    """One kind of install after the other."""
    more: dict[str, dict[str, Any]] = {
        "people": {"type": int, "default": None, "help": f"at once ({PEOPLE}); 9212 as a stretch"},
        "faster": {"type": int, "default": None, "help": f"than life: times ({FASTER})"},
        "on": ON,
    }
    asked = arguments(__doc__ or "", **more)
    people = asked.people or (PEOPLE // 10 if asked.quick else PEOPLE)
    minutes = MINUTES_IF_QUICK if asked.quick else MINUTES
    faster = asked.faster or (FASTER_IF_QUICK if asked.quick else FASTER)
    plan = Plan(people, minutes, faster)
    workload = {"people": people, "rooms": ROOMS, "minutes": minutes, "times faster": plan.faster}
    workload |= {"raiders": RAIDERS, "decisions": DECISIONS, "moments": MOMENTS}
    workload |= {"watchers": WATCHERS}
    workload["of"] = "public chat" if CHAT.exists() else "made messages"
    answer = Answer("event", workload)
    for engine in [asked.on] if asked.on else ENGINES[: 1 if asked.quick else None]:
        with installed(engine, deeds="bench.event") as install:
            tell(answer, engine, Event(install, engine, plan).run())
    answer.print(as_json=asked.json)


class Plan(NamedTuple):
    people: int
    minutes: int
    faster: int

    @property
    def seconds(self) -> float:
        return self.seconds_of(self.minutes)

    def seconds_of(self, minutes: float) -> float:
        """How long so many minutes of the event take here."""
        return minutes * 60 / self.faster

    def comes_at(self, number: int) -> float:
        """When somebody of the raid comes in."""
        return self.raid_at + number * self.seconds_of(RAID_MINUTES) / RAIDERS

    @property
    def raid_at(self) -> float:
        """A quarter of the event has passed, or hardly anything of a quick one."""
        return self.seconds / 4 if self.minutes == MINUTES else 1.0


class Found(NamedTuple):
    """What an event came to."""

    delays: list[float]
    posts: int
    refused: int
    how_refused: dict[str, int]
    lost: int
    twice: int
    cuts: list[float]
    flags: list[float]
    unheard: int
    parts: list[float]
    parts_refused: int
    paused_ms: float
    past_pause: int
    late: int
    left: int
    seconds: float
    opened_in: float
    cpu: float
    rss: int
    grown: int
    listeners: int
    behind: float


def tell(answer: Answer, engine: str, found: Found) -> None:
    """What has to be nothing, what has to come within a second, and what it took."""
    for name, number in (
        ("lost", found.lost),
        ("refused", found.refused),
        ("late_revocations", found.late),
        ("streams_left", found.left),
        ("flags_unheard", found.unheard),
        ("watch_parts_refused", found.parts_refused),
        ("posts_past_a_pause", found.past_pause),
    ):
        answer.require(f"{name}_{engine}", number, at_most=0)
    answer.require(f"slowest_flag_heard_ms_{engine}", max(found.flags), at_most=1_000)
    answer.require(f"pause_told_to_all_ms_{engine}", found.paused_ms, at_most=1_000)
    answer.require(f"p99_delivery_ms_{engine}", percentile(found.delays, 0.99), at_most=1_000)
    answer.figures |= {
        f"p50_delivery_ms_{engine}": round(median(found.delays), 1),
        f"cut_after_ms_{engine}": round(max(found.cuts), 1),
        f"flag_heard_ms_{engine}": round(median(found.flags), 1),
        f"watch_parts_{engine}": len(found.parts),
        f"watch_part_ms_{engine}": round(median(found.parts), 1),
        f"slowest_watch_part_ms_{engine}": round(max(found.parts), 1),
        f"posts_a_second_{engine}": round(found.posts / found.seconds, 1),
        f"deliveries_a_second_{engine}": round(len(found.delays) / found.seconds),
        f"told_twice_{engine}": found.twice,
        **{f"refused_by_{status}_{engine}": n for status, n in found.how_refused.items()},
        f"cores_{engine}": round(found.cpu / found.seconds, 2),
        f"rss_mb_{engine}": round(found.rss / 1e6),
        f"rss_kb_a_listener_{engine}": round(found.grown / found.listeners / 1e3, 1),
        f"streams_opened_a_second_{engine}": round(found.listeners / found.opened_in),
        f"writers_behind_s_{engine}": round(found.behind, 2),
    }


class Event:
    """One event on one install."""

    def __init__(self, install: Install, engine: str, plan: Plan) -> None:
        self._install, self._engine, self._plan = install, engine, plan
        planted = install.ask("plant", plan.people, ROOMS)
        self._rooms, self._people = planted["rooms"], planted["people"]
        for process in range(len(install.ports)):
            install.ask("warm_up", planted["event"], process=process)
        self._raiders: list[dict[str, str]] = install.ask("bring_raiders", RAIDERS)
        self._say(f"{plan.people} people in {ROOMS} rooms")
        self._crowd, self._raid = Crowd(), Crowd()
        self._desk = Crowd(re.compile(rb"event: flag\n"), len(b"event: flag\n"))
        self._alone = Crowd(re.compile(rb"event: condition\n"), len(b"event: condition\n"))
        self._watchers = Watchers()
        self._flags: list[float] = []
        self._unheard = 0
        self._raid_ears: list[Ear] = []
        self._cuts: list[float] = []
        self._posts_then: dict[str, int] = {}

    def run(self) -> Found:
        """Everybody comes; then it goes its way."""
        talkers, raiders = Writers(), Writers()
        try:
            before, began = self._install.rss(), time.monotonic()
            ears = self._crowd.join(self._wishes(), self._so_far)
            opened_in = time.monotonic() - began
            assert all(ear.status == 200 for ear in ears), {ear.status for ear in ears}
            grown, spent = self._install.rss() - before, self._install.cpu()
            said = self._talk()
            began = time.monotonic()
            talkers.begin(said, threads=12)
            raiders.begin(self._cruelties(), threads=8, give_up=2 * RAIDERS)
            self._decide(began)
            answers = talkers.finish()
            seconds = time.monotonic() - began
            raiders.finish()
            paused_ms, past_pause = self._pause()
            made = [0] * ROOMS
            for one in answers:
                if said[one.number].stamped and one.status == 201:
                    made[self._rooms.index(said[one.number].path.split("/")[2])] += 1
            expected = [made[number % ROOMS] for number in range(len(ears))]
            self._crowd.wait(
                lambda: all(ear.heard >= n for ear, n in zip(ears, expected, strict=True)), 15.0
            )
            pairs = [(ear.heard, n) for ear, n in zip(ears, expected, strict=True)]
            late = self._install.ask("posts_of", list(self._posts_then))
            began_at = min(one.began - said[one.number].due * 1e9 for one in answers)
            return Found(
                delays=self._crowd.delays,
                posts=sum(made),
                refused=sum(one.status not in WELL for one in answers),
                how_refused=Counter(str(one.status) for one in answers if one.status not in WELL),
                lost=sum(max(0, n - heard) for heard, n in pairs),
                twice=sum(max(0, heard - n) for heard, n in pairs),
                cuts=self._cuts,
                flags=self._flags,
                unheard=self._unheard,
                parts=self._watchers.took,
                parts_refused=self._watchers.refused,
                paused_ms=paused_ms,
                past_pause=past_pause,
                late=sum(late[who] - then for who, then in self._posts_then.items()),
                left=sum(ear.status == 200 and ear.ended is None for ear in self._raid_ears),
                seconds=seconds,
                opened_in=opened_in,
                cpu=self._install.cpu() - spent,
                rss=self._install.rss(),
                grown=grown,
                listeners=len(ears),
                behind=max(one.began - said[one.number].due * 1e9 - began_at for one in answers)
                / 1e9,
            )
        finally:
            self._watchers.leave()
            for each in (self._crowd, self._raid, self._desk, self._alone):
                each.leave()
            for each in (talkers, raiders):
                each.close()

    def _wishes(self) -> list[Wish]:
        return [
            Wish(self._port(number), f"room:{self._rooms[number % ROOMS]}", cookie)
            for number, cookie in enumerate(self._people)
        ]

    def _talk(self) -> list[Said]:
        """All that is said in the rooms, and who loads a page again, in the order in which it is due."""
        said = []
        for room, lines in enumerate(tempo(ROOMS, minutes=self._plan.minutes)):
            inside = range(room, self._plan.people, ROOMS)
            for line in lines:
                who = inside[zlib.crc32(line.who.encode()) % len(inside)]
                text = line.text.replace(MARK, "-")[:3_000] or "."
                path = f"/r/{self._rooms[room]}/posts"
                cookie = self._people[who]
                said.append(
                    Said(line.second / self._plan.faster, self._port(who), path, cookie, text)
                )
        for who in range(0, self._plan.people, LOOKS):
            path = f"/r/{self._rooms[who % ROOMS]}"
            due = self._plan.seconds * who / self._plan.people
            said.append(Said(due, self._port(who), path, self._people[who], "", stamped=False))
        return sorted(said)

    def _cruelties(self) -> list[Said]:
        """One after the other comes in, and writes until they are out, and on."""
        return sorted(
            Said(
                due,
                self._port(number),
                f"/r/{self._rooms[(number + turn) % RAIDED]}/posts",
                one["cookie"],
                CRUEL,
                stamped=False,
            )
            for number, one in enumerate(self._raiders)
            for turn, due in enumerate(self._moments(number))
        )

    def _moments(self, number: int) -> list[float]:
        come, every = self._plan.comes_at(number), self._plan.seconds_of(EACH_WRITES / 60)
        return [come + 0.5 + turn * every for turn in range(int(self._plan.seconds / every))]

    def _decide(self, began: float) -> None:
        """They come one by one, and are taken out a few at a time, as soon as they have written."""
        come = [(self._plan.comes_at(number), "come", number) for number in range(RAIDERS)]
        decisions = [
            (
                self._plan.raid_at + self._plan.seconds_of(FIRST_DECISION + number * BETWEEN),
                "out",
                number,
            )
            for number in range(DECISIONS)
        ]
        pages = self._install.ask("watch", WATCHERS)
        desks = self._desk.join(Wish(self._port(n), *page) for n, page in enumerate(pages))
        assert all(ear.status == 200 for ear in desks), [ear.status for ear in desks]
        self._watchers.begin(desks)
        desk = desks[0]
        apart = self._plan.seconds / (MOMENTS + 1)
        moments = [(apart * (number + 1), "flag", number) for number in range(MOMENTS)]
        for due, what, number in sorted(come + decisions + moments):
            time.sleep(max(0.0, began + due - time.monotonic()))
            if what == "come":
                room = f"room:{self._rooms[number % RAIDED]}"
                wish = Wish(self._port(number), room, self._raiders[number]["cookie"])
                self._raid_ears += self._raid.join([wish])
            elif what == "flag":
                self._flag(number, desk)
            else:
                self._take_out(number)

    def _flag(self, number: int, desk: Ear) -> None:
        """Somebody presses "flag this moment", and whoever watches hears of it (PUB-21)."""
        who, before, began = 1 + number, desk.heard, time.monotonic_ns()
        words = {"words": "What was said just now", "nonce": str(uuid4())}
        status = self._send(who, f"/r/{self._rooms[who % ROOMS]}/flag", words)
        assert status in (200, 201, 302, 303), status
        if self._desk.wait(lambda: desk.heard > before, 5.0):
            self._flags.append((desk.last_at - began) / 1e6)
        else:
            self._unheard += 1

    def _pause(self) -> tuple[float, int]:
        """One member of the team, alone, pauses a room: when all in it know, and how many posts came past (PUB-07)."""
        inside = range(0, self._plan.people, ROOMS)[:ALONE_IN]
        room = f"room:{self._rooms[0]}"
        ears = self._alone.join(Wish(self._port(who), room, self._people[who]) for who in inside)
        time.sleep(0.5)  # each stream begins with how the room is; that is not what is waited for
        pulled = self._install.ask("pause", self._rooms[0])
        self._alone.wait(lambda: all(ear.last_at > pulled for ear in ears), 5.0)
        told = max(ear.last_at for ear in ears if ear.last_at > pulled)
        deaf = [ear for ear in ears if ear.last_at <= pulled]
        post = {"text": "Are we still on?", "nonce": str(uuid4()), "sure": "on"}
        sent = [self._send(who, f"/r/{self._rooms[0]}/posts", post) for who in inside[:3]]
        self._say(f"paused; {len(deaf)} not told, answers {sent}")
        return (told - pulled) / 1e6 if not deaf else 5_000.0, sent.count(201)

    def _send(self, who: int, path: str, typed: dict[str, str]) -> int:
        """A form, as a page sends it; the answer's status."""
        held = http.client.HTTPConnection("127.0.0.1", self._port(who), timeout=PATIENCE)
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **typed})
        headers = {"Host": "localhost", "Cookie": self._people[who], "HX-Request": "true"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        held.request("POST", path, body, headers)
        status = held.getresponse().status
        held.close()
        return status

    def _take_out(self, number: int) -> None:
        theirs = range(number * RAIDERS // DECISIONS, (number + 1) * RAIDERS // DECISIONS)
        whose = [self._raiders[each]["registration"] for each in theirs]
        decided = self._install.ask("decide", whose)
        self._posts_then |= decided["posts"]
        ears = self._raid_ears[theirs.start : theirs.stop]
        self._raid.wait(lambda: all(ear.ended for ear in ears), 2.0)
        ended = max((ear.ended or time.monotonic_ns()) for ear in ears)
        self._cuts.append((ended - decided["committed"]) / 1e6)
        self._say(
            f"decision {number + 1} of {DECISIONS}: {len(whose)} people, "
            f"{sum(decided['posts'].values())} posts, out after {self._cuts[-1]:.1f} ms"
        )

    def _so_far(self, streams: int) -> None:
        if streams % 500 == 0:
            self._say(f"{streams} streams")

    def _port(self, number: int) -> int:
        ports = self._install.ports
        return ports[number % len(ports)]

    def _say(self, text: str) -> None:
        progress(f"{self._engine}: {text}")


class Watchers:
    """Pages of the watch that lie open, each asking for its parts: in a busy room there is always something new."""

    def __init__(self) -> None:
        self.took: list[float] = []
        """Milliseconds for each part."""
        self.refused = 0
        self._over = threading.Event()
        self._pages: list[threading.Thread] = []

    def begin(self, desks: list[Ear]) -> None:
        self._pages = [threading.Thread(target=self._watch, args=(ear,)) for ear in desks]
        for page in self._pages:
            page.start()

    def leave(self) -> None:
        self._over.set()
        for page in self._pages:
            page.join()

    def _watch(self, ear: Ear) -> None:
        held = http.client.HTTPConnection("127.0.0.1", ear.wish.port, timeout=PATIENCE)
        flags, rooms_at, posts_at = ear.heard, time.monotonic(), 0.0
        while not self._over.wait(SOON):
            now, parts = time.monotonic(), []
            if ear.heard > flags:
                flags, parts = ear.heard, ["watch-flags"]
            if now - posts_at >= PAUSE:
                posts_at, parts = now, [*parts, "watch-now"]
            if now - rooms_at >= ASKS_AGAIN:
                rooms_at, parts = now, [*parts, "watch-rooms"]
            for part in parts:
                self._ask(held, ear.wish, part)

    def _ask(self, held: http.client.HTTPConnection, page: Wish, part: str) -> None:
        headers = {"Host": page.host, "Cookie": page.cookie}
        headers |= {"HX-Request": "true", "HX-Target": part}
        began = time.monotonic()
        held.request("GET", "/watch", None, headers)
        answer = held.getresponse()
        answer.read()
        self.took.append((time.monotonic() - began) * 1e3)
        self.refused += answer.status != 200


# Deeds ---------------------------------------------------------------------------------------------


def bring_raiders(many: int) -> list[dict[str, str]]:
    """Forty who have signed in and read everything, and are not there yet."""
    people, cookies = bring_in(many, stage.rooms[:RAIDED], in_all=True)
    return [
        {"registration": str(who.id), "cookie": cookie}
        for who, cookie in zip(people, cookies, strict=True)
    ]


def decide(registrations: list[str]) -> dict[str, Any]:
    """The whole way: flagged, judged, taken up, proposed, opened, agreed to.

    How many posts each of them had is asked inside the decision's transaction, while the gate is held.
    """
    from django.db import transaction
    from django.utils import timezone

    from concord.cases.take_up import take_up
    from concord.concurrence.concur import concur
    from concord.concurrence.open_version import open_version
    from concord.concurrence.propose import propose
    from concord.monitoring.flag_post import flag_post
    from concord.monitoring.judge_credible import judge_credible
    from concord.spaces.models import Post
    from tests.cast import terms_for

    told, theirs = stage.cast, Post.objects.filter(registration__in=registrations, removed=False)
    until = time.monotonic() + PATIENCE
    while theirs.values("registration").distinct().count() < len(registrations):
        assert time.monotonic() < until, "they have not written"
        time.sleep(0.05)
    posts, at = list(theirs.select_related("room")), timezone.now()
    amara = {"by": told.amara.staff, "keyring": told.amara.keyring, "at": at}
    luis = {"by": told.luis.staff, "keyring": told.luis.keyring}
    flag = flag_post(posts[0], words="All of them", by=told.sara.person_id, by_staff=False, at=at)
    flag = judge_credible(
        flag, credible=True, reason="It urges people to hurt themselves.", **amara
    )
    case = take_up(flag, **amara)
    proposal = propose(
        case,
        terms=terms_for(told, targets=_targets(registrations, posts), act_at_once=True),
        **amara,
    )
    version = proposal.version
    open_version(version, **luis, at=at)
    stamps: list[int] = []
    with transaction.atomic():
        transaction.on_commit(lambda: stamps.append(time.monotonic_ns()))
        concur(version, **luis, at=timezone.now())
        then = posts_of(registrations)
    return {"committed": stamps[0], "posts": then}


def _targets(registrations: list[str], posts: list[Any]) -> tuple[Any, ...]:
    from concord.concurrence.terms import Target
    from concord.convenings.models import Registration

    people = Registration.objects.filter(id__in=[UUID(one) for one in registrations])
    outs = [
        Target(
            "revoke",
            who.person_id,
            who.display_name,
            scope_kind="convening",
            scope_id=stage.cast.convening.id,
            until_at=stage.cast.later(hours=24),
        )
        for who in people
    ]
    posts_go = (Target("delete", one.id, f"{one.room.name}, {one.number}") for one in posts)
    return (*outs, *posts_go)


def posts_of(registrations: list[str]) -> dict[str, int]:
    """How many posts each of them has, removed ones too."""
    from concord.spaces.models import Post

    return {one: Post.objects.filter(registration=one).count() for one in registrations}


def watch(pages: int) -> list[tuple[str, str, str]]:
    """So many pages of the watch, of Noor and three colleagues: their streams, their cookies, the desk's host."""
    from tests.browsing import DESK, at_the_desk

    told, found = stage.cast, []
    for desk in (told.noor, told.amara, told.luis, told.ravi):
        kept = at_the_desk(desk).client.cookies.items()
        cookies = "; ".join(f"{name}={one.value}" for name, one in kept)
        found.append((f"desk:{desk.id}", cookies, DESK))
    return [found[number % len(found)] for number in range(pages)]


def pause(room: str) -> int:
    """Noor pauses a room; the moment at which that held."""
    from django.db import transaction
    from django.utils import timezone

    from concord.spaces.models import Room
    from concord.spaces.pull_brake import pull_brake

    stamps: list[int] = []
    with transaction.atomic():
        transaction.on_commit(lambda: stamps.append(time.monotonic_ns()))
        pull_brake(
            Room.objects.get(id=room), kind="pause", by=stage.cast.noor.staff, at=timezone.now()
        )
    return stamps[0]


DEEDS = {
    "watch": watch,
    "pause": pause,
    "plant": plant,
    "warm_up": warm_up,
    "bring_raiders": bring_raiders,
    "decide": decide,
    "posts_of": posts_of,
}


if __name__ == "__main__":
    main()
