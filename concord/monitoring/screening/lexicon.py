"""The words of one language, by the part they play in a sentence (`words/LANGUAGE.toml`).

Each part has a letter; `rules` are patterns over these letters. A word may play several parts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources

from concord.monitoring.screening.folding import fold

LANGUAGES = ("en", "fr", "es", "ar")
PARTS = {
    "group": "G",
    "adjective": "g",
    "after_noun": "j",
    "person": "p",
    "creed": "R",
    "they": "T",
    "yourkind": "k",
    "first": "I",
    "you": "Y",
    "your": "y",
    "at_you": "P",
    "himher": "3",
    "hate": "H",
    "hate_first": "h",
    "curse": "h",
    "profane": "f",
    "badadjective": "A",
    "bad_after": "a",
    "predicate": "q",
    "frail": ";",
    "badnoun": "B",
    "badnoun_after": "Bb",
    "predicate_after": "qb",
    "vermin": "U",
    "copula": "C",
    "negation": "N",
    "negcopula": "c",
    "negmodal": "n",
    "modal": "M",
    "may": "#",
    "will": "W",
    "wish": "w",
    "violence": "K",
    "verbal_noun": "l",
    "thing": "7",
    "to_yours": "`",
    "bodily": "_",
    "dead": "D",
    "exclude": "X",
    "excluded": "x",
    "kept": "=",
    "deserve": "Z",
    "have": "z",
    "lifegood": "L",
    "human": "V",
    "ability": "E",
    "after": "e",
    "before": "d",
    "enough": "&",
    "refuse": "~",
    "hostilephrase": "1",
    "threat": "2",
    "selfharm": "4",
    "sexual": "5",
    "slur": "S",
    "double": "s",
    "report": "r",
    "object": "Q",
    "about": "t",
    "topic": "+",
    "evenso": "!",
    "praise": "v",
    "innocent": "i",
    "figurative": "o",
    "filler": "F",
    "subordinate": "u",
    "near": "m",
    "preposition": "O",
    "of": "8",
    "and": ">",
    "or": "/",
    "possessive": "9",
    "belongings": "6",
    "likeness": "%",
    "definite": "0",
    "joiner": ",",
}
TELLING = frozenset("GRgSsKlD")
"""Parts for which a message is read word by word; without one of them nothing in it can be a signal."""
Phrase = tuple[str, ...]
Tree = dict[str, tuple["Tree", frozenset[str] | None]]
"""Phrases word by word: for each next word the tree below it, and the parts of the phrase that ends there."""


class Lexicon:
    """The words of a language, alone and in phrases, and the short forms that stand for others."""

    def __init__(self, language: str) -> None:
        raw = tomllib.loads(_source(language))
        self.language = language
        self.short: dict[str, Phrase] = {
            fold(word): tuple(fold(full).split()) for word, full in raw.get("short", {}).items()
        }
        self.parts: dict[Phrase, set[str]] = {}
        for name, letters in PARTS.items():
            for entry in _entries(raw.get(name, "")):
                self.parts.setdefault(self.words_of(entry), set()).update(letters)
        self.parts.pop((), None)
        for phrase in [one for one, parts in self.parts.items() if "s" in parts]:
            self.parts[phrase].discard("S")
        self.tree: Tree = {}
        for phrase, parts in self.parts.items():
            _plant(self.tree, phrase, frozenset(parts))
        self.known = {word for phrase in self.parts for word in phrase}
        self.telling = {
            word
            for phrase, parts in self.parts.items()
            if parts & TELLING
            for word in (phrase if len(phrase) == 1 else [max(phrase, key=len)])
        }
        self.adverb = {"en": "ly", "fr": "ment", "es": "mente"}.get(language, "")

    def words_of(self, entry: str) -> Phrase:
        """An authored phrase as the words that `spelling` would make of it."""
        words: list[str] = []
        for word in fold(entry).split():
            words += self.expand(word)
        return tuple(words)

    def expand(self, word: str) -> Phrase:
        """A short form as what it stands for: "they're" is two words."""
        if word in self.short:
            return self.short[word]
        head, mark, tail = word.rpartition("'")
        if mark and head:
            if (ending := self.short.get(f"'{tail}")) is not None:
                return (*self.expand(head), *ending)
            if (beginning := self.short.get(f"{head}'")) is not None:
                return (*beginning, *self.expand(tail))
        return (word,)

    def single(self, word: str) -> set[str]:
        return self.parts.get((word,), set())

    def tells(self, word: str) -> bool:
        """Whether this word stands in an entry that makes a text worth reading."""
        return word in self.telling


class OnlyTerms:
    """What a `Speller` needs of a lexicon, for words that have no language and play no part."""

    language = "terms"
    adverb = ""

    def __init__(self, words: set[str]) -> None:
        self.known = words
        self.parts: dict[Phrase, set[str]] = {}

    def expand(self, word: str) -> Phrase:
        return (word,)

    def single(self, word: str) -> set[str]:
        return {"S"} if word in self.known else set()


def words_to_read(language: str) -> list[tuple[str, list[str]]]:
    """What a person may read of a language: the name of each part, and its entries."""
    raw = tomllib.loads(_source(language))
    return [(name.replace("_", " "), list(_entries(raw[name]))) for name in PARTS if name in raw]


@cache
def lexicon(language: str) -> Lexicon:
    """Read once for each process."""
    return Lexicon(language)


def _plant(tree: Tree, phrase: Phrase, parts: frozenset[str]) -> None:
    for word in phrase[:-1]:
        below, known = tree.get(word, ({}, None))
        tree[word] = (below, known)
        tree = below
    below, _ = tree.get(phrase[-1], ({}, None))
    tree[phrase[-1]] = (below, parts)


def _source(language: str) -> str:
    return (resources.files(__package__) / "words" / f"{language}.toml").read_text("utf-8")


def _entries(block: object) -> Iterator[str]:
    for entry in str(block).replace("\n", ",").split(","):
        said, *endings = entry.strip().split("/")
        if said:
            yield said
            yield from (said + ending for ending in endings)
