"""What every bench shares: its arguments, its progress, and the one shape of its answer.

Machines are shared and noisy, so a speed is always a ratio to a peer or a limit that was measured
in the same run, turn and turn about; a figure is the median of the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass, field
from statistics import median
from typing import Any

__all__ = ["Answer", "arguments", "median", "percentile", "progress"]

ROUNDS = 5
_started = time.monotonic()


def arguments(what: str, **more: dict[str, Any]) -> argparse.Namespace:
    """`--json`, `--quick`, `--rounds`: the same for every bench; `more` are a bench's own."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--quick", action="store_true", help="a smaller run, done in 45 seconds")
    parser.add_argument("--rounds", type=int, default=None, help=f"rounds to run ({ROUNDS})")
    for name, meant in more.items():
        parser.add_argument(f"--{name}", **meant)
    asked = parser.parse_args()
    if asked.rounds is None:
        asked.rounds = 1 if asked.quick else ROUNDS
    return asked


def progress(text: str) -> None:
    """Say how far a long run is, to standard error."""
    print(f"  {time.monotonic() - _started:6.1f} s  {text}", file=sys.stderr, flush=True)


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@dataclass
class Answer:
    """What a bench found. Each `require` compares one ratio or figure with its target."""

    bench: str
    workload: dict[str, Any]
    figures: dict[str, Any] = field(default_factory=dict)
    ratios: dict[str, float] = field(default_factory=dict)
    target: dict[str, str] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """What else the machine was doing when the bench began: figures are read beside it."""
        self.workload["cores"] = os.cpu_count()
        self.workload["load before"] = round(os.getloadavg()[0], 1)

    def require(
        self,
        name: str,
        found: float,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
        ratio: bool = False,
    ) -> None:
        """Keep what was found, and whether it is within the target: one of the two."""
        (self.ratios if ratio else self.figures)[name] = round(found, 3)
        self.target[name] = f"<= {at_most:g}" if at_most is not None else f">= {at_least:g}"
        over = at_most is not None and found > at_most
        under = at_least is not None and found < at_least
        if over or under:
            self.missed.append(name)

    def print(self, *, as_json: bool) -> None:
        """A table for people, or the object for machines on the last line; exit with 1 when a target is missed."""
        if as_json:
            self._print_object()
        else:
            self._print_table()
        if self.missed:
            sys.exit(1)

    def _print_object(self) -> None:
        shape = ("bench", "workload", "figures", "ratios", "target")
        found = {name: getattr(self, name) for name in shape} | {"met": not self.missed}
        print(json.dumps(found))

    def _print_table(self) -> None:
        print(f"{self.bench}: {', '.join(f'{k} {v}' for k, v in self.workload.items())}")
        for name, value in (self.figures | self.ratios).items():
            target = self.target.get(name, "")
            mark = ("MISSED" if name in self.missed else "met") if target else ""
            unit = "x" if name in self.ratios else ""
            print(f"  {name:<42} {value:>10}{unit:<1}  {target:<9} {mark}")
        print("all targets met" if not self.missed else f"missed: {', '.join(self.missed)}")
