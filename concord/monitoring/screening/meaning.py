"""One language's reading of a text: which rules fit, and what lowers them.

Lowering is the honest half of it. Whoever quotes abuse to object to it, denies it, tells what was done to them, or
uses a word of themselves keeps the signal, named and with the reason why it stands low; a person is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from concord.monitoring.screening.found import URGENT_FROM, Signal
from concord.monitoring.screening.lexicon import lexicon
from concord.monitoring.screening.rules import (
    A_LITTLE,
    CLEARLY,
    SOMEWHAT,
    Alphabet,
    Rule,
    rules_for,
)
from concord.monitoring.screening.sentence import (
    BREAK,
    FILLER,
    UNKNOWN,
    Sentence,
    Token,
    sentence_of,
)
from concord.monitoring.screening.spelling import Speller

FAR = 30
"""Words over which "they" still means the group that was named."""
SAID_BEFORE = 9
DENIED_BEFORE = 4
OWN = frozenset("I")
PASSIVE = frozenset(["was", "were", "been", "being"])
TO_A_PERSON = frozenset(["threat", "self-harm", "sexual"])
"""Said to somebody, whoever they are: a lawyer, a survivor. Only words about the saying itself lower these."""
OR = frozenset(["or", "else", "otherwise", "ou", "sinon", "o", "u", "أو", "او", "وإلا", "والا"])
YOU = frozenset(["you", "u", "your"])
TO_SOMEBODY = frozenset(["i", "we", "you", "your", "je", "on", "te", "tu", "vous", "toi", "ti"])
WHY = frozenset(["why", "pourquoi", "qué", "que", "لماذا", "ليش", "ليه"])


class Match(NamedTuple):
    rule: Rule
    first: int
    last: int


class Reading:
    """Made once for each language and process."""

    def __init__(self, language: str) -> None:
        self.lexicon = lexicon(language)
        self.speller = Speller(self.lexicon)
        sets = {frozenset(parts) for parts in self.lexicon.parts.values()}
        sets |= {BREAK["."], BREAK[","], UNKNOWN, FILLER, frozenset("G")}
        sets |= {parts | {"G"} for parts in sets if "T" in parts}
        self.alphabet = Alphabet(sets)
        self.rules = rules_for(self.alphabet)

    def signals(self, folded: str) -> list[Signal]:
        """What fits, each signal once: its strongest rule. Places count in the folded text."""
        sentence = sentence_of(folded, self.lexicon, self.speller)
        row = self._row(sentence)
        best: dict[str, Signal] = {}
        present = frozenset().union(*(token.parts for token in sentence.tokens))
        for match in self._matches(row, present):
            signal = self._ranked(match, sentence)
            known = best.get(signal.name)
            if known is None or signal.rank > known.rank:
                best[signal.name] = signal
        return list(best.values())

    def tells(self, chunk: str) -> bool:
        """Whether a word in it makes this text worth reading in this language."""
        return any(self.lexicon.tells(piece.word) for piece in self.speller.pieces(chunk))

    def knows(self, words: list[str]) -> int:
        """How many of these are words of this language, as they stand."""
        known = self.lexicon.known
        return sum(word in known for word in words)

    def _row(self, sentence: Sentence) -> str:
        signs, named = [], -FAR
        for place, token in enumerate(sentence.tokens):
            parts = token.parts
            if "G" in parts or "R" in parts:
                named = place
            if parts & {"v", "Q"} and place - named < FAR:
                named = -FAR  # said of somebody who is praised or defended, "they" is somebody else
            if "T" in parts and place - named < FAR:
                parts = parts | {"G"}
            signs.append(self.alphabet.sign(parts))
        return "".join(signs)

    def _matches(self, row: str, present: frozenset[str]) -> Iterator[Match]:
        for rule in self.rules:
            if rule.needs.isdisjoint(present):
                continue
            for number, found in enumerate(rule.pattern.finditer(row)):
                yield Match(rule, found.start(), found.end())
                if number == 4:
                    break

    def _ranked(self, match: Match, sentence: Sentence) -> Signal:
        tokens = sentence.tokens
        lowered: list[tuple[int, str]] = list(_lowering(match, sentence))
        rank = max(1, match.rule.rank - sum(by for by, _ in lowered))
        inside = tokens[match.first : match.last]
        inside = [token for token in inside if token.words] or inside
        return Signal(
            match.rule.signal,
            inside[0].start,
            inside[-1].end,
            rank,
            f"{self.lexicon.language}: {match.rule.name}",
            tuple(why for _, why in lowered),
        )


@cache
def reading(language: str) -> Reading:
    return Reading(language)


def _lowering(match: Match, sentence: Sentence) -> Iterator[tuple[int, str]]:
    tokens, rule = sentence.tokens, match.rule
    outside = [*tokens[: match.first], *tokens[match.last :]]
    to_a_person = rule.signal in TO_A_PERSON and not _is_of_a_group(match, tokens)
    if not any("!" in token.parts for token in tokens):
        if any(_objects(token, rule, to_a_person=to_a_person) for token in outside):
            yield CLEARLY, "somebody objects"
        said = _before(tokens, match.first, SAID_BEFORE, stop=".")
        denied = _before(tokens, match.first, DENIED_BEFORE, stop=".,")
        if to_a_person:
            said, denied = _since_or(said), _since_or(denied)
        told_after = to_a_person and _is_told_after(tokens, match.last)
        if told_after or (_tells_of_it(said) if to_a_person else _is_reported(said)):
            yield CLEARLY, "somebody else's words"
        elif rule.signal != "sexual" and (
            _is_forbidden(denied) if to_a_person else _is_denied(denied)
        ):
            yield CLEARLY, "denied"
    inside = tokens[match.first : match.last]
    if sentence.has_quotes and any(token.quoted for token in inside):
        loose = [token for token in outside if not token.quoted and token.words]
        if any(token.parts & {"r", "Q"} for token in loose):
            yield CLEARLY, "quoted"
        elif len(loose) > 1:
            yield SOMEWHAT, "quoted"
    around = _clause(tokens, match)
    if rule.signal in ("threat", "self-harm") and any(token.parts & {"i", "o"} for token in around):
        yield CLEARLY, "a figure of speech, a game or a machine"
    if rule.signal in ("threat", "hostility") and any("v" in token.parts for token in around):
        yield A_LITTLE, "something kind is said too"
    if rule.signal == "slur" and _is_own(tokens, match):
        yield CLEARLY, "said of oneself"


def _is_of_a_group(match: Match, tokens: list[Token]) -> bool:
    """ "Women deserve to be raped": a threat's words, said of a group and not to somebody."""
    said = {word for token in tokens[match.first : match.last] for word in token.words}
    before = tokens[match.first - 1].parts if match.first else frozenset[str]()
    return match.rule.signal == "threat" and "G" in before and said.isdisjoint(TO_SOMEBODY)


