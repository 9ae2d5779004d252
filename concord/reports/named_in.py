"""named_in: which members of the team a text names, by any part of their working name (I-WHO-1, K-CONF-1)."""

from __future__ import annotations

import re
from collections.abc import Iterable

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
    parts = {*WORD.findall(fold(name)), *WORD.findall(transliterate(name))}
    telling = {part for part in parts if len(part) >= SHORTEST}
    if telling:
        return not telling.isdisjoint(words)
    whole = " ".join(WORD.findall(fold(name)))
    return f" {whole} " in said if whole.isascii() else whole in said
