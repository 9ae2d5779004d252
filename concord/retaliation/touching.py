"""How a protected person is recognised: tokens made of who they are, compared with tokens made of what comes in.

| kind | stands for | counts |
|---|---|---|
| person | a login's person | by itself |
| mailbox | a mail address, behind its aliases | by itself |
| name | two or three words of a name, in any order | by itself |
| sound | the same by its consonants, six letters at least | by itself |
| handle | a made-up name: six signs or more with a digit, or an underscore | by itself |
| word | a single name, three letters at least | only together with another person of the same case |
| word sound | the same in another script, by three consonants or more | as a word |
| team name | the working name of somebody on the team | in a flagged post; else as a word |

Common single names never count alone: there is a Sara and an Ali in every event. Two of them from one case do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from uuid import UUID

from concord import names
from concord.names import canonical_mailbox, fold, is_shared_mailbox, skeleton, transliterate

Token = tuple[str, bytes]

STRONG = frozenset({"person", "mailbox", "name", "sound", "handle"})
LONGEST_NAME = 3
SHORTEST_WORD = 3
SHORTEST_SOUND = 6
SHORTEST_WORD_SOUND = 3
SHORTEST_HANDLE = 6
MOST_WORDS = 20_000
"""Words of one text that are looked at: a megabyte must not hold up whoever reports after it."""
ARTICLES = frozenset({"al", "el"})
ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']{1,64}@[^\s<>()\[\],;:\"'@]{1,190}")
WORD = re.compile(r"\w+")
APOSTROPHES = "['`\u2019\u02bc]"
ATTACHED = re.compile(rf"\b(?:[cdjlmnst]|qu){APOSTROPHES}(?=\w)|{APOSTROPHES}s\b")
"""What French and English write onto a name: d'Amara, Sara's. Inside a name it is closed up: O'Neil."""
CLOSED_UP = re.compile(APOSTROPHES)


@lru_cache(maxsize=20_000)
def of_person(person: UUID) -> Token:
    """Kept while the process lives: at each flag everybody who takes part is compared (`named_now`)."""
    return _token("person", str(person))


def of_mailbox(address: str) -> Iterator[Token]:
    """None for what is no address, or a box that several people share."""
    try:
        if not is_shared_mailbox(address):
            yield _token("mailbox", canonical_mailbox(address))
    except ValueError:
        return


def of_name(name: str) -> Iterator[Token]:
    """The tokens to keep of somebody's name or handle."""
    words = _words(name)
    for chosen in _ways_to_say(words):
        yield from _of_several(chosen)
    for word in words:
        yield from _of_word(word, kept=True)
        if _is_made_up(word):
            yield _token("handle", word)


def of_team_name(name: str) -> Iterator[Token]:
    """The tokens to keep of a working name: whole, and its words."""
    words = _words(name)
    yield _token("team name", " ".join(sorted(words)))
    for word in words:
        yield from _of_word(word, kept=True)


def in_text(text: str) -> set[Token]:
    """Every token that this text could touch. It is read in memory and kept nowhere."""
    found = {token for address in ADDRESS.findall(text) for token in of_mailbox(address.strip("."))}
    words = list(islice(_spoken(text), MOST_WORDS))
    for word, is_latin in set(words):
        found.update(_of_word(word, kept=not is_latin))
        if _is_made_up(word):
            found.add(_token("handle", word))
    told = [word for word, _latin in words if word not in ARTICLES]
    for length in range(2, LONGEST_NAME + 1):
        for window in set(_windows(told, length)):
            found.update(_of_several(window))
    return found


def team_names_in(text: str) -> set[Token]:
    """Working names that stand in a post, as a whole."""
    words = [word for word, _latin in islice(_spoken(text), MOST_WORDS)]
    return {
        _token("team name", " ".join(sorted(window)))
        for length in range(1, LONGEST_NAME + 1)
        for window in _windows(words, length)
    }


def _of_several(words: Iterable[str]) -> Iterator[Token]:
    words = list(words)
    yield _token("name", " ".join(sorted(words)))
    sound = " ".join(sorted(skeleton(word) for word in words))
    if len(sound) - len(words) + 1 >= SHORTEST_SOUND:
        yield _token("sound", sound)


def _of_word(word: str, *, kept: bool) -> Iterator[Token]:
    """A word in Latin letters is compared as it is written; one in another script by its sound as well."""
    if len(word) >= SHORTEST_WORD:
        yield _token("word", word)
        sound = skeleton(word)
        if kept and len(sound) >= SHORTEST_WORD_SOUND:
            yield _token("word sound", sound)


def _ways_to_say(words: list[str]) -> set[tuple[str, ...]]:
    """The whole name up to three words, and first and last of a longer one."""
    told = [word for word in words if word not in ARTICLES]
    ways = {tuple(told)} if 2 <= len(told) <= LONGEST_NAME else set()
    return ways | ({(told[0], told[-1])} if len(told) > 2 else set())


def _is_made_up(word: str) -> bool:
    telling = any(sign.isdigit() or sign == "_" for sign in word)
    return telling and len(word) >= SHORTEST_HANDLE and not word.isdigit()


def _spoken(text: str) -> Iterator[tuple[str, bool]]:
    """The words of a text in Latin letters, and whether they were written in them."""
    loose = ATTACHED.sub(lambda found: "" if found.group()[0].isalpha() else " ", fold(text))
    for match in WORD.finditer(CLOSED_UP.sub("", loose)):
        written = match.group()
        for word in WORD.findall(transliterate(written)) if not written.isascii() else [written]:
            yield word, written.isascii()


def _words(name: str) -> list[str]:
    return [word for word, _latin in _spoken(name)]


def _windows(words: list[str], length: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(length)), strict=False)


def _token(kind: str, value: str) -> Token:
    return kind, names.token(f"protected {kind}", value)
