"""One spelling for many: how a text is folded before words are looked for, sign by sign.

A sign folds without regard to its neighbours, so that the cost grows with the length and with nothing else, and
so that every folded sign knows where it stood: full width and styled letters, accents and towers of marks,
direction and zero-width signs, capitals. What needs the word around it (figures for letters, look-alikes of
another alphabet, s p a c e d and repeated letters) is undone word by word in `spelling`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from anyascii import anyascii

DROPPED = frozenset(["Mn", "Me", "Cf", "Cc", "Cs", "Co"])
KEPT_CONTROLS = "\n\t"
QUOTES = "\u2018\u2019\u02bc\u0060\u00b4\u2032"
DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u300c\u300d"
ARABIC = str.maketrans(
    dict(zip("\u0649\u0629\u06a9\u06cc\u0671", "\u064a\u0647\u0643\u064a\u0627", strict=True))
    | {"\u0640": ""}
)
NAMED = re.compile(
    r"(?:REGIONAL INDICATOR SYMBOL|NEGATIVE (?:SQUARED|CIRCLED) LATIN CAPITAL) LETTER ([A-Z])$"
)
UNSPACED_SIGNS = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f]"
"""Scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
UNSPACED = re.compile(UNSPACED_SIGNS)
BETWEEN_UNSPACED = re.compile(rf"(?<={UNSPACED_SIGNS})[\W_]+(?={UNSPACED_SIGNS})")


class Signs(dict[int, str]):
    """What each sign folds to, worked out when it is first met. As a table for `str.translate`."""

    def __missing__(self, code: int) -> str:
        folded = _fold_sign(chr(code))
        self[code] = folded
        return folded


SIGNS = Signs()


def fold(text: str) -> str:
    """The text in one case, without accents, styles and signs that nobody sees."""
    return text.lower() if text.isascii() else text.translate(SIGNS)


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """The same, and for each folded sign the place in the text where it stood."""
    if text.isascii():
        return text.lower(), list(range(len(text)))
    folded, places = [], []
    for place, sign in enumerate(text):
        one = SIGNS[ord(sign)]
        folded.append(one)
        places.extend([place] * len(one))
    return "".join(folded), places


def closed_up(folded: str) -> tuple[str, Sequence[int]]:
    """Without what stands between two signs of a script that puts no spaces, and where each sign stood."""
    if not is_unspaced(folded) or BETWEEN_UNSPACED.search(folded) is None:
        return folded, range(len(folded))
    closed, places, reached = [], list[int](), 0
    for between in BETWEEN_UNSPACED.finditer(folded):
        closed.append(folded[reached : between.start()])
        places += range(reached, between.start())
        reached = between.end()
    return "".join([*closed, folded[reached:]]), [*places, *range(reached, len(folded))]


def is_unspaced(folded: str) -> bool:
    """Whether there is a script in it that is written without spaces."""
    return not folded.isascii() and UNSPACED.search(folded) is not None


def _fold_sign(sign: str) -> str:
    if sign in KEPT_CONTROLS:
        return sign
    if sign in QUOTES:
        return "'"
    if sign in DOUBLE_QUOTES:
        return '"'
    named = NAMED.match(unicodedata.name(sign, ""))
    if named:
        return named[1].lower()
    apart = unicodedata.normalize("NFKD", sign).casefold().translate(ARABIC)
    kept = "".join(
        one
        for one in unicodedata.normalize("NFKD", apart)
        if unicodedata.category(one) not in DROPPED
    )
    return "".join(_plain(one) for one in kept)


def _plain(sign: str) -> str:
    """A Latin letter of another make (barred, hooked, small capitals) as the one it is read as."""
    if sign.isascii() or not sign.isalpha():
        return sign
    if unicodedata.name(sign, "").startswith(("LATIN", "MODIFIER LETTER")):
        return anyascii(sign).lower() or sign
    return sign
