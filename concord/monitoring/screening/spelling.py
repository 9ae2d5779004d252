"""Disguised words: figures for letters, m*sks, rep eated letters, l e t t e r s apart, words run together, slips.

Only what a text does not mean as it stands is tried: a word that is known stays what it is. Words are never found
inside other words, so that places, names and ordinary long words are left alone; run-together words count only
when every piece of them is known. No distance between words is measured: on a long list that hits every third message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from concord.monitoring.screening.lexicon import LANGUAGES, Lexicon, OnlyTerms, Phrase, lexicon
from concord.names.folding import LOOK_ALIKES

LEET = str.maketrans("0134578@$!|+€£9", "oieastbasiltelg")
LEET_AS_L = str.maketrans("0134578@$!|+€£9", "oleastbaslltelg")
LEET_SIGNS = re.compile(r"[0-9@$!|+€£]")
MASKS = re.compile(r"[*#_•]|(?<=\w)[-.](?=\w)")
RUNS = re.compile(r"(.)\1{2,}")
DOUBLES = re.compile(r"(.)\1")
CHUNK = re.compile(r"\S+")
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
EDGE = "\"'.,;:!?()[]{}<>…—\u2013-~*_/\\|،؛؟¿¡"
LONGEST_WORD = 60
SLIPPED = frozenset("GgHhAaBUKDSAX")
MASKED = frozenset("GSsHhABUKDfX")
REMEMBERED = 20_000
ARTICLES = ("وال", "بال", "فال", "كال", "لل", "ال")


class Piece(NamedTuple):
    """A word as it is read, and where it stands in the folded text."""

    word: str
    start: int
    end: int


class Speller:
    """Reads typed words as words of one language's lexicon. Remembers, within bounds, what it read."""

    def __init__(self, words: Lexicon | OnlyTerms) -> None:
        self.lexicon = words
        self.known = words.known
        self.slips = slips_of(words.language) if words.language in LANGUAGES else {}
        self.joined = _joined(words.language) if words.language in LANGUAGES else {}
        self._masked: dict[tuple[int, str], list[str]] = {}
        for word in sorted(self.known):
            parts = words.single(word)
            if len(word) > 3 and parts & MASKED:
                self._masked.setdefault((len(word), word[0]), []).append(word)
        self._read: dict[str, Phrase] = {}

    def pieces(self, folded: str) -> Iterator[Piece]:
        """The words of a folded text in order. Single letters in a row are taken together first."""
        run: list[re.Match[str]] = []
        for chunk in CHUNK.finditer(folded):
            core = chunk[0].strip(EDGE)
            if len(core) == 1 and core.isalpha() and not (run and chunk[0][0] in EDGE):
                run.append(chunk)
                continue
            yield from self._run(folded, run)
            run = []
            yield from self._chunk(chunk[0], chunk.start())
        yield from self._run(folded, run)

    def read(self, word: str) -> Phrase:
        """What a typed word stands for; itself where nothing better is known."""
        known = self._read.get(word)
        if known is None:
            if len(self._read) > REMEMBERED:
                self._read.clear()
            known = self._read[word] = self._puzzle_out(word)
        return known

    def _run(self, folded: str, run: list[re.Match[str]]) -> Iterator[Piece]:
        if len(run) < 3:
            for chunk in run:
                yield from self._chunk(chunk[0], chunk.start())
            return
        letters = "".join(chunk[0].strip(EDGE) for chunk in run)
        for word in self.read(letters):
            yield Piece(word, run[0].start(), run[-1].end())

    def _chunk(self, chunk: str, start: int) -> Iterator[Piece]:
        core = chunk.strip(EDGE)
        begin = start + chunk.find(core) if core else start
        if not core:
            return
        if len(core) <= LONGEST_WORD and not WORD.fullmatch(core):
            whole = chunk.strip("\"'.,;:?()[]{}<>…—\u2013-~/\\،؛؟¿¡")
            for typed in dict.fromkeys([core, whole, whole.rstrip("!|*")]):
                read = self.read(typed)
                if read != (typed,) or typed in self.known:
                    at = start + chunk.find(typed)
                    yield from (Piece(word, at, at + len(typed)) for word in read)
                    return
        for found in WORD.finditer(core):
            at = begin + found.start()
            for word in self.read(found[0][:LONGEST_WORD]):
                yield Piece(word, at, at + len(found[0]))

    def _puzzle_out(self, word: str) -> Phrase:
        if word in self.known:
            return self.lexicon.expand(word)
        expanded = self.lexicon.expand(word)
        if len(expanded) > 1 or expanded[0] in self.known:
            return expanded
        for tried in self._tried(word):
            if tried in self.known:
                return self.lexicon.expand(tried)
            if tried in self.slips and not tried.isdigit():
                return (self.slips[tried],)
            if (together := self._apart(tried)) is not None:
                return together
        return self._unmask(word) or (word,)

    def _tried(self, word: str) -> Iterator[str]:
        """Other readings of a word, the likelier ones first."""
        plain = [word]
        if not word.isascii():
            plain.append(word.translate(LOOK_ALIKES))
            plain += [
                word[len(article) :] if article != "لل" else "ال" + word[2:]
                for article in ARTICLES
                if word.startswith(article) and len(word) > len(article) + 2
            ]
            plain += ["ال" + word, word[1:]] if self.lexicon.language == "ar" else []
        if LEET_SIGNS.search(word) and sum(map(str.isalpha, word)) * 2 >= len(word):
            plain += [word.translate(LEET), word.translate(LEET_AS_L)]
        if MASKS.search(word):
            plain += [MASKS.sub("", one) for one in plain]
        for one in dict.fromkeys(plain):
            yield one
            if RUNS.search(one):
                yield RUNS.sub(r"\1\1", one)
                yield RUNS.sub(r"\1", one)
                yield DOUBLES.sub(r"\1", RUNS.sub(r"\1", one))

    def _unmask(self, word: str) -> Phrase | None:
        """f*ck: each star is one letter of one word that fits, with two letters left to know it by."""
        stars = word.count("*") + word.count("#")
        if not stars or len(word) - stars < 2 or len(word) < 4 or not word[0].isalpha():
            return None
        for known in self._masked.get((len(word), word[0]), []):
            if all(a == b or a in "*#" for a, b in zip(word, known, strict=True)):
                return (known,)
        return None

    def _apart(self, word: str) -> Phrase | None:
        """Words that were run together, when every piece is known and one of them names a group or is an insult."""
        if word in self.joined:
            return self.joined[word]
        if not 5 <= len(word) <= 40:
            return None
        pieces = self._split(word)
        if pieces is None or len(pieces) < 2:
            return None
        parts = [self.lexicon.single(piece) for piece in pieces]
        named = [
            one for one, p in zip(parts, pieces, strict=True) if one & {"G", "S"} and len(p) > 4
        ]
        telling = any("G" in one for one in named) or (
            bool(named) and any(one & set("hHKAfYUI") for one in parts if one not in named)
        )
        hating = any(one & {"H", "h"} for one in parts) and any(one & {"I", "T"} for one in parts)
        return pieces if telling or hating else None

    def _split(self, word: str) -> Phrase | None:
        """The fewest known words that make up this one."""
        best: list[Phrase | None] = [()] + [None] * len(word)
        for end in range(1, len(word) + 1):
            for begin in range(max(0, end - 16), end):
                before, piece = best[begin], word[begin:end]
                if before is None or len(before) > 5 or piece not in self.known:
                    continue
                if len(piece) == 1 and not (piece in "iay" and begin == 0):
                    continue
                found = best[end]
                if found is None or len(before) + 1 < len(found):
                    best[end] = (*before, piece)
        return best[-1]


