"""A screener: made once from lists of words, it says of one text which signals are in it.

Most messages hold no word that could tell anything. One pass over the folded text finds that out, and only the
others are read word by word. The longest lists cost what a short one costs: all lists are one automaton.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ahocorasick_rs import BytesAhoCorasick, Implementation

from concord.monitoring.screening.anchors import Anchor, Kind, anchors_of
from concord.monitoring.screening.contact import contact_signals
from concord.monitoring.screening.folding import closed_up, fold, fold_with_places
from concord.monitoring.screening.found import NOTHING, Screened, Signal
from concord.monitoring.screening.lexicon import LANGUAGES
from concord.monitoring.screening.meaning import Reading, reading
from concord.monitoring.screening.spelling import WORD
from concord.monitoring.screening.terms import MOST_HITS, Term, Terms
from concord.names.folding import LOOK_ALIKES

LEET = bytes.maketrans(b"0134578@$!|+9", b"oieastbasiltg")
SHAPE = bytes(
    97
    if code > 127 or chr(code).isalpha()
    else 48
    if chr(code).isdigit()
    else 49
    if chr(code) in "@$!|+*#"
    else 32
    for code in range(256)
)
"""What a text looks like: letters, figures, signs that stand for letters, and all that parts words."""
SPACED, SPACED_WIDE = b" a a a ", b" aa aa aa "
"""Three letters, each alone, of one byte or of two."""
FEWEST_DIGITS = 7
MASKED = re.compile(r"[a-z][*#]+[a-z]")
LONE = re.compile(r"(?<!\w)(\w)[\W_]{1,3}(?=\w(?!\w))")
RUNS = re.compile(r"(.)\1{2,}")
LONGEST = 8_000
"""Signs of one text that are read at all; twice the longest post."""
REMEMBERED = 20_000
AROUND = 30
LONGEST_CHUNK = 200
OF_TERMS = 1
OF_STREETS = 1 << 30
"""Bits that say who has to read a text: the lists, and from the second bit on the languages in their order."""


Hit = tuple[int, int, int]


class Screener:
    """Answers for texts, one at a time. Safe to share between threads: what it remembers only saves work."""

    def __init__(
        self,
        terms: Iterable[Term] = (),
        *,
        languages: Sequence[str] = LANGUAGES,
        region: str | None = None,
    ) -> None:
        self.region = region
        self.terms = Terms(terms)
        self.readings = [reading(language) for language in languages]
        self._all = (2 << len(self.readings)) - 1
        anchors = anchors_of(tuple(languages))
        found = {sign * 3: Anchor(Kind.LETTERS, 0) for sign in "abcdefghijklmnopqrstuvwxyz"}
        found |= dict.fromkeys(self.terms.anchors, Anchor(Kind.WORD, OF_TERMS))
        found |= dict.fromkeys(self.terms.wholes, Anchor(Kind.PHRASE, OF_TERMS))
        for text, anchor in anchors.anchors.items():
            own = found.get(text)
            if own is not None and own.readers:
                kind = Kind.PHRASE if own.kind is Kind.PHRASE else Kind.WORD
                anchor = Anchor(kind, anchor.readers | own.readers)
            found[text] = anchor
        self._anchors = list(found.values())
        self._gate = BytesAhoCorasick(
            [text.encode() for text in found], implementation=Implementation.ContiguousNFA
        )
        self._find = self._gate.find_matches_as_indexes
        self._beside = anchors.beside
        self._remembered: dict[str, int] = {}

    def screen(self, text: str) -> Screened:
        """The signals of this text. Time grows with its length and with nothing else.

        What every message passes through stands here in one piece: calls cost more than what they would do.
        """
        if len(text) > LONGEST:
            text = text[:LONGEST]
        if text.isascii():
            folded = text.lower()
            raw = folded.encode()
        else:
            folded = fold(text)
            raw = folded.encode("utf-8", "replace")
        hits = self._find(raw, True)
        shape = b" " + raw.translate(SHAPE) + b" "
        disguised = b"a0a" in shape or b"a1a" in shape or b" 1a" in shape or b" 0a" in shape
        if (
            not hits
            and not disguised
            and shape.count(b"0") < FEWEST_DIGITS
            and SPACED not in shape
            and raw.isascii()
        ):
            return NOTHING
        return self._screen(text, folded, raw, shape, hits if not disguised else None)

    def _screen(
        self, text: str, folded: str, raw: bytes, shape: bytes, hits: list[Hit] | None
    ) -> Screened:
        if hits is None or not raw.isascii():
            readers = self._readers(folded, raw)
        else:
            readers = self._told(folded, raw, raw, hits) if hits else 0
        if self.terms.wholes and not raw.isascii():
            closed, _ = closed_up(folded)
            readers |= OF_TERMS if self.terms.stands_anywhere(closed) else 0
        if SPACED in shape or SPACED_WIDE in shape:
            closed = LONE.sub(r"\1", folded)
            readers |= self._readers(closed, closed.encode("utf-8", "replace"))
        streets = bool(readers & OF_STREETS) and b"0" in shape
        readers &= ~OF_STREETS
        signals = self._read(text, readers) if readers else []
        if self.readings and (b"@" in raw or streets or shape.count(b"0") >= FEWEST_DIGITS):
            signals += contact_signals(text, folded, region=self.region, streets=streets)
        return Screened(tuple(signals)) if signals else NOTHING

    def _readers(self, folded: str, raw: bytes) -> int:
        """Who has to read it: nobody, for most texts."""
        hits = self._find(raw, True)
        readers = self._told(folded, raw, raw, hits) if hits else 0
        if not raw.isascii() and (alike := folded.translate(LOOK_ALIKES)) != folded:
            readers |= self._readers(alike, alike.encode("utf-8", "replace"))
        leet = raw.translate(LEET)
        if leet != raw:
            hits = self._find(leet, True)
            if hits:
                readers |= self._told(folded, raw, leet, hits)
        if (b"*" in raw or b"#" in raw) and MASKED.search(folded):
            return self._all
        return readers

    def _told(self, folded: str, raw: bytes, view: bytes, hits: list[Hit]) -> int:
        readers, letters, beside = 0, False, None
        for number, start, end in hits if len(hits) < MOST_HITS else hits[:MOST_HITS]:
            kind, bits = self._anchors[number]
            if kind is Kind.LETTERS:
                letters = True
                continue
            if kind is Kind.STREET:
                readers |= OF_STREETS
                continue
            if bits & readers == bits:
                continue
            if kind is Kind.BESIDE or kind is Kind.BESIDE_PHRASE:
                if beside is None:
                    beside = self._is_beside(view)
                if not beside:
                    continue
            if kind is Kind.PHRASE or kind is Kind.BESIDE_PHRASE:
                readers |= 0 if _inside_a_word(view, start, end, bits) else bits
            else:
                begin = max(view.rfind(b" ", 0, start), view.rfind(b"\n", 0, start)) + 1
                stop = view.find(b" ", end)
                chunk = raw[begin : min(stop if stop >= 0 else len(raw), begin + LONGEST_CHUNK)]
                readers |= self._of_chunk(chunk.decode("utf-8", "ignore")) & (bits | OF_TERMS)
        if letters:
            squeezed = RUNS.sub(r"\1", folded)
            if squeezed != folded:
                readers |= self._readers(squeezed, squeezed.encode("utf-8", "replace"))
        return readers

    def _is_beside(self, view: bytes) -> bool:
        """Whether anybody is named or spoken to in it, so that a violent word may mean them."""
        words = WORD.findall(view.decode("utf-8", "ignore"))
        return not self._beside.isdisjoint(words) or not view.isascii()

    def _of_chunk(self, chunk: str) -> int:
        """Who knows a word in these signs between two spaces."""
        known = self._remembered.get(chunk)
        if known is None:
            if len(self._remembered) > REMEMBERED:
                self._remembered.clear()
            known = self._remembered[chunk] = self._who_knows(chunk)
        return known

    def _who_knows(self, chunk: str) -> int:
        known = 0
        if self.terms.tells(chunk):
            known |= OF_TERMS
        for number, one in enumerate(self.readings):
            if one.tells(chunk):
                known |= 2 << number
        return known

    def _read(self, text: str, readers: int) -> list[Signal]:
        folded, places = fold_with_places(text)
        found: dict[str, Signal] = {}
        for number, one in enumerate(self.readings):
            if readers & (2 << number):
                for signal in one.signals(folded):
                    if self._is_another_language(one, signal, folded):
                        continue
                    if signal.name not in found or found[signal.name].rank < signal.rank:
                        found[signal.name] = signal
        signals = list(found.values())
        if readers & OF_TERMS:
            signals += self.terms.signals(folded)
        return [
            signal._replace(start=places[signal.start], end=places[signal.end - 1] + 1)
            for signal in signals
        ]

    def _is_another_language(self, one: Reading, signal: Signal, folded: str) -> bool:
        """Whether a language that knows each of these words knows more of those around them too.

        "con musulmanes" insults nobody in Spanish.
        """
        said = WORD.findall(folded[signal.start : signal.end])
        around = WORD.findall(folded[max(0, signal.start - AROUND) : signal.end + AROUND])
        own = one.knows(around)
        return any(
            other is not one and other.knows(said) == len(said) and other.knows(around) > own
            for other in self.readings
        )


def _inside_a_word(view: bytes, start: int, end: int, readers: int) -> bool:
    """A phrase counts between spaces and signs; a term of a script without spaces, anywhere."""
    if readers & OF_TERMS:
        return False
    before, after = view[start - 1 : start], view[end : end + 1]
    return before.isalnum() or after.isalnum()
