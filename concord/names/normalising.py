"""normalised: one form of Unicode for what anybody may have typed, however long, in time that grows with it.

Putting the marks on a letter into their order costs the square of how many there are: one post of a megabyte
of marks would hold every page of the house for minutes. No living script needs more than a few on a letter;
`MOST_MARKS` is what Unicode's own stream-safe form (UAX 15) allows.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

MOST_MARKS = 30
_OPENING_AS_MARKS = "\u0f73\u0f75\u0f81\uff9e\uff9f"
"""Of class 0, yet they come apart into marks."""


def normalised(form: Literal["NFC", "NFKC"], text: str) -> str:
    """`unicodedata.normalize`, without the marks beyond `MOST_MARKS` on one letter."""
    return text if text.isascii() else unicodedata.normalize(form, _with_few_marks(text))


def _with_few_marks(text: str) -> str:
    kept, run = [], 0
    for sign in text:
        is_mark = unicodedata.combining(sign) or sign in _OPENING_AS_MARKS
        run = run + 1 if is_mark else 0
        if run <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)
