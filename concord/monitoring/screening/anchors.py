"""What the gate looks for in a text before anybody reads it: words without which nothing in it can be a signal."""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import NamedTuple

from concord.monitoring.screening.contact import STREETS
from concord.monitoring.screening.folding import fold
from concord.monitoring.screening.lexicon import Phrase, lexicon
from concord.monitoring.screening.spelling import slips_of


class Kind(Enum):
    """PHRASE says enough by itself; WORD has to be a word of its own; BESIDE is a word that needs somebody it is
    said to or of, and BESIDE_PHRASE a phrase that does; STREET needs a number; LETTERS stand three times in a row.
    """

    LETTERS = 0
    PHRASE = 1
    WORD = 2
    BESIDE = 3
    BESIDE_PHRASE = 4
    STREET = 5


class Anchor(NamedTuple):
    """What a found piece of text says, and to which readers: a bit for each language, the lists' bit."""

    kind: Kind
    readers: int


class Anchors(NamedTuple):
    anchors: dict[str, Anchor]
    beside: frozenset[str]


STRONG = {"G", "R", "S", "s"}
WHOLE = frozenset("1245k")
FAINT = frozenset(
    """
    hit hurt end cut break put set beat attack harm burn stone skin hang gas destroy erase bash crush smash
    choke poison punch whack finish off up down disappear cancer vanish suffer bleed lost extinct erased
    destroyed burned burnt crushed smashed attacked punished slapped punched gut flog hunt hunted execute
    executing executed die dead dying dies bomb eliminate eliminated drown hung rot purge cleanse everything
    aids smack trample died perish kick slap slit killed shot
    """.split()  # noqa: SIM905 (a list of so many quoted words is harder to read and to add to)
)
"""Violent words that are said all day of machines and games: only next to somebody are they worth reading."""
SOMEBODY = ("you", "u", "your", "ur", "him", "her", "all of you", "them all")
LEADING = (
    "should",
    "must",
    "to",
    "will",
    "be",
    "were",
    "deserve to",
    "need to",
    "you",
    "just",
    "get",
    "got",
)
SHORT_FORMS = (
    ("i will", "i'll"),
    ("i am", "i'm"),
    ("you are", "you're"),
    ("you will", "you'll"),
    ("we will", "we'll"),
    ("we are", "we're"),
    ("i would", "i'd"),
    ("you would", "you'd"),
    ("going to", "gonna"),
    ("want to", "wanna"),
    ("yourself", "urself"),
    ("your", "ur"),
    ("you", "u"),
)


@cache
def anchors_of(languages: tuple[str, ...]) -> Anchors:
    """Anchors of these languages together. The bit of the first language is the second one: the first is the lists'."""
    found: dict[str, Anchor] = {}
    beside: set[str] = {"u", "ur", "yall", "urself", "yourself"}
    for number, language in enumerate(languages):
        bit = 2 << number
        for phrase, parts in lexicon(language).parts.items():
            for text, kind in _of_phrase(phrase, parts, language):
                _add(found, text, kind, bit)
            if parts & set("pUYy3P"):
                beside.add(phrase[-1])
        for slip, word in slips_of(language).items():
            parts = lexicon(language).single(word)
            if parts & STRONG:
                _add(found, slip, Kind.WORD, bit)
            elif "K" in parts and word not in FAINT:
                _add(found, slip, Kind.BESIDE, bit)
    for street in STREETS:
        found.setdefault(street, Anchor(Kind.STREET, 0))
    return Anchors(found, frozenset(beside))


def _add(found: dict[str, Anchor], text: str, kind: Kind, bit: int) -> None:
    known = found.get(text)
    if known is not None:
        kind = min(kind, known.kind, key=lambda one: one.value)
        bit |= known.readers
    found[text] = Anchor(kind, bit)


def _of_phrase(phrase: Phrase, parts: set[str], language: str) -> list[tuple[str, Kind]]:
    if parts & WHOLE or (parts & STRONG and len(phrase) > 1):
        return [(form, Kind.PHRASE) for form in _forms(phrase, parts)]
    if parts & STRONG:
        return [(phrase[0], Kind.WORD)]
    if "g" in parts:
        return [(" ".join(phrase), Kind.BESIDE if len(phrase) == 1 else Kind.BESIDE_PHRASE)]
    if not parts & {"K", "D", "l"}:
        return []
    if len(phrase) > 1:
        return [(form, Kind.BESIDE_PHRASE) for form in _forms(phrase, parts)]
    word = phrase[0]
    if word not in FAINT or language != "en":
        return [(word, Kind.BESIDE)]
    said = [f"{word} {one}" for one in SOMEBODY] if "K" in parts else []
    led = [f"{one} {word}" for one in LEADING] if "D" in parts else []
    return [(form, Kind.BESIDE_PHRASE) for form in [*said, *led]]


def _forms(phrase: Phrase, parts: set[str]) -> set[str]:
    """A phrase in the ways it is typed: with its short forms, without their apostrophes, and run together."""
    said = " ".join(phrase)
    forms = {said, said.replace("'", "")}
    for full, short in SHORT_FORMS:
        if full in said:
            forms |= {said.replace(full, short), said.replace(full, short.replace("'", ""))}
    if parts & set("124") and len(said) > 9:
        forms.add(said.replace(" ", ""))
    return {fold(form) for form in forms if len(form) > 2}
