"""What a screener says about one text: which signals, on which words, and how far up it belongs."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FLAGGED_FROM = 50
"""The rank from which a person is asked. What lies below stays named where somebody asks, and asks nobody."""
URGENT_FROM = 85
"""Threats to somebody's life: these ring as a person's flag does."""

WORDS: dict[str, str | Promise] = {
    "listed term": _("a word from one of your lists"),
    "slur": _("a word that is used to insult a group of people"),
    "hostility": _("a group of people and something hostile said of it"),
    "threat": _("somebody is threatened"),
    "self-harm": _("somebody is told to harm themselves"),
    "sexual": _("a sexual remark or demand to somebody"),
    "contact": _("a way to reach somebody: a number, an address, a mailbox"),
    "protected name": _("a name that somebody asked to have kept out"),
    "worn name": _("the name that somebody writes under"),
    "burst": _("many messages by one person in a very short time"),
    "many rooms": _("the same text in several rooms, or from several people"),
}
"""Why it stands in the queue, in the words that a monitor reads."""


class Signal(NamedTuple):
    """One thing that was seen. `start` and `end` count characters of the text as it was written."""

    name: str
    start: int
    end: int
    rank: int
    rule: str = ""
    lowered: tuple[str, ...] = ()

    @property
    def words(self) -> str | Promise:
        return WORDS[self.name]


class Screened(NamedTuple):
    """All signals of one text. Each keeps its own rank; the text has the highest."""

    signals: tuple[Signal, ...] = ()

    @property
    def rank(self) -> int:
        return max((signal.rank for signal in self.signals), default=0)

    @property
    def flagged(self) -> bool:
        return self.rank >= FLAGGED_FROM


NOTHING = Screened()
