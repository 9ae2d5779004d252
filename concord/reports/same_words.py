"""same_words: when two texts are so alike that the second need not be read as something new (the flooder)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from concord.names import fold

ONE_OF_MANY = 3
LATELY = timedelta(days=1)
"""The same words this often within this time are shown folded under the first ones."""
WORDS = re.compile(r"[^\W\d_]+")
"""Letters alone: a number or a sign that changes from one copy to the next makes no other text."""


def is_one_of_many(alike: QuerySet[Any]) -> bool:
    """Whether so many came before. It looks at so many rows, however many there are."""
    return alike.order_by()[ONE_OF_MANY - 1 : ONE_OF_MANY].exists()


def gist(text: str) -> str:
    """The words of a text in one spelling; the text itself where it has no words."""
    folded = fold(text)
    return " ".join(WORDS.findall(folded)) or folded
