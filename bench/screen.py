"""What screening costs: the product's own screener with lists of 200, 1,000 and 5,000 terms, folding and all its rules.

It takes turns with (a) the bare matcher over the text that is folded already, and (b) one alternation of `re` over the
same. Ours folds, undoes disguises and minds where a word ends; the peers do none of it. What the peers have no part of,
the rules of the four languages, is measured apart ("whole"), with the slowest messages and the repeats.
The messages are whole days of public chat where those lie beside the checkout, else made here.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ahocorasick_rs import AhoCorasick

from bench.chat import CHAT, messages
from bench.common import Answer, arguments, median, percentile, progress
from concord.monitoring.screening.folding import fold
from concord.monitoring.screening.found import Screened
from concord.monitoring.screening.screener import Screener
from concord.monitoring.screening.terms import Term

MESSAGES = 20_000
SIZES = (200, 1_000, 5_000)
REPEATS = 10_000
BOMBS = ("women are scum ", "kill you ", "1", "a ", "+1 555 ", "aaab", "f*")
COMMON = 50
"""Of the terms one in so many stands in a message or a few, as the words of a list do."""


def main() -> None:
    """Interleave ours and the peers, and say how they compare."""
    asked = arguments(__doc__ or "")
    texts = messages(MESSAGES // 4 if asked.quick else MESSAGES)
    rounds = 3 if asked.quick else asked.rounds
    workload = {"messages": len(texts), "lists": list(SIZES), "rounds": rounds}
    workload["of"] = "public chat" if CHAT.exists() else "made messages"
    answer = Answer("screen", workload)
    lists = {size: [Term(term, "bench") for term in terms(size, texts)] for size in SIZES}
    ours = {size: Screener(listed, languages=()) for size, listed in lists.items()}
    whole = Screener(lists[SIZES[-1]])
    for text in texts:  # what a process has read once it knows again; a start is not measured
        whole.screen(text)
        for one in ours.values():
            one.screen(text)
    spent: dict[str, list[float]] = {}
    for number in range(rounds):
        for size in SIZES:
            take_turns(size, ours[size], texts, spent)
        progress(f"round {number + 1} of {rounds}")
    tell(answer, spent, len(texts))
    answer.figures["messages/s, whole, 5,000 terms"] = round(len(texts) / of(whole.screen, texts))
    if CHAT.exists():  # words thrown together say nothing of how people talk
        said = "flagged in 10,000 messages, without a list"
        answer.figures[said] = in_ten_thousand(Screener().screen, texts)
    answer.require("p99_ms", slowest(whole, texts), at_most=1.0)
    for bomb in BOMBS:
        name = f"bomb_ms {bomb.strip()!r}"
        answer.require(name, 1_000 * of(whole.screen, [bomb * REPEATS]), at_most=10.0)
    answer.print(as_json=asked.json)


def take_turns(size: int, ours: Screener, texts: list[str], spent: dict[str, list[float]]) -> None:
    """One pass of each over the same messages; `re` over a part of them, for it takes as long as all the rest."""
    listed = terms(size, texts)
    folded = [fold(text) for text in texts]
    bare = AhoCorasick([fold(term) for term in listed])
    alternation = re.compile("|".join(re.escape(fold(term)) for term in listed))
    part = folded[:: max(1, size // 100)]
    for name, run, over in [
        ("ours", ours.screen, texts),
        ("bare", bare.find_matches_as_indexes, folded),
        ("re", alternation.findall, part),
    ]:
        spent.setdefault(f"{name} {size}", []).append(of(run, over) / len(over))


def tell(answer: Answer, spent: dict[str, list[float]], count: int) -> None:
    """Ratios are of speeds: how many times the peer's messages ours gets through."""
    for size in SIZES:
        for peer, least in (("bare", 0.3), ("re", {200: 3.0, 1_000: 30.0}.get(size, 0.0))):
            pairs = zip(spent[f"{peer} {size}"], spent[f"ours {size}"], strict=True)
            ratio = median([theirs / mine for theirs, mine in pairs])
            if least:
                name = f"speed, times {peer}, {size} terms"
                answer.require(name, ratio, at_least=least, ratio=True)
            else:
                answer.ratios[f"speed, times {peer}, {size} terms"] = round(ratio, 1)
        answer.figures[f"messages/s, {size} terms"] = round(1 / median(spent[f"ours {size}"]))
    pairs = zip(spent["ours 5000"], spent["ours 200"], strict=True)
    answer.require(
        "cost of 5,000 terms, times 200", median([a / b for a, b in pairs]), at_most=1.4, ratio=True
    )


def in_ten_thousand(screen: Callable[[str], Screened], texts: Sequence[str]) -> float:
    """How many a person would be asked to look at, each by itself. Of public chat some are really abuse."""
    flagged = sum(screen(text).flagged for text in texts)
    return round(10_000 * flagged / len(texts), 1)


def of(run: Callable[[str], object], texts: Sequence[str]) -> float:
    """Seconds of this process's CPU for all of them."""
    began = time.process_time()
    for text in texts:
        run(text)
    return time.process_time() - began


def slowest(ours: Screener, texts: list[str]) -> float:
    """Milliseconds of CPU that 99 of 100 messages stay below."""
    each = []
    for text in texts:
        began = time.thread_time()
        ours.screen(text)
        each.append(1_000 * (time.thread_time() - began))
    return percentile(each, 0.99)


def terms(size: int, texts: list[str]) -> list[str]:
    """Words that nobody says, and now and then one that somebody did."""
    chance = random.Random(size)
    said = Counter(word for text in texts for word in re.findall("[a-z]{6,}", text))
    seldom = sorted(word for word, times in said.items() if times < 4)
    rare = chance.sample(seldom, min(len(seldom), size // COMMON))
    made = {
        "".join(chance.choices("bcdfghklmnprstvaeiou", k=chance.randint(5, 11)))
        for _ in range(size * 2)
    }
    return [*rare, *sorted(made)[: size - len(rare)]]


if __name__ == "__main__":
    main()
