"""named_in: which members of the team a text names, by any part of their working name (I-WHO-1, K-CONF-1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from concord.names import fold, transliterate
from concord.people.models import StaffMember

SHORTEST = 3
"""Letters in a part of a name that counts by itself; a shorter name counts as a whole."""
WORD = re.compile(r"\w+")


def named_in(text: str, staff: Iterable[StaffMember]) -> list[StaffMember]:
    """The staff whom the text names, in any case and in Latin letters too. Too many rather than one too few.

    Matching happens in memory only, while the text passes through the request that seals it.
    """
    folded = fold(text)
    said = f" {' '.join(WORD.findall(folded))} {' '.join(WORD.findall(transliterate(text)))} "
    words = set(said.split())
    return [one for one in staff if _is_named(one.working_name, words, said)]


def _is_named(name: str, words: set[str], said: str) -> bool:
    telling, whole = _parts(name)
    if telling:
        return not telling.isdisjoint(words)
    return f" {whole} " in said if whole.isascii() else whole in said


@lru_cache(maxsize=1_000)
def _parts(name: str) -> tuple[frozenset[str], str]:
    """What in a working name counts by itself, and the whole of it. Kept, for the team is the same in each report."""
    folded = WORD.findall(fold(name))
    parts = {*folded, *WORD.findall(transliterate(name))}
    return frozenset(part for part in parts if len(part) >= SHORTEST), " ".join(folded)
