"""What it takes to know somebody again who signs in, with 1,000 and with 1,000,000 mailboxes under a decision.

Two installs stand beside each other, and take turns. Each has one decision, made by two people; all mailboxes hang on
it, for what grows is the table of their tokens and its index. A stranger's sign-in asks it once and writes nothing;
whoever is known leads on to the decision. It is asked inside the process: the time is what the question takes, beside
no server.
"""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.common import Answer, arguments, median, percentile, progress
from bench.installs import ENGINES, ON, Install, installed
from bench.stage import plant, stage

FEW, MANY = 1_000, 1_000_000
SIGN_INS = 300
AT_ONCE = 10_000


def main() -> None:
    """One engine after the other."""
    asked = arguments(__doc__ or "", on=ON)
    sizes = (FEW, MANY // 10) if asked.quick else (FEW, MANY)
    answer = Answer("recognise", {"mailboxes": list(sizes), "rounds": asked.rounds})
    for engine in [asked.on] if asked.on else ENGINES[: 1 if asked.quick else None]:
        with ExitStack() as until_the_end:
            sides = {}
            for size in sizes:
                sides[size] = until_the_end.enter_context(
                    installed(engine, deeds="bench.recognise")
                )
                sides[size].ask("plant", 2, 2)
                sides[size].ask("shut_out", size)
                progress(f"{engine}: {size} mailboxes")
            compare(answer, engine, sizes, sides, rounds=max(asked.rounds, 3))
    answer.print(as_json=asked.json)


def compare(
    answer: Answer, engine: str, sizes: tuple[int, int], sides: dict[int, Install], *, rounds: int
) -> None:
    """Growth from few to many, and the slowest of a hundred with many; the first round warms up."""
    for who in ("stranger", "known"):
        turns: dict[int, list[list[float]]] = {size: [] for size in sizes}
        for number in range(rounds + 1):
            for size, install in sides.items():
                took: list[float] = install.ask("sign_in", who)
                if number:
                    turns[size].append(took)
        few, many = (turns[size] for size in sizes)
        growth = median(median(m) / median(f) for m, f in zip(many, few, strict=True))
        answer.require(f"growth_{who}_{engine}", growth, at_most=3.0, ratio=True)
        slowest = median(percentile(took, 0.99) for took in many)
        answer.require(f"p99_ms_{who}_{engine}", slowest, at_most=2.0)
        answer.figures[f"ms_{who}_{engine}"] = round(median(median(took) for took in many), 3)


# Deeds ---------------------------------------------------------------------------------------------


def shut_out(many: int) -> None:
    """Two people decide about Karim; so many tokens more stand beside those of his mailbox."""
    import secrets

    from django.db import connection

    from concord.access.models import ShutToken
    from concord.concurrence.concur import concur
    from tests.cast import opened, proposed

    told = stage.cast
    version = opened(proposed(told).version, told.luis, told.at)
    concur(version, by=told.luis.staff, keyring=told.luis.keyring, at=told.at)
    shut = ShutToken.objects.filter(kind="mailbox")[0].shut_id
    for begun in range(0, many, AT_ONCE):
        ShutToken.objects.bulk_create(
            ShutToken(shut_id=shut, kind="mailbox", token=secrets.token_bytes(16))
            for _ in range(min(AT_ONCE, many - begun))
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def sign_in(who: str) -> list[float]:
    """Milliseconds of each of many sign-ins, as far as they ask whether somebody is known."""
    import secrets
    from uuid import uuid4

    from django.db import transaction
    from django.utils import timezone

    from concord.evasion.recognise_login import decisions_for, recognise_login

    karim = bytes(stage.cast.karim.person.logins.get().canonical_token or b"")
    stranger = stage.cast.sara.person.logins.get()
    took, at = [], timezone.now()
    for _ in range(SIGN_INS):
        stranger.canonical_token = secrets.token_bytes(16)
        began = time.perf_counter()
        with transaction.atomic():
            if who == "stranger":
                found = len(recognise_login(None, stranger, at))
            else:
                found = len(decisions_for(karim, but=uuid4(), at=at))
        took.append(1_000 * (time.perf_counter() - began))
        assert found == (who == "known"), f"{who}: {found} decisions"
    return took


DEEDS = {"plant": plant, "shut_out": shut_out, "sign_in": sign_in}


if __name__ == "__main__":
    main()
