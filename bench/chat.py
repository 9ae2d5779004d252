"""What people say, and how fast: whole days of public chat where those lie beside the checkout, else made here."""

from __future__ import annotations

import csv
import random
from collections import Counter
from pathlib import Path
from typing import NamedTuple

CHAT = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "chat-days.csv"
A_MINUTE = 7
"""Messages a minute of a busy room, where there is no real one to follow."""


class Line(NamedTuple):
    """One message of a room: seconds after its beginning, by whom, in words."""

    second: float
    who: str
    text: str


def messages(count: int) -> list[str]:
    """Real ones where they are there, else made of words that chat is made of."""
    if CHAT.exists():
        with CHAT.open(encoding="utf-8", newline="") as file:
            said = [row["text"] for row in csv.DictReader(file)]
        return said[:count]
    chance = random.Random(7)
    words = [
        *[
            "hello",
            "can",
            "you",
            "hear",
            "me",
            "the",
            "slides",
            "are",
            "great",
            "thanks",
            "people",
            "women",
        ],
        *[
            "vote",
            "in",
            "my",
            "country",
            "12:30",
            "p001:",
            "+1",
            "kill",
            "process",
            "black",
            "screen",
            "¿qué?",
        ],
    ]
    return [" ".join(chance.choices(words, k=chance.randint(1, 20))) for _ in range(count)]


def tempo(rooms: int, *, minutes: int) -> list[list[Line]]:
    """What is said in so many rooms at once: the busiest hours of the real chat, one a room, from the beginning."""
    hours = _busiest_hours(rooms) if CHAT.exists() else _made_hours(rooms)
    return [_first(hour, minutes) for hour in hours]


Said = list[tuple[int, str, str]]
"""Minute, person, text; in their order."""


def _busiest_hours(many: int) -> list[Said]:
    hours: dict[tuple[str, str], Said] = {}
    with CHAT.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            hour, _, minute = row["time"].partition(":")
            hours.setdefault((row["day"], hour), []).append(
                (int(minute), row["person"], row["text"])
            )
    return sorted(hours.values(), key=len, reverse=True)[:many]


def _made_hours(many: int) -> list[Said]:
    chance = random.Random(11)
    texts = messages(60 * A_MINUTE)
    return [
        sorted(
            (chance.randrange(60), f"p{chance.randrange(30)}", chance.choice(texts)) for _ in texts
        )
        for _ in range(many)
    ]


def _first(hour: Said, minutes: int) -> list[Line]:
    """Spread each minute's messages over it; the hour begins with the first of them."""
    begin = hour[0][0]
    in_all = Counter(minute for minute, _, _ in hour)
    so_far: Counter[int] = Counter()
    lines = []
    for minute, who, text in hour:
        second = 60 * (minute - begin + so_far[minute] / in_all[minute])
        so_far[minute] += 1
        if second < 60 * minutes:
            lines.append(Line(second, who, text))
    return lines
