"""What the desk's pages cost while much is open: the inbox, the watch and a case, with 1,000 and with 100,000 flags.

Two installs stand beside each other, and take turns. Everything open is a row of its own, with a sealed file and grants
of its own: one half flags of people on a moment, the other of screening, as in a raid, each very pressing. A page is
asked for inside the process: its CPU is what the page takes, without the server around it.
"""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.chat import messages
from bench.common import Answer, arguments, median, progress
from bench.installs import ENGINES, ON, Install, installed
from bench.stage import plant, stage

FEW, MANY = 1_000, 100_000
POSTS = 60
"""Said in the rooms, so that the watch has what it shows."""
PAGES = ("inbox", "watch", "case")


def main() -> None:
    """One engine after the other."""
    asked = arguments(__doc__ or "", on=ON)
    sizes = (FEW // 10, MANY // 10) if asked.quick else (FEW, MANY)
    answer = Answer("desk", {"open": list(sizes), "rounds": asked.rounds})
    for engine in [asked.on] if asked.on else ENGINES[: 1 if asked.quick else None]:
        with ExitStack() as until_the_end:
            sides = {}
            for size in sizes:
                sides[size] = until_the_end.enter_context(installed(engine, deeds="bench.desk"))
                set_up(sides[size], size)
                progress(f"{engine}: {size} open")
            compare(answer, engine, sizes, take_turns(sides, rounds=asked.rounds))
    answer.print(as_json=asked.json)


def set_up(install: Install, size: int) -> None:
    install.ask("plant", 10, 20)
    install.ask("open_many", size)
    install.ask("sign_in")


Seen = dict[str, float]
"""Milliseconds of CPU, bytes, and questions to the database."""


def take_turns(sides: dict[int, Install], *, rounds: int) -> dict[tuple[int, str], list[Seen]]:
    """Each page on each side; the first look at each warms it up and does not count."""
    seen: dict[tuple[int, str], list[Seen]] = {}
    for number in range(max(rounds, 3) + 1):
        for page in PAGES:
            for size, install in sides.items():
                found = install.ask("look", page)
                if number:
                    seen.setdefault((size, page), []).append(found)
        progress(f"round {number}")
    return seen


def compare(
    answer: Answer, engine: str, sizes: tuple[int, int], seen: dict[tuple[int, str], list[Seen]]
) -> None:
    """Growth from few to many; bytes and questions with many."""
    few, many = sizes
    for page in PAGES:
        name = f"{page}_{engine}"
        pairs = zip(seen[many, page], seen[few, page], strict=True)
        answer.require(
            f"growth_{name}", median(m["ms"] / f["ms"] for m, f in pairs), at_most=1.3, ratio=True
        )
        most = max(one["bytes"] for one in seen[many, page])
        answer.require(f"kb_{name}", most / 1e3, at_most=40)
        # Now and then a look says besides that somebody is there: the fewest are what the page itself asks.
        asked = {size: min(one["asked"] for one in seen[size, page]) for size in sizes}
        answer.require(f"more_questions_{name}", asked[many] - asked[few], at_most=0)
        answer.figures[f"questions_{name}"] = asked[many]
        answer.figures[f"ms_{name}"] = round(median(one["ms"] for one in seen[many, page]), 1)


# Deeds ---------------------------------------------------------------------------------------------


def open_many(many: int) -> None:
    """A case, and as many open flags: the first by the product's own verb, the others after its pattern."""
    from django.db import connection

    from concord.monitoring.flag_moment import flag_moment
    from concord.monitoring.models import Flag
    from concord.vault.models import Epoch
    from tests.cast import case_about_karim

    told = stage.cast
    stage.case = case_about_karim(told)
    for number, text in enumerate(messages(POSTS)):
        told.say(stage.people[number % len(stage.people)], text)
    flag = flag_moment(
        told.hall,
        words="Somebody shouted at her.",
        by=told.sara.person_id,
        by_staff=False,
        at=told.at,
    )
    epoch = Epoch.objects.get(file=flag.file)
    with connection.cursor() as cursor:
        for table, own, where, id in (
            ("vault_vaultfile", {"id": 1}, "id", flag.file),
            ("vault_epoch", {"id": 2, "file_id": 1}, "id", epoch.id),
            ("vault_grant", {"epoch_id": 2}, "epoch_id", epoch.id),
            ("monitoring_flag", {"id": 3, "file": 1}, "id", flag.id),
        ):
            _copy(cursor, table, own, where, id, many - 1)
        cursor.execute(
            "UPDATE monitoring_flag SET by_machine = TRUE, rank = 90 "
            "WHERE code LIKE 'F%' AND SUBSTR(code, LENGTH(code)) IN ('0', '2', '4', '6', '8')"
        )
        cursor.execute("ANALYZE")
    assert abs(2 * Flag.objects.awaiting_judgement().by_people().count() - many) < 3


def _copy(cursor: Any, table: str, own: dict[str, int], where: str, id: Any, many: int) -> None:
    """So many copies of the rows, each with ids of its own: a number that says which and of what."""
    from django.db import connection

    postgresql = connection.vendor == "postgresql"
    digits = (
        "lpad(to_hex(n.i * 8 + {}), 32, '0')" if postgresql else "printf('%%032x', n.i * 8 + {})"
    )
    as_id = f"({digits})::uuid" if postgresql else digits
    as_bytes = f"decode({digits}, 'hex')" if postgresql else "randomblob(16)"
    values = {name: as_id.format(kind) for name, kind in own.items()}
    values |= {"code": "'F' || n.i", "raised_token": as_bytes.format(4)}
    cursor.execute(f"SELECT * FROM {table} LIMIT 0")
    columns = [each[0] for each in cursor.description]
    kept = [name for name in columns if name != "id" or "id" in own]
    chosen = ", ".join(values.get(name, f"t.{name}") for name in kept)
    cursor.execute(
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many}) "
        f"INSERT INTO {table} ({', '.join(kept)}) SELECT {chosen} FROM n, {table} t WHERE t.{where} = %s",
        [id if postgresql else id.hex],
    )


def sign_in() -> None:
    """Amara unlocks her desk, by both steps."""
    from tests.browsing import at_the_desk

    stage.browser = at_the_desk(stage.cast.amara)


def look(page: str) -> dict[str, float]:
    """Open a page once."""
    from django.db import connection

    path = {"inbox": "/", "watch": "/watch", "case": f"/cases/{stage.case.id}"}[page]
    asked = []

    def count(execute: Any, *more: Any) -> Any:
        asked.append(1)
        return execute(*more)

    with connection.execute_wrapper(count):
        began = time.thread_time()
        stage.browser.open(path)
        spent = time.thread_time() - began
    assert stage.browser.status == 200, f"{path}: {stage.browser.status}"
    return {
        "ms": 1_000 * spent,
        "bytes": len(stage.browser.page.encode()),
        "asked": len(asked),
    }


DEEDS = {"plant": plant, "open_many": open_many, "sign_in": sign_in, "look": look}


if __name__ == "__main__":
    main()
