"""How soon a decision takes hold: fifty open streams of a person among two thousand, who goes on posting all along.

Each decision is about somebody else. It is taken in a process that serves; the clock runs from its commit until the
last of the person's streams has ended at the client. A post of theirs that was not there when the gate closed, inside
the decision's own transaction, and is there afterwards was committed too late. On PostgreSQL four processes serve,
and the peer is a raw PING to the Redis beside them, in the same turns.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.common import Answer, arguments, median, percentile, progress
from bench.crowd import Crowd, Said, Wish, Writers
from bench.installs import ENGINES, ON, Install, installed
from bench.stage import plant, sign_in, stage

ROOMS = 20
STREAMS = 50
STREAMS_A_BROWSER = 8
RACE = 150
"""Posts that the person tries to send while the decision is taken, fifty a second."""
BEFORE = 0.15
"""Seconds of the race before the decision, in which the peer is asked."""


def main() -> None:
    """One engine after the other."""
    asked = arguments(__doc__ or "", on=ON)
    people, decisions = (300, 12) if asked.quick else (2_000 - STREAMS, 200)
    workload = {"streams": people + STREAMS, "of the person": STREAMS, "decisions": decisions}
    answer = Answer("revoke", workload)
    for engine in [asked.on] if asked.on else ENGINES:
        with installed(engine, deeds="bench.revoke") as install:
            compare(answer, engine, take_turns(install, engine, people, decisions))
    answer.print(as_json=asked.json)


def compare(answer: Answer, engine: str, turns: list[Turn]) -> None:
    """The limits; the peer is asked of PostgreSQL alone."""
    delays = [turn.ms for turn in turns]
    answer.require(f"p99_ms_{engine}", percentile(delays, 0.99), at_most=50)
    if engine == "sqlite":
        answer.require("p50_ms_sqlite", median(delays), at_most=5)
    else:
        pings = median(turn.ping_ms for turn in turns)
        answer.figures["p50_ms_postgresql"] = round(median(delays), 3)
        answer.figures["ping_ms"] = round(pings, 3)
        answer.require("p50_in_pings_postgresql", median(delays) / pings, at_most=30, ratio=True)
    answer.figures[f"posts_before_{engine}"] = sum(turn.posted for turn in turns)
    answer.figures[f"refused_after_{engine}"] = sum(turn.refused for turn in turns)
    answer.require(f"late_posts_{engine}", sum(turn.late for turn in turns), at_most=0)
    answer.require(f"streams_left_{engine}", sum(turn.left for turn in turns), at_most=0)
    answer.require(f"let_in_again_{engine}", sum(turn.let_in for turn in turns), at_most=0)


class Turn(NamedTuple):
    """One decision: when it had ended the last stream, and what it let through."""

    ms: float
    ping_ms: float
    posted: int
    refused: int
    late: int
    left: int
    let_in: int


def take_turns(install: Install, engine: str, people: int, decisions: int) -> list[Turn]:
    """Everybody listens; then one decision after the other."""
    planted = install.ask("plant", people, ROOMS)
    rooms, ports = planted["rooms"], install.ports
    progress(f"{engine}: {people} people, {ROOMS} rooms")
    crowd, writers, turns = Crowd(), Writers(), list[Turn]()
    ping = pinger(install.redis_url)
    try:
        others = crowd.join(
            Wish(ports[number % len(ports)], f"room:{rooms[number % ROOMS]}", cookie)
            for number, cookie in enumerate(planted["people"])
        )
        assert all(ear.status == 200 for ear in others), {ear.status for ear in others}
        progress(f"{engine}: {len(others)} streams")
        for number in range(decisions):
            turns.append(take_turn(install, crowd, writers, rooms[0], ping))
            if number % max(1, decisions // 10) == 0:
                progress(f"{engine}: decision {number + 1} of {decisions}: {turns[-1].ms:.1f} ms")
        return turns
    finally:
        crowd.leave()
        writers.close()


def take_turn(
    install: Install, crowd: Crowd, writers: Writers, hall: str, ping: Callable[[], float]
) -> Turn:
    """Somebody comes in with many browsers, posts all along, and is shut out meanwhile."""
    ports = install.ports
    someone = install.ask("propose_about_somebody", -(-STREAMS // STREAMS_A_BROWSER))
    cookies = someone["cookies"]
    wishes = [
        Wish(ports[number % len(ports)], f"room:{hall}", cookies[number // STREAMS_A_BROWSER])
        for number in range(STREAMS)
    ]
    ears = crowd.join(wishes)
    assert all(ear.status == 200 for ear in ears), {ear.status for ear in ears}
    said = [
        Said(number * 0.02, ports[number % len(ports)], f"/r/{hall}/posts", cookies[0], "again")
        for number in range(RACE)
    ]
    writers.begin(said, threads=2, until=3.0, give_up=6)
    ping_ms = ping()
    decided = install.ask("decide", someone["proposal"])
    ended = crowd.wait(lambda: all(ear.ended for ear in ears), 5.0)
    raced = writers.finish()
    again = crowd.join(dict.fromkeys(wishes[:STREAMS_A_BROWSER] + wishes[-1:]))
    last = max(ear.ended or time.monotonic_ns() for ear in ears)
    return Turn(
        ms=(last - decided["committed"]) / 1e6,
        ping_ms=ping_ms,
        posted=decided["posts"],
        refused=sum(one.status == 403 for one in raced),
        late=install.ask("posts_of", someone["registration"]) - decided["posts"],
        left=0 if ended else sum(ear.ended is None for ear in ears),
        let_in=sum(ear.status == 200 for ear in again),
    )


def pinger(url: str) -> Callable[[], float]:
    """Milliseconds of a raw PING, the median of a few; not a number where there is no Redis."""
    if not url:
        return waited
    from redis import Redis

    client = Redis.from_url(url)

    def asked() -> float:
        found, until = [], time.monotonic() + BEFORE
        while time.monotonic() < until:
            began = time.perf_counter()
            client.ping()
            found.append(1_000 * (time.perf_counter() - began))
            time.sleep(0.01)
        return median(found)

    return asked


def waited() -> float:
    time.sleep(BEFORE)
    return float("nan")


# Deeds ---------------------------------------------------------------------------------------------


def propose_about_somebody(browsers: int) -> dict[str, Any]:
    """Somebody new writes, it is flagged and proposed, and a colleague has opened the text."""
    from concord.people.models import Login
    from tests.cast import opened
    from tests.many import another_proposed

    told = stage.cast
    proposal, post = another_proposed(told, act_at_once=True)
    opened(proposal.version, told.luis, told.at)
    who = post.registration
    assert who is not None
    login = Login.objects.select_related("person").get(person=who.person_id)
    return {
        "proposal": str(proposal.id),
        "registration": str(who.id),
        "cookies": [sign_in(login, room=told.hall) for _ in range(browsers)],
    }


def decide(proposal: str) -> dict[str, Any]:
    """The colleague agrees. When it was committed, and how many posts of the person it found, the gate held."""
    from django.db import transaction
    from django.utils import timezone

    from concord.concurrence.concur import concur
    from concord.concurrence.models import Proposal, Warrant

    version, stamps = Proposal.objects.get(id=proposal).version, list[int]()
    luis = stage.cast.luis
    with transaction.atomic():
        transaction.on_commit(lambda: stamps.append(time.monotonic_ns()))
        agreed = concur(version, by=luis.staff, keyring=luis.keyring, at=timezone.now())
        out = Warrant.objects.get(execution__concurrence=agreed, kind="revoke")
        posts = _posts_of(registration__person=out.target)
    return {"committed": stamps[0], "posts": posts}


def posts_of(registration: str) -> int:
    return _posts_of(registration=registration)


def _posts_of(**whose: Any) -> int:
    from concord.spaces.models import Post

    return Post.objects.filter(**whose).count()


DEEDS = {
    "plant": plant,
    "propose_about_somebody": propose_about_somebody,
    "decide": decide,
    "posts_of": posts_of,
}


if __name__ == "__main__":
    main()
