"""audit: check, without reading a word, that every effect had two people or a prior decision in force.

The rules are `judge`'s, the same by which an outsider judges an export; here they are asked of the tables, and
of the database itself whether it holds its own rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from concord.actions.gather import gather
from concord.actions.judge import Finding, judge
from concord.actions.triggers import missing
from concord.ledger.verify import verify

__all__ = ["Finding", "audit"]


def audit(*, since: datetime | None = None, chain: bool = False) -> list[Finding]:
    """Everything that does not hold; an empty list is a clean audit (R-CONCUR-1, R-EVADE-2).

    With `since`, only what says that it is newer: cheap enough for every minute, and whoever writes an older
    time beside a forged row is found by the next whole audit. With `chain`, the ledger's chain is walked as well.
    """
    found = [*_triggers(), *judge(gather(since=since), since=since)]
    return [*found, *_chain()] if chain else found


def _triggers() -> Iterator[Finding]:
    for name in missing():
        yield Finding("a rule of the database is missing", name)


def _chain() -> Iterator[Finding]:
    broken_at = verify().broken_at
    if broken_at is not None:
        yield Finding("the ledger's chain is broken", f"link {broken_at}")
