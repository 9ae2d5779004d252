"""read_quotes: no notice to the person reported repeats what was told to us, word for word (K-NAME-1, V-OUTING-1).

By a turn of phrase people know who spoke. Whoever wants to say what happened says it in words of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from concord.names import fold
from concord.refusals import Refused

RUN = 5
"""So many words in a row, in whatever spelling folds alike, are somebody's own."""


class QuotesWhatWasTold(Refused):
    """The text repeats words of a report or of a flag."""

    words = _(
        "This text repeats words in which somebody told us of it, and could tell who that was. Nothing was sent and "
        "nothing is lost; say it in words of your own."
    )
    status = 409


def read_quotes(*texts: str, told: Iterable[str], subject: UUID) -> None:
    """Raise `QuotesWhatWasTold` where a text has a run of words of what was told, or all of it when it is short."""
    runs = {run for each in told for run in _runs(each)}
    padded = " " + " ".join(_words("\n".join(texts))) + " "
    if any(f" {run} " in padded for run in runs):
        raise QuotesWhatWasTold(subject=subject)


def _runs(told: str) -> set[str]:
    words = _words(told)
    length = min(RUN, len(words))
    if length < 3:
        return set()
    return {" ".join(words[start : start + length]) for start in range(len(words) - length + 1)}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))
