"""Which parts in which order are worth a person's look, and what speaks for it being meant otherwise.

A rule is a regular expression over letters that stand for parts of speech (`lexicon.PARTS`), never over what people
typed; every repetition in it is bounded. A group and something hostile have to be tied to one another: by a verb, by
standing side by side, or by "they" in the next sentence. That somebody names a group, or praises it, fits no rule.
"""

from __future__ import annotations

import re
from typing import NamedTuple

GROUP_RULES: dict[str, tuple[int, str]] = {
    "hate of a group": (75, "I[FfCW,]{0,3}H[FfAgvT,]{0,5}G"),
    "hate of a group, short": (70, "J[Ff]{0,3}H[FfAgT]{0,4}G"),
    "hate of people who are": (70, "I[FfC]{0,3}H[FfA]{0,3}puC[FfN]{0,2}[gG]"),
    "hate of you, if you are one": (70, "G,{0,2}[Ff]{0,2}I[Ff]{0,2}HY"),
    "curse on a group": (75, "h[FfAgYT]{0,4},?[FfAY]{0,2}G"),
    "oath at a group": (60, "f{1,3}[FA]{0,2}@"),
    "insult before a group": (70, "[AUa](?:(?<!7)[FfAg,]{0,3}G|(?<=7)[FfAg,]{0,3}@)"),
    "group is": (
        75,
        (
            "(?<!O)(?<!OF)(?<!6)(?<!6F)(?<![?6]8)(?<![?6]8F)"
            "G[Ffj]{0,4}C[FfAgpv]{0,6}(?:q|[^NncrQv.,]{0,1}(?:F(?<!%)){0,2}[ABUa])"
        ),
    ),
    "group is frail": (65, "J(?:F(?<!0))?G[Ff]{0,2}C[Ff]{0,3};(?=[.]|$)"),
    "group is, asked": (70, "[Cc][Ff]{0,3}G[FfAgp]{0,5}[ABUqa]"),
    "group and insult": (65, "(?<!6)(?<!6F)(?<![?6]8)(?<![?6]8F)G(?:[Ffj](?<!%)){0,2}[aUb]"),
    "groups' insult": (70, "g[Ff]{0,1}U"),
    "group, you are": (70, "G[Ff]{0,2},?YC[FfAg]{0,5}[ABUqa]"),
    "you are, group": (70, "[YkT][FfA]{0,3}[AUB][FfA]{0,2},?[FYA]{0,3}G"),
    "you and your kind": (65, "k[Ff]{0,2}C[FfAg]{0,5}[ABUqa]"),
    "your kind should": (75, "k[Ff]{0,3}[M][FfCWMx]{0,4}[DxKX]"),
    "group should": (85, "G(?:u[^.,]{1,4}?)?[FfpC]{0,4}[MZ][FfCWMZz]{0,5}[D]"),
    "group should be out": (75, "G(?:u[^.,]{1,4}?)?[FfpC]{0,4}[MZ][FfCWMZz]{0,5}[xX]"),
    "group should stay away": (75, "G[FfpC]{0,4}[MZ][FfCWM]{0,4}=F{0,3}(?=[.,]|$)"),
    "group, away": (65, "J(?:F(?<!0))?Gf?=(?=[.]|$)"),
    "group will": (75, "G[Ff]{0,2}W[FfC]{0,3}(?:[xX]|FD)"),
    "violence on a group": (
        90,
        (
            "(?:J|M|I)[FfMWIC]{0,4}K(?:(?<!7)[FfAgT]{0,5}G(?!9)|(?<=7)[FfAgT]{0,5}@)"
            "|(?:M|W|I)[FfMWIC]{0,4}l[FfAgT]{0,5}G"
        ),
    ),
    "out with a group": (75, "(?:J|M|I)[FfMWIC]{0,4}X[FfAgT]{0,5}@"),
    "wish on a group": (85, "w[FfIMW]{0,3}(?:[FfAg]{0,4}G[FfMWCZ]{0,5}[DxUB]|D[Ff]{0,3}G)"),
    "group does not deserve": (70, "G[Ffp]{0,2}[Nnc][FfC]{0,3}Z[FfCN]{0,3}L"),
    "group has no": (65, "G[Ffp]{0,2}[MF]{0,2}Z[Ff]{0,1}N[Ff]{0,2}L"),
    "group is not human": (65, "G[Ffp]{0,3}(?:C[Ff]{0,2}N|c|NC)[FfN]{0,3}V"),
    "group should not": (75, "G[Ffp]{0,3}(?:n|M[Ff]{0,1}N)[FfCZz]{0,4}[EVL]"),
    "group, and what it does": (70, "G[FfpMC]{0,3}e"),
    "hostile word and a group": (65, "d[FfAg]{0,5}G(?!F{0,2}[Nnc])"),
    "enough of a group": (65, "&[FfAgT]{0,5}G[Ff]{0,3}(?:m|(?=[.,]|$))"),
    "no service to a group": (65, "(?:I|J)[FfWzZ]{0,3}~[FfAg]{0,5}@"),
    "no group here": (65, "JN[FfA]{0,2}G[Ff]{0,1}m(?=[.,]|$)"),
    "no group deserves": (70, "N[Ff]{0,1}G[Ff]{0,1}[ZM][Ff]{0,2}L(?=[.,]|$)"),
    "not near me": (65, "IN[^.,]{0,2}[FfAg]{0,3}G[Ff]{0,2}m"),
    "when will a group be": (75, "W[FfA]{0,2}G[FfC]{0,4}D"),
    "time somebody killed a group": (80, "MI?[Ff]{0,2}D[FfAg]{0,3}G"),
    "you of a group": (65, "YG[^.]{0,8}e"),
    "group, you do": (65, "G,?YC?[Ff]{0,2}[eq]"),
    "order to a group": (65, "Jx[FYA,]{0,3}G"),
    "group. Are": (65, "G[^.vQ]{0,6}[.]C[FfA]{0,3}[aUBq]"),
    "creed is": (60, "RC[FfA]{0,4}[ABU]"),
    "being one is": (65, "C[Ff]{0,2}[Gg][Ff]{0,2}C[FfA]{0,4}[ABUq]"),
}
SLUR_RULES: dict[str, tuple[int, str]] = {
    "slur": (75, "S"),
    "insult at a person": (65, "[YkT3AfU][FfAgp]{0,3}s"),
    "insult for a group": (
        65,
        "G[FfC]{0,4}s|(?:I|J)[Ff]{0,2}H[FfA]{0,4}s|s[Ff]{0,2}C[FfA]{0,4}[ABUqa]",
    ),
    "violence on insulted": (
        80,
        "(?:J|M|W|I)[FfC]{0,3}[KX][FfA]{0,4}[sS]|(?:M|W|I)[FfC]{0,3}l[FfA]{0,4}[sS]|s[FfC]{0,3}M[FfC]{0,4}[Dx]",
    ),
}
THREAT_RULES: dict[str, tuple[int, str]] = {
    "threat": (90, "2"),
    "i will": (90, "I[Ff]{0,3}W[FfW]{0,3}[Kl][Ff]{0,3}[Yy3]"),
    "i will come and": (90, "I[Ff]{0,3}W[^.Nrut]{1,8}>[FfW]{0,1}(?:[Kl][Ff]{0,2}[Yy3]|PK)"),
    "or i do": (85, "/(?:I[Ff]{0,1}K[Ff]{0,2}[Yy3]|I{0,1}PK)|>IPK"),
    "on what is yours": (90, "(?:(?:I[Ff]{0,3}|J)W[FfW]{0,3}|M[FfC]{0,2}|/I)`_"),
    "should have": (85, "MD[Ff]{0,2}[Yy3]"),
    "somebody do": (85, "JF{0,1}K(?<!7)F{0,2}3"),
    "will, to you": (85, "J[Ff]{0,3}W[FfW]{0,3}[Kl][Ff]{0,3}[Yy3]"),
    "you, i will": (90, "P[Ff]{0,1}W[Ff]{0,2}K|IW?P[FfW]{0,2}K"),
    "you should": (85, "[Yy][^N.,!?]{0,1}[Ff]{0,2}[MZ][FfCW]{0,4}D"),
    "wish on you": (85, "w[FfI]{0,3}[Yy3][^N.,]{0,1}[FfWCM]{0,3}D"),
    "somebody should": (85, "M[FfC]{0,2}[Kl][Ff]{0,2}[Yy3]"),
    "you will": (75, "[Yy][FfC]{0,2}W[FfC]{0,3}D"),
}
OTHER_RULES: dict[str, dict[str, tuple[int, str]]] = {
    "self-harm": {"told to": (90, "4")},
    "sexual": {"demand": (65, "5")},
    "hostility": {"phrase": (65, "1")},
}

