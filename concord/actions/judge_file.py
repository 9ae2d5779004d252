"""judge_file: what an outsider does with the file they were given, on their own machine, with nothing else.

No database, no setting, no key of the house: the file, and what the outsider wrote down earlier.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from concord.actions.evidence import Entry
from concord.actions.evidence_file import MOST, NotEvidence, Reading, read
from concord.actions.judge import Finding, judge
from concord.ledger.links import Walk

KEPT = timedelta(days=5 * 365)
SLACK = timedelta(hours=1)
"""How much later than its own time an entry is chained at most; and how far an old ledger's cut is uneven."""
MOST_FINDINGS = 1_000
PIN = re.compile(r"[0-9a-f]{32}")
OPENED = "site.open_shell"
"""The entry of whoever opened a prompt on the server."""
HEAD = re.compile(
    r"(?:(?P<day>\d{4}-\d\d-\d\d) )?(?:(?P<number>\d{1,18}) )?(?P<digest>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class KeptHead:
    """A head of the ledger that somebody outside wrote down: its digest, and what else they know of it."""

    digest: bytes
    number: int | None = None
    day: date | None = None


@dataclass
class Verdict:
    """What an outsider learns. `pins` are the fingerprints to compare and to keep; `head` is to be kept as well."""

    findings: list[Finding]
    pins: list[tuple[str, str]] = field(default_factory=list)
    head: tuple[int, str] = (0, "")
    counts: dict[str, int] = field(default_factory=dict)
    unchained: int = 0
    ledger_from: datetime | None = None
    made_at: datetime | None = None
    more: bool = False
    shells: int = 0
    last_shell_at: datetime | None = None


def judge_file(path: Path, *, pins: Iterable[str] = (), heads: Iterable[KeptHead] = ()) -> Verdict:
    """Judge the file. Raises NotEvidence for one that cannot be judged, OSError for one that cannot be read."""
    reading, heads = Reading(made_at=datetime.min.replace(tzinfo=UTC)), list(heads)
    chain = _Chain(reading, heads)
    try:
        with path.open("rb") as file:
            for entry in read(file, reading):
                chain.step(entry)
    except MemoryError as error:
        raise NotEvidence("the file holds more than this machine can judge") from error
    reading.evidence.ledger_from = chain.ledger_from
    verdict = Verdict(findings=[], made_at=reading.made_at, unchained=chain.unchained)
    for finding in [*chain.findings(), *judge(reading.evidence, pins=set(pins))]:
        if len(verdict.findings) == MOST_FINDINGS:
            verdict.more = True
            break
        verdict.findings.append(finding)
    verdict.head = (chain.walk.position, chain.walk.digest.hex())
    verdict.ledger_from = chain.ledger_from
    verdict.shells, verdict.last_shell_at = chain.shells, chain.last_shell_at
    verdict.counts = {kind: len(rows) for kind, rows in reading.evidence.rows.items()} | {
        "entry": chain.seen
    }
    verdict.pins = [*_pins("recovery", reading), *_pins("key", reading)]
    return verdict


def _pins(kind: str, reading: Reading) -> Iterable[tuple[str, str]]:
    rows: list[Any] = reading.evidence.of(kind)
    return [(kind, row.fingerprint) for row in rows]


class _Chain:
    """Walks the entries as they are read, remembers those that tell, and looks out for the heads that were kept."""

    def __init__(self, reading: Reading, heads: list[KeptHead]) -> None:
        self.reading, self.heads = reading, heads
        self.walk = Walk()
        self.began = False
        self.ledger_from: datetime | None = None
        self.seen = self.unchained = self.telling = 0
        self.found: dict[bytes, int] = {}
        self.late: list[Finding] = []
        self.bound: datetime | None = None
        self.shells = 0
        self.last_shell_at: datetime | None = None

    def step(self, entry: Entry) -> None:
        if not self.began:
            self.begin(entry)
        self.seen += 1
        if entry.verb == OPENED:
            self.shells, self.last_shell_at = self.shells + 1, entry.at
        if self.bound is not None and entry.at < self.bound and len(self.late) < MOST_FINDINGS:
            what = "an entry that says it is older than a head that was kept before it"
            self.late.append(Finding(what, f"entry {entry.id}"))
        if entry.position is None or entry.digest is None:
            self.unchained += 1
        else:
            if self.unchained:
                raise NotEvidence("entries of the chain stand after those that wait for it")
            self.walk.step(entry, position=entry.position, digest=entry.digest)
            self.look_for_heads(entry.position, entry.digest)
        if self.reading.evidence.enter(entry):
            self.telling += 1
        if self.telling > MOST:
            raise NotEvidence("more entries than can be judged")

    def begin(self, entry: Entry) -> None:
        self.began = True
        anchor = self.reading.anchor
        if anchor is not None:
            self.walk = Walk(anchor.position, anchor.digest)
            self.ledger_from = entry.at + SLACK
            self.look_for_heads(anchor.position, anchor.digest)

    def look_for_heads(self, position: int, digest: bytes) -> None:
        for head in self.heads:
            if head.digest == digest and head.number in (None, position):
                self.found[digest] = position
                if head.day is not None:
                    after = datetime.combine(head.day + timedelta(days=1), datetime.min.time(), UTC)
                    self.bound = max(self.bound or after - SLACK, after - SLACK)

    def findings(self) -> Iterable[Finding]:
        if not self.began and self.reading.anchor is not None:
            self.walk = Walk(self.reading.anchor.position, self.reading.anchor.digest)
        if self.walk.broken_at is not None:
            yield Finding("the ledger's chain is broken", f"link {self.walk.broken_at}")
        yield from self.late
        yield from self.of_the_beginning()
        for head in self.heads:
            if head.digest not in self.found and not self.is_too_old(head):
                yield Finding(
                    "a head that was kept is not in this ledger: its past was rewritten",
                    " ".join(str(part) for part in (head.day, head.digest.hex()) if part),
                )

    def of_the_beginning(self) -> Iterable[Finding]:
        """Only entries of more than five years ago may be gone, so an install that is younger has all of them."""
        keys = self.reading.evidence.of("recovery")
        oldest = min((key.made_at for key in keys), default=self.reading.made_at)
        if self.reading.anchor is not None and oldest > self.reading.made_at - KEPT:
            yield Finding("a ledger whose beginning is gone too soon", "anchor")
        if self.seen == 0:
            yield Finding("a ledger without an entry", "ledger")

    def is_too_old(self, head: KeptHead) -> bool:
        return (
            self.reading.anchor is not None
            and head.day is not None
            and head.day < (self.reading.made_at - KEPT).date()
        )


def pin_of(text: str) -> str:
    """A fingerprint as people type it. Raises ValueError."""
    plain = "".join(text.lower().split())
    if not PIN.fullmatch(plain):
        raise ValueError("a fingerprint is eight groups of four: digits and the letters a to f")
    return " ".join(plain[start : start + 4] for start in range(0, 32, 4))


def head_of(text: str) -> KeptHead:
    """A head as it came by mail or stands on the page: day, number, digest; the first two may be left out.

    Raises ValueError.
    """
    said = HEAD.fullmatch(" ".join(text.lower().split()))
    if said is None:
        raise ValueError(
            "a head reads like 2026-11-25 1234 followed by 64 digits and letters a to f"
        )
    return KeptHead(
        bytes.fromhex(said["digest"]),
        int(said["number"]) if said["number"] else None,
        date.fromisoformat(said["day"]) if said["day"] else None,
    )
