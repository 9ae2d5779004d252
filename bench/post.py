"""What a post costs: signed in, over HTTP, screened, stored and told, beside a bare view of the same statements.

Both are answered by one server with the product's own middleware, and take turns: first while nobody listens, then with
two thousand open streams over twenty rooms, held by a process of their own. The bare view asks the gate, takes the
room's row, counts its number up and inserts the post, in one transaction; it screens nothing, and tells nobody.
The CPU is that of the serving processes; a database server's own is not in it.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.chat import messages
from bench.common import Answer, arguments, median, progress
from bench.crowd import MARK, Crowd, Said, Wish, Writers
from bench.installs import ENGINES, ON, Install, installed
from bench.stage import plant, warm_up

PEOPLE, ROOMS = 2_000, 20
POSTS = 1_500
THREADS = 16
DIFFERENT = 20_000
"""Texts to choose from: what several people write alike within minutes is flagged, and that is no ordinary post."""
SIDES = {"ours": "/r/{}/posts", "bare": "/bare/{}"}


def main() -> None:
    """One kind of install after the other."""
    asked = arguments(__doc__ or "", on=ON)
    people, posts = (PEOPLE // 10, POSTS // 10) if asked.quick else (PEOPLE, POSTS)
    answer = Answer(
        "post", {"people": people, "rooms": ROOMS, "posts": posts, "rounds": asked.rounds}
    )
    for engine in [asked.on] if asked.on else ENGINES:
        with installed(engine, deeds="bench.post") as install:
            measure(answer, engine, install, people=people, posts=posts, rounds=asked.rounds)
    answer.print(as_json=asked.json)


def measure(
    answer: Answer, engine: str, install: Install, *, people: int, posts: int, rounds: int
) -> None:
    """Without listeners, then with."""
    planted = install.ask("plant", people, ROOMS)
    for process in range(len(install.ports)):
        install.ask("add_bare_page", process=process)
        install.ask("warm_up", planted["event"], process=process)
    crowd, writers = Crowd(), Writers()
    try:
        for listeners in (0, people):
            wishes = [
                Wish(port_of(install, each), f"room:{planted['rooms'][each % ROOMS]}", cookie)
                for each, cookie in enumerate(planted["people"][:listeners])
            ]
            ears = crowd.join(wishes)
            assert all(ear.status == 200 for ear in ears)
            progress(f"{engine}: {len(ears)} streams")
            turns: dict[str, list[Turn]] = {name: [] for name in SIDES}
            for side in SIDES:
                take_turn(install, writers, planted, side, posts // 10)
            for number in range(rounds):
                for side in SIDES:
                    turns[side].append(take_turn(install, writers, planted, side, posts))
                progress(f"{engine}, round {number + 1}: {ms(turns)}")
            compare(answer, f"{engine}_{listeners}_streams", turns)
    finally:
        crowd.leave()
        writers.close()


Turn = tuple[float, float]
"""CPU seconds a post, posts a second."""


def compare(answer: Answer, name: str, turns: dict[str, list[Turn]]) -> None:
    pairs = zip(turns["ours"], turns["bare"], strict=True)
    answer.require(f"cpu_{name}", median(o[0] / b[0] for o, b in pairs), at_most=2.0, ratio=True)
    answer.require(f"posts_a_second_{name}", median(o[1] for o in turns["ours"]), at_least=300)
    answer.figures[f"cpu_ms_a_post_{name}"] = round(1_000 * median(o[0] for o in turns["ours"]), 2)
    answer.figures[f"bare_posts_a_second_{name}"] = round(median(b[1] for b in turns["bare"]))


def ms(turns: dict[str, list[Turn]]) -> str:
    return ", ".join(
        f"{side} {1_000 * each[-1][0]:.2f} ms a post, {each[-1][1]:.0f} a second"
        for side, each in turns.items()
    )


def take_turn(
    install: Install, writers: Writers, planted: dict[str, Any], side: str, posts: int
) -> Turn:
    """As many posts as there are threads at a time, each by somebody else."""
    chance, texts = random.Random(posts), messages(DIFFERENT)
    said = []
    for _ in range(posts):
        who = chance.randrange(len(planted["people"]))
        path = SIDES[side].format(planted["rooms"][who % ROOMS])
        text = chance.choice(texts).replace(MARK, "-")
        said.append(Said(0.0, port_of(install, who), path, planted["people"][who], text))
    before = install.cpu()
    writers.begin(said, threads=THREADS)
    answers = writers.finish()
    spent = install.cpu() - before
    wrong = [one.status for one in answers if one.status != 201]
    assert not wrong, f"{side} answered {set(wrong)}"
    took = (max(one.ended for one in answers) - min(one.began for one in answers)) / 1e9
    return spent / posts, posts / took


def port_of(install: Install, who: int) -> int:
    return install.ports[who % len(install.ports)]


# Deeds ---------------------------------------------------------------------------------------------


def add_bare_page() -> None:
    """`/bare/<room>` beside the product's own pages."""
    from django.conf import settings
    from django.urls import path

    from concord.site import urls_public

    bench: Any = ModuleType("bench_urls")
    bench.urlpatterns = [path("bare/<uuid:room>", bare_view()), *urls_public.urlpatterns]
    settings.ROOT_URLCONF = bench


def bare_view() -> Any:
    """As little as a post can be: four statements in one transaction, and a number as the answer."""
    from uuid import uuid4

    from django.db import connection, transaction
    from django.http import HttpRequest, JsonResponse
    from django.utils import timezone

    def plain(id: Any) -> Any:
        return id if connection.vendor == "postgresql" else id.hex

    def bare(request: HttpRequest, room: Any) -> JsonResponse:
        person, now = request.user.person_id, timezone.now()  # type: ignore[union-attr]
        for_update = " FOR NO KEY UPDATE" if connection.vendor == "postgresql" else ""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT g.id, s.id FROM convenings_registration g"
                " LEFT JOIN access_shut s ON s.person_id = g.person_id AND s.ended_at IS NULL"
                " WHERE g.person_id = %s",
                [plain(person)],
            )
            registration, _shut = cursor.fetchone()
            cursor.execute(
                f"SELECT last_number FROM spaces_room WHERE id = %s{for_update}", [plain(room)]
            )
            number = cursor.fetchone()[0] + 1
            cursor.execute(
                "UPDATE spaces_room SET last_number = %s WHERE id = %s", [number, plain(room)]
            )
            cursor.execute(
                "INSERT INTO spaces_post"
                " (id, room_id, number, registration_id, text, posted_at, nonce, removed)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    plain(uuid4()),
                    plain(room),
                    number,
                    registration,
                    request.POST["text"],
                    now,
                    plain(uuid4()),
                    False,
                ],
            )
        return JsonResponse({"number": number}, status=201)

    return bare


DEEDS = {"plant": plant, "warm_up": warm_up, "add_bare_page": add_bare_page}


if __name__ == "__main__":
    main()
