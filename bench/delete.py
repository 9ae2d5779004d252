"""How long it takes to delete a thousand posts of one person, with sealed copies kept, from every client's screen.

The person's access goes with them, as two people agreed. The clock runs from the second yes until the last of those
who listen in the room has heard that the last post is gone. The peer is a published figure of Synapse, measured on a
machine of this size: 50 messages redacted in 1.55 s.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.common import Answer, arguments, median, progress
from bench.crowd import Crowd, Wish
from bench.installs import ENGINES, ON, installed
from bench.stage import plant, stage

POSTS = 1_000
LISTENERS = 100
SYNAPSE = 50 / 1.55
GONE = re.compile(rb"event: removed")


def main() -> None:
    """A new install for each round, for a deletion is done once."""
    asked = arguments(__doc__ or "", on=ON)
    rounds = min(asked.rounds, 3)
    answer = Answer("delete", {"posts": POSTS, "listeners": LISTENERS, "rounds": rounds})
    for engine in [asked.on] if asked.on else ENGINES:
        turns = [take_turn(engine, number) for number in range(rounds)]
        seconds = median(turn["seconds"] for turn in turns)
        answer.require(f"gone_from_every_screen_s_{engine}", seconds, at_most=1.0)
        answer.require(
            f"rate_in_synapses_{engine}", POSTS / seconds / SYNAPSE, at_least=30, ratio=True
        )
        committed = median(turn["committed"] for turn in turns)
        answer.figures[f"committed_after_s_{engine}"] = round(committed, 3)
        answer.require(f"without_sealed_copy_{engine}", sum(t["bare"] for t in turns), at_most=0)
        answer.require(f"still_there_{engine}", sum(t["left"] for t in turns), at_most=0)
        answer.require(f"screens_not_told_{engine}", sum(t["deaf"] for t in turns), at_most=0)
    answer.print(as_json=asked.json)


def take_turn(engine: str, number: int) -> dict[str, Any]:
    """Plant, listen, decide."""
    with installed(engine, deeds="bench.delete") as install:
        planted = install.ask("plant", LISTENERS, 2)
        install.ask("write_and_propose", POSTS)
        ports, crowd = install.ports, Crowd(GONE, len(b"event: removed"))
        try:
            ears = crowd.join(
                Wish(ports[each % len(ports)], f"room:{planted['rooms'][0]}", cookie)
                for each, cookie in enumerate(planted["people"])
            )
            began = time.monotonic_ns()
            done = install.ask("decide")
            crowd.wait(lambda: all(ear.heard >= POSTS for ear in ears), 30.0)
            deaf = [ear for ear in ears if ear.heard < POSTS]
            last = max(ear.last_at for ear in ears) if not deaf else time.monotonic_ns()
        finally:
            crowd.leave()
        seconds = (last - began) / 1e9
        progress(f"{engine}, round {number + 1}: {seconds:.2f} s, {len(deaf)} not told")
        return {
            "seconds": seconds,
            "committed": (done["committed"] - began) / 1e9,
            "deaf": len(deaf),
            **install.ask("what_is_left"),
        }


# Deeds ---------------------------------------------------------------------------------------------


def write_and_propose(posts: int) -> None:
    """One person has written all of it; it is proposed that they go, and all that they wrote."""
    from concord.spaces.models import Post, Room
    from tests.cast import opened, proposed

    told, hall = stage.cast, stage.cast.hall
    Post.objects.bulk_create(
        [
            Post(
                room=hall,
                number=number,
                registration=told.karim,
                text=f"Nobody asked you to come, number {number}. " + "Go home. " * 10,
                posted_at=told.at,
            )
            for number in range(1, posts)  # one more is flagged below
        ],
        batch_size=200,
    )
    Room.objects.filter(id=hall.id).update(last_number=posts - 1)
    proposal = proposed(told, act_at_once=True)
    opened(proposal.version, told.luis, told.at)
    stage.version = proposal.version


def decide() -> dict[str, Any]:
    """The second yes, by which it happens at once."""
    from django.utils import timezone

    from concord.concurrence.concur import concur

    luis = stage.cast.luis
    concur(stage.version, by=luis.staff, keyring=luis.keyring, at=timezone.now())
    return {"committed": time.monotonic_ns()}


def what_is_left() -> dict[str, int]:
    """Posts that still stand, and those of which no sealed copy lies in the case and with the removal."""
    from concord.cases.models import Evidence
    from concord.spaces.models import Post, Removal

    theirs = Post.objects.filter(registration=stage.cast.karim)
    kept = Evidence.objects.filter(post__in=theirs.values("id")).count()
    sealed = Removal.objects.filter(post__in=theirs).count()
    return {
        "left": theirs.filter(removed=False).count() + theirs.exclude(text="").count(),
        "bare": 2 * theirs.count() - kept - sealed,
    }


DEEDS = {
    "plant": plant,
    "write_and_propose": write_and_propose,
    "decide": decide,
    "what_is_left": what_is_left,
}


if __name__ == "__main__":
    main()
