"""A text as a row of parts, one letter for each word, so that a rule is a short pattern over letters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from concord.monitoring.screening.lexicon import Lexicon, Phrase
from concord.monitoring.screening.spelling import Piece, Speller

END = re.compile(r"[.!?؟…\n]")
PAUSE = re.compile(r"[,;:،؛()—\u2013]|\s-\s")
QUOTE = re.compile(r"\"|(?<!\w)'(?=\w)|(?<=\w)[.!?,]?'(?!\w)")
MOST_WORDS = 700
"""Words of one text that are read for their meaning; the longest post has fewer. Listed terms are found in all."""


class Token(NamedTuple):
    """A word or phrase, its parts, where it stands in the folded text, and whether between quotation marks."""

    words: Phrase
    parts: frozenset[str]
    start: int
    end: int
    quoted: bool = False


@dataclass(frozen=True)
class Sentence:
    """The tokens of a whole text with the breaks between them."""

    tokens: list[Token]
    has_quotes: bool


BREAK = {".": frozenset("."), ",": frozenset(",")}
UNKNOWN = frozenset("?")
FILLER = frozenset("F")


def sentence_of(folded: str, words: Lexicon, speller: Speller) -> Sentence:
    """Read a folded text with one language's words."""
    pieces: list[Piece] = []
    for piece in speller.pieces(folded):
        pieces.append(piece)
        if len(pieces) >= MOST_WORDS:
            break
    quotes = [mark.start() for mark in QUOTE.finditer(folded)][:200]
    tokens: list[Token] = []
    place, reached = 0, 0
    while place < len(pieces):
        phrase, parts = _longest(pieces, place, words, folded)
        start, end = pieces[place].start, pieces[place + len(phrase) - 1].end
        _add_break(tokens, folded[reached:start], reached)
        tokens.append(Token(phrase, parts, start, end, _is_quoted(start, quotes)))
        place, reached = place + len(phrase), max(reached, end)
    return Sentence(_merge_groups(tokens), len(quotes) > 1)


def _longest(
    pieces: list[Piece], place: int, words: Lexicon, folded: str
) -> tuple[Phrase, frozenset[str]]:
    """The longest phrase that begins here. It does not reach over the end of a sentence."""
    node, best, length = words.tree, None, 0
    for reached in range(place, len(pieces)):
        found = node.get(pieces[reached].word)
        if found is None:
            break
        node, parts = found
        if parts is not None and (
            reached == place or not END.search(folded[pieces[place].end : pieces[reached].start])
        ):
            best, length = parts, reached + 1 - place
    if best is not None:
        return tuple(piece.word for piece in pieces[place : place + length]), best
    first = pieces[place].word
    if words.adverb and first.endswith(words.adverb) and len(first) > len(words.adverb) + 2:
        return (first,), FILLER
    return (first,), UNKNOWN


def _add_break(tokens: list[Token], between: str, at: int) -> None:
    if not tokens or not between:
        return
    if END.search(between):
        tokens.append(Token((), BREAK["."], at, at))
    elif PAUSE.search(between):
        tokens.append(Token((), BREAK[","], at, at))


def _is_quoted(start: int, quotes: list[int]) -> bool:
    return len(quotes) > 1 and sum(mark < start for mark in quotes) % 2 == 1


def _merge_groups(tokens: list[Token]) -> list[Token]:
    """ "black trans women", "personnes noires": an adjective and whom it describes are one group."""
    merged: list[Token] = []
    for token in tokens:
        before = merged[-1] if merged else None
        if before is not None and _together(before, token):
            merged[-1] = Token(
                before.words + token.words,
                frozenset("G"),
                before.start,
                token.end,
                before.quoted,
            )
        else:
            merged.append(token)
    return merged


def _together(before: Token, token: Token) -> bool:
    if "g" in before.parts and token.parts & set("pGg"):
        return bool(token.parts & set("pG")) or "G" not in before.parts
    return "j" in token.parts and bool(before.parts & set("pG")) and "Y" not in before.parts