CLEARLY, SOMEWHAT, A_LITTLE = 45, 30, 10
BEGINNING = "(?:^|(?<=[.,I!]))"
"""`J` in a rule: what follows begins a sentence, or what somebody says of themselves."""
A_GROUP = "(?!g[?])G(?!9)"
"""`@` in a rule: people, and not a thing of theirs, as in "refugee camps" and "women's prisons"."""
LETTER = re.compile(r"\\.|\[\^?|\]|\(\?[:=!<]+|\{[0-9,]*\}|.", re.DOTALL)


class Rule(NamedTuple):
    signal: str
    name: str
    rank: int
    pattern: re.Pattern[str]
    needs: frozenset[str]


class Alphabet:
    """A sign for each set of parts that occurs, and patterns over parts made into patterns over those signs."""

    def __init__(self, sets: set[frozenset[str]]) -> None:
        self._signs = {
            parts: chr(0xE000 + number)
            for number, parts in enumerate(sorted(sets, key=lambda parts: sorted(parts)))
        }

    def sign(self, parts: frozenset[str]) -> str:
        return self._signs[parts]

    def compile(self, pattern: str) -> re.Pattern[str]:
        return re.compile(self._translated(pattern))

    def _translated(self, pattern: str) -> str:
        out, inside = [], False
        for found in LETTER.finditer(pattern.replace("J", BEGINNING).replace("@", A_GROUP)):
            letter = found[0]
            if letter.startswith("[") or letter == "]":
                inside = letter != "]"
                out.append(f"{letter}\uf8ff" if inside else letter)
            elif (
                letter.startswith(("(?", "{"))
                or letter in "()|^$*+"
                or (letter == "?" and not inside)
            ):
                out.append(letter)
            else:
                signs = "".join(sign for parts, sign in self._signs.items() if letter in parts)
                out.append(signs if inside else f"[{signs or chr(0xF8FF)}]")
        return "".join(out)


NEEDS = {"hostility": "GgkRT1", "slur": "Ss", "threat": "2KlD`", "self-harm": "4", "sexual": "5"}
"""Parts without one of which no rule of a signal can fit."""


def rules_for(alphabet: Alphabet) -> list[Rule]:
    tables = [
        *(("hostility", name, *rule) for name, rule in GROUP_RULES.items()),
        *(("slur", name, *rule) for name, rule in SLUR_RULES.items()),
        *(("threat", name, *rule) for name, rule in THREAT_RULES.items()),
        *(
            (signal, name, *rule)
            for signal, table in OTHER_RULES.items()
            for name, rule in table.items()
        ),
    ]
    return [
        Rule(signal, name, rank, alphabet.compile(pattern), frozenset(NEEDS[signal]))
        for signal, name, rank, pattern in tables
    ]
