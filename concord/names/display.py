"""Display names: what people call themselves, without signs that deceive the eye."""

from __future__ import annotations

import unicodedata
from itertools import groupby, islice

from django.utils.translation import gettext_lazy as _

from concord.names.normalising import normalised

LONGEST = 60
JOINERS = "\u200c\u200d"
JOINING_SCRIPTS = {
    "ARABIC",
    "BENGALI",
    "DEVANAGARI",
    "GUJARATI",
    "GURMUKHI",
    "KANNADA",
    "MALAYALAM",
    "MONGOLIAN",
    "ORIYA",
    "SINHALA",
    "SYRIAC",
    "TAMIL",
    "TELUGU",
}
HIDDEN = {"Cc", "Cf", "Cs", "Co"}
"""Controls, direction and zero-width signs, halves of signs, signs with no shape agreed upon."""
BLANKS = "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Letters by their class that show as nothing: fillers of Hangul and Khmer, empty Braille."""
MOST_MARKS = 4
"""Marks stacked on one letter; every living script needs fewer, and a tower of them covers other lines."""


def clean_display_name(text: str) -> str:
    """The name as it is shown: composed, single spaces, no controls, direction overrides or hidden signs.

    Joiners stay inside words of scripts that are written with them (Persian, Sinhala). Raises ValueError, in
    words fit to show, for a name without a letter, digit or picture, or longer than 60 characters.
    """
    name = clean_name(text)
    if len(name) > LONGEST:
        raise ValueError(_("Please enter a name of at most 60 characters."))
    return name


def clean_name(text: str) -> str:
    """The same for any name, however long. Raises ValueError for one without a letter, digit or picture."""
    spaced = " ".join(normalised("NFC", text).split())
    visible = "".join(sign for place, sign in enumerate(spaced) if _may_stay(spaced, place, sign))
    name = " ".join(_without_towers(visible).split())
    if not any(unicodedata.category(sign)[0] in "LNS" for sign in name):
        raise ValueError(_("Please enter a name that others can read."))
    return name


def _may_stay(text: str, place: int, sign: str) -> bool:
    if sign in JOINERS:
        around = text[place - 1 : place] + text[place + 1 : place + 2]
        return len(around) == 2 and all(_script(one) in JOINING_SCRIPTS for one in around)
    return sign not in BLANKS and unicodedata.category(sign) not in HIDDEN


def _script(sign: str) -> str:
    return unicodedata.name(sign, "").split(" ")[0]


def _without_towers(text: str) -> str:
    kept: list[str] = []
    for marks, signs in groupby(text, key=lambda sign: unicodedata.category(sign) == "Mn"):
        kept += islice(signs, MOST_MARKS if marks else None)
    return "".join(kept)