def _objects(token: Token, rule: Rule, *, to_a_person: bool) -> bool:
    """What only names a topic, victims or history, does not object to somebody's death."""
    if to_a_person:
        return "t" in token.parts
    return "Q" in token.parts and not ("+" in token.parts and rule.rank >= URGENT_FROM)


def _before(tokens: list[Token], place: int, most: int, *, stop: str) -> list[Token]:
    found: list[Token] = []
    for token in reversed(tokens[max(0, place - most) : place]):
        if token.parts & set(stop) or ("," in token.parts and token.words):
            break
        found.append(token)
    return found


def _is_reported(before: list[Token]) -> bool:
    """ "He said that …", "anyone who says …"; not "I say", which reports nobody."""
    for place, token in enumerate(before):
        if "r" in token.parts:
            earlier = before[place + 1 : place + 4]
            speaker = next((one for one in earlier if not one.parts & {"F", "C"}), None)
            is_said_to = any(set(one.words) & PASSIVE for one in earlier)
            if speaker is None or is_said_to or not speaker.parts & OWN:
                return True
    return False


def _tells_of_it(before: list[Token]) -> bool:
    """ "He said he knows …", "a message that says …"; not "tell anyone, and …" nor "you said too much, …"."""
    for place, token in enumerate(before):
        if "r" in token.parts and not YOU.intersection(token.words):
            earlier = before[place + 1 : place + 4]
            speaker = next((one for one in earlier if not one.parts & {"F", "C"}), None)
            if any(set(one.words) & PASSIVE for one in earlier):
                return True
            verb_first = not token.words[0].isascii()  # as in Arabic: "said the soldier to her"
            if speaker is None and (len(token.words) > 1 or verb_first):
                return True
            if speaker is not None and not speaker.parts & set("IYyWMN"):
                return True
    return False


def _is_told_after(tokens: list[Token], place: int) -> bool:
    """ "…, the soldier told them": whoever speaks of it says so, and ends with it."""
    stop = next((i for i in range(place, len(tokens)) if "." in tokens[i].parts), len(tokens))
    after = tokens[place:stop]
    if any(token.parts & set("Yy") for token in after):
        return False
    return _tells_of_it([*reversed(after)][:4])


def _since_or(before: list[Token]) -> list[Token]:
    """The nearest words first, up to an "or": what stands before it is what somebody demands."""
    nearest = (place for place, token in enumerate(before) if OR.intersection(token.words))
    return before[: next(nearest, len(before))]


def _is_forbidden(before: list[Token]) -> bool:
    """ "Please do not …", "never …"; not "why don't you …" nor "nobody likes you, …"."""
    for place, token in enumerate(before):
        if token.parts & {"N", "n"} and "F" not in token.parts:
            return not any(WHY.intersection(one.words) for one in before[place + 1 : place + 3])
        if not token.parts & set("FCM"):
            return False
    return False


def _is_denied(before: list[Token]) -> bool:
    return any(token.parts & {"N", "n"} and "F" not in token.parts for token in before)


def _clause(tokens: list[Token], match: Match) -> list[Token]:
    first, last = match.first, match.last
    while first and "." not in tokens[first - 1].parts:
        first -= 1
    while last < len(tokens) and "." not in tokens[last].parts:
        last += 1
    return tokens[first:last]


def _is_own(tokens: list[Token], match: Match) -> bool:
    """ "We …s stick together", "as a …, I": a word somebody takes for themselves."""
    near = tokens[max(0, match.first - 4) : match.first]
    if any(token.parts & set("HhKNf") for token in near):
        return False
    place = next((i for i, token in enumerate(near) if token.parts & OWN or _mine(token)), None)
    if place is None:
        return bool(near) and near[-1].words == ("fellow",)
    return all(token.parts & set("CFvgI") or _mine(token) for token in near[place + 1 :])


def _mine(token: Token) -> bool:
    return bool(
        set(token.words) & {"us", "our", "my", "myself", "nous", "nos", "nosotras", "nosotros"}
    )