@cache
def slips_of(language: str) -> dict[str, str]:
    """Two neighbouring letters changed about, or one inside left out, for the words that matter."""
    words = lexicon(language)
    slips: dict[str, str] = {}
    for (word, *more), parts in words.parts.items():
        if more or len(word) < 4 or not parts & SLIPPED or not word.isalpha():
            continue
        inside = range(1, len(word) - 1)
        swapped = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in inside]
        missing = [word[:i] + word[i + 1 :] for i in inside]
        insult = bool(parts & {"S", "s"})
        if len(word) < (6 if insult or language != "en" else 5 if "G" in parts else 4):
            continue
        left_out = missing if len(word) > (6 if insult else 4) or parts & {"H", "K"} else []
        for slip in swapped + left_out:
            if slip not in words.known and slip not in ORDINARY:
                slips.setdefault(slip, word)
    return slips


@cache
def _joined(language: str) -> dict[str, Phrase]:
    """Whole phrases that say enough by themselves, as they look run together."""
    words = lexicon(language)
    return {
        "".join(phrase): phrase
        for phrase, parts in words.parts.items()
        if len(phrase) > 1 and parts & set("124") and len("".join(phrase)) > 8
    }


ORDINARY = frozenset(
    """
    bun burn brun bead hag hug hog hut bot but bet sot shout shut short shoo soot hoot bat beat boat sab stab
    tab rap rape trail mean moan meal girl gril lady lay may mad bad bed dad die did kill kiln sill skill till
    bill fill hill mill will pill dirt drit grass gross tick trick sick stick slick sink stink tin thin think
    drown down brown dawn crow crown brain bran train rain chain china chia gas gags has sag wasp gap gays gay
    days dogs gods gold goal rats arts star tsar bugs pigs pgis lice ice lie live pole poles polls hang bang
    gang rang sang crush cursh rush cash crash brush slot slut cult cut cuts cots costs coats goats gates
    great grate rate rat rot roast roasts rots lout sever serve server serves severs nerds trends aids arid
    raid hind hindi turks trunks trucks serbs greeks geeks idol idols ideal asians saint stains satins brits
    bits curds cuba cubs finals lest est evil veil vile plague league beasts beats bets best boast coasts
    cursed cures cured cruse cruise curse hated heated hat head hatred hate salve slave slaves salves vales
    lazy fifth filth fith fits fist fish ugly guy greedy greed reedy need ally all rally wires wives views
    vies skin sin skins sins kin whip hip ship wipe pie clean cane cage cages caes gore beau lock look loch
    devant nue rock remove remote more expel excel extol exile silence science since licence jail jai ail nail mail bail
    fail hail tail animal anomaly annual manual choke coke choice poke joke hick chick chicks hicks
    """.split()  # noqa: SIM905 (a list of so many quoted words is harder to read and to add to)
)
"""Ordinary words that a slip of a hostile one would look like."""
