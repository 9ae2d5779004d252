"""brings_up_help: whether the page that thanks also names help lines (V-THREAT-1). It judges nothing and nobody.

The words are looked for in memory, in the request that seals them; that they were found is kept nowhere and
makes no report more or less urgent. Too often rather than once too rarely: the lines harm nobody.
"""

from __future__ import annotations

import re

from concord.names import fold, transliterate
from concord.reports.told import Told

WORDS = (
    "kill", "suicide", "suicidal", "end my life", "die", "dying", "hurt myself", "hurt herself", "hurt himself",
    "hurt themself", "hurt yourself", "cut myself", "self harm", "beat me", "rape", "raped", "gun", "knife",
    "violent", "violence",
    "suicider", "me tuer", "te tuer", "tuer", "mourir", "en finir", "me faire du mal", "viol", "violer", "violee",
    "frapper", "frappe", "arme", "couteau",
    "suicidio", "suicidarme", "matarme", "matar", "matarte", "morir", "quitarme la vida", "hacerme dano",
    "violacion", "violar", "golpear", "golpeo", "pistola", "cuchillo", "violencia",
)  # fmt: skip
ROOTS = (
    "انتحار",
    "انتحر",
    "قتل",
    "اموت",
    "اذي نفسي",
    "إيذاء",
    "اغتصب",
    "اغتصاب",
    "ضربني",
    "سكين",
    "سلاح",
    "عنف",
)
"""Arabic writes "and", "by" and "the" onto the word, so these are looked for inside words."""

SIGNS = re.compile(r"\w+")
ALEFS = str.maketrans(dict.fromkeys("أإآ", "\u0627"))


def brings_up_help(told: Told) -> bool:
    """True for danger, a threat, or words of violence or self-harm in any of our four languages."""
    return told.danger or "threat" in told.kinds or words_bring_up_help(told.all_words)


def words_bring_up_help(text: str) -> bool:
    """The same for a text by itself."""
    latin = f" {' '.join(SIGNS.findall(transliterate(text)))} "
    arabic = " ".join(SIGNS.findall(fold(text))).translate(ALEFS)
    return any(f" {word} " in latin for word in WORDS) or any(
        root.translate(ALEFS) in arabic for root in ROOTS
    )
