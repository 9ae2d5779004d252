"""same_words: when two texts are so alike that the second need not be read as something new (the flooder)."""

from __future__ import annotations

import re

from concord.names import fold

WORDS = re.compile(r"[^\W\d_]+")
"""Letters alone: a number or a sign that changes from one copy to the next makes no other text."""


def gist(text: str) -> str:
    """The words of a text in one spelling; the text itself where it has no words."""
    folded = fold(text)
    return " ".join(WORDS.findall(folded)) or folded
