"""Terms of a host's own lists: whole words whatever their spelling; in scripts without spaces, anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from concord.monitoring.screening.folding import closed_up, fold, is_unspaced
from concord.monitoring.screening.found import Signal
from concord.monitoring.screening.lexicon import OnlyTerms, Phrase
from concord.monitoring.screening.spelling import WORD, Piece, Speller

MOST_HITS = 40


class Term(NamedTuple):
    """A term of a list. With `begins` it stands for every word that begins with it."""

    text: str
    rule: str = ""
    rank: int = 60
    begins: bool = False
    signal: str = "listed term"


class Terms:
    """All terms of one screener. `anchors` are what the gate looks for: a term's longest word."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._phrases: dict[str, list[tuple[Phrase, Term]]] = {}
        self._beginnings: dict[str, list[tuple[str, Term]]] = {}
        unspaced: dict[str, Term] = {}
        anchors: set[str] = set()
        known: set[str] = set()
        for term in terms:
            folded = fold(term.text)
            if is_unspaced(folded):
                unspaced.setdefault(closed_up(folded)[0].strip(), term)
                continue
            words = tuple(WORD.findall(folded))
            if not words:
                continue
            anchors.add(max(words, key=len))
            if term.begins:
                self._beginnings.setdefault(words[0][:2], []).append((words[0], term))
            else:
                known.update(words)
                self._phrases.setdefault(words[0], []).append((words, term))
        for phrases in self._phrases.values():
            phrases.sort(key=lambda one: -len(one[0]))
        self._unspaced = list(unspaced.values())
        self._anywhere = AhoCorasick(list(unspaced)) if unspaced else None
        self.anchors = sorted(anchors)
        self.wholes = list(unspaced)
        self.speller = Speller(OnlyTerms(known))

    def signals(self, folded: str) -> list[Signal]:
        """The terms that stand in a folded text; each at its first place."""
        found: dict[str, Signal] = {}
        for start, end, term in self._found(folded):
            found.setdefault(term.text, Signal(term.signal, start, end, term.rank, term.rule))
            if len(found) == MOST_HITS:
                break
        return list(found.values())

    def tells(self, chunk: str) -> bool:
        """Whether a word in it is a word of some term, or begins with one."""
        return any(
            piece.word in self.speller.known or self._beginning(piece.word)
            for piece in self.speller.pieces(chunk)
        )

    def stands_anywhere(self, closed: str) -> bool:
        """Whether a term of a script without spaces stands in a text that was closed up."""
        return self._anywhere is not None and bool(self._anywhere.find_matches_as_indexes(closed))

    def _found(self, folded: str) -> Iterator[tuple[int, int, Term]]:
        if self._anywhere is not None:
            closed, places = closed_up(folded)
            for number, start, end in self._anywhere.find_matches_as_indexes(closed)[:MOST_HITS]:
                yield places[start], places[end - 1] + 1, self._unspaced[number]
        if not self.anchors:
            return
        pieces = list(self.speller.pieces(folded))
        for place, piece in enumerate(pieces):
            if (begun := self._beginning(piece.word)) is not None:
                yield piece.start, piece.end, begun
            for words, term in self._phrases.get(piece.word, ()):
                if _stands(pieces, place, words):
                    yield piece.start, pieces[place + len(words) - 1].end, term

    def _beginning(self, word: str) -> Term | None:
        for beginning, term in self._beginnings.get(word[:2], ()):
            if word.startswith(beginning):
                return term
        return None


def _stands(pieces: list[Piece], place: int, words: Phrase) -> bool:
    return len(pieces) - place >= len(words) and all(
        pieces[place + i].word == word for i, word in enumerate(words)
    )
