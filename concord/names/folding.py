"""One spelling for many: folded text, Latin transliteration, and the consonant skeleton of a name."""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

from concord.names.normalising import normalised

LOOK_ALIKES = str.maketrans(
    # Letters drawn like Latin ones: Cyrillic, small and capital; Greek, small and capital.
    "асеіјорѕухһԁԛԝАВСЕНІЈКМОРЅТУХαικνορυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aceijopsyxhdqwABCEHIJKMOPSTYXaikvopuxABEZHIKMNOPTYX",
)
FOLDED_SCRIPTS = ("CYRILLIC", "GREEK")
ARTICLES = {"al", "el"}
UNIFIED = (
    ("ou", "u"),
    ("oo", "u"),
    ("ee", "i"),
    ("kh", "h"),
    ("q", "k"),
    ("c", "k"),
    ("w", "v"),
    ("th", "t"),
    ("dh", "d"),
    ("zh", "j"),
    ("dj", "j"),
    ("y", "i"),
)
DROPPED = re.compile("[aeiouh]")
DOUBLES = re.compile(r"(.)\1+")


def fold(text: str) -> str:
    """One form, case and spacing; invisible signs gone; look-alikes in mixed-script words undone."""
    if (
        text.isascii()
    ):  # Nothing in it is invisible, composed or mixed: most reports cost nothing more.
        return " ".join(text.split()).casefold()
    compatible = normalised("NFKC", text)
    visible = "".join(sign for sign in compatible if unicodedata.category(sign) != "Cf")
    words = (_unmixed(word) for word in visible.split())
    return normalised("NFKC", " ".join(words).casefold())


def transliterate(text: str) -> str:
    """The folded text in plain Latin letters, lower case."""
    return anyascii(fold(text)).lower()


def words_of(name: str) -> list[str]:
    """The transliterated words of a name in alphabetical order, apostrophes closed up."""
    closed = re.sub(r"['`]", "", transliterate(name))
    return sorted(re.findall(r"[a-z0-9]+", closed))


def sorted_name(name: str) -> str:
    """The name's words in alphabetical order: "Okafor, Ada" and "ada okafor" are one."""
    return " ".join(words_of(name))


def skeleton(name: str) -> str:
    """The consonants a name keeps across its Latin spellings: Youssef, Yusuf and Yousef are one."""
    words = words_of(name)
    told = [word for word in words if word not in ARTICLES] or words
    return " ".join(sorted(_bones(word) for word in told))


def _bones(word: str) -> str:
    for spelling, sound in UNIFIED:
        word = word.replace(spelling, sound)
    word = DOUBLES.sub(r"\1", word)
    return word[:1] + DROPPED.sub("", word[1:])


def _unmixed(word: str) -> str:
    if word.isascii():
        return word
    scripts = {unicodedata.name(sign, "").split(" ")[0] for sign in word if sign.isalpha()}
    mixed = "LATIN" in scripts and not scripts.isdisjoint(FOLDED_SCRIPTS)
    return word.translate(LOOK_ALIKES) if mixed else word
