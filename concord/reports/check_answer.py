"""check_answer: what an answer to somebody who reported must not say, pointed at, with the reason.

Nobody who reports is asked to meet, hear from or talk with the person reported (I-NOCONFRONT-1), and no word
judges or belittles (P-DIGNITY-1). The lists lie in `answer_words.toml`, by language; each answer is read with
all of them. A list does not understand: it stops a slip and a habit. The colleague who writes answers for the rest.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.utils.functional import Promise as Words
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concord.refusals import Refused

LISTS = Path(__file__).with_name("answer_words.toml")
GAP = "[…]"
"""What a template leaves open, for somebody's own words."""
QUESTION_MARKS = "?؟"
SHORTEST_NAME = 3
PLAIN = str.maketrans(
    "\u2018\u2019\u02bc\u2010\u2011\u2013\u2014\u0671\u0649\u0629",
    "'''----\u0627\u064a\u0647",
)
"""Curly quotes, dashes, and the Arabic letters that are typed for one another: alef, ya, ha."""

MEETING = _(
    "Nobody who reports is asked to meet, hear from or talk with the person reported, not even as an offer."
)


class Finding(NamedTuple):
    """A phrase as it was typed, why it may not stand there, and what to say instead when there is a word."""

    phrase: str
    why: str | Words


class NotInTheseWords(Refused):
    """An answer would invite to a meeting, judge, or ask somebody who asked not to be asked."""

    words = _("Not yet sent, and nothing is lost. Please say this in other words.")
    status = 409
    is_kept = False  # a slip, and nobody's trespass: the case's timeline need not tell of it

    def __init__(self, findings: list[Finding], *, subject: UUID | None = None) -> None:
        super().__init__(subject=subject)
        self.findings = findings


def check_answer(
    text: str, *, names: Iterable[str] = (), may_ask: bool = True, subject: UUID | None = None
) -> None:
    """Raise `NotInTheseWords`, with everything that was found.

    `names` are those of the person reported: an invitation may name them. `may_ask`: whether the reporter
    still wants to be part of it; if not, no question goes to them.
    """
    findings = [*_gaps(text), *_invitations(text, names), *_avoided(text)]
    if not may_ask:
        findings += _questions(text)
    if findings:
        raise NotInTheseWords(findings, subject=subject)


def asks(text: str) -> bool:
    """Whether a text holds a question; the box says beside it that no answer is needed."""
    return any(sign in text for sign in QUESTION_MARKS)


def _gaps(text: str) -> Iterator[Finding]:
    if GAP in text:
        yield Finding(GAP, _("Write your own words here: a person answers, not a template."))


def _questions(text: str) -> Iterator[Finding]:
    for sentence in re.findall(rf"[^.!{QUESTION_MARKS}\n]*[{QUESTION_MARKS}]", text):
        yield Finding(
            sentence.strip(), _("They want no further part in it: nothing is asked of them.")
        )


def _invitations(text: str, names: Iterable[str]) -> Iterator[Finding]:
    called = tuple(sorted({_plain(name)[0] for name in names if len(name) >= SHORTEST_NAME}))
    for phrase in _found(text, _meeting(called)):
        yield Finding(phrase, MEETING)


def _avoided(text: str) -> Iterator[Finding]:
    for pattern, instead in _words():
        for phrase in _found(text, pattern):
            yield Finding(phrase, gettext("Say: %(instead)s.") % {"instead": instead})


def _found(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """Each match, as it stands in the text that was typed."""
    plain, places = _plain(_without_reassurance(text))
    for match in pattern.finditer(plain):
        if match.end() > match.start():
            yield text[places[match.start()] : places[match.end() - 1] + 1]


def _without_reassurance(text: str) -> str:
    """The text with the sentences that may stand there blanked out, each sign in its place."""
    for sentence in _reassuring():
        text = text.replace(sentence, "\n" * len(sentence))
    return text


def _plain(text: str) -> tuple[str, list[int]]:
    """Small letters, no accents, no vowel signs, one space between words; and where each sign came from."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for part in unicodedata.normalize("NFKD", sign.translate(PLAIN)).casefold():
            kept = " " if part.isspace() else part
            if unicodedata.category(kept) in ("Mn", "Cf") or kept == "ـ":
                continue
            if kept == " " and signs and signs[-1] == " ":
                continue
            signs.append(kept)
            places.append(place)
    return "".join(signs), places


@cache
def _lists() -> dict[str, dict[str, object]]:
    return tomllib.loads(LISTS.read_text(encoding="utf-8"))


@cache
def _words() -> list[tuple[re.Pattern[str], str]]:
    return [
        (_whole([pattern]), instead)
        for language in _lists().values()
        for pattern, instead in dict(language["avoided"]).items()  # type: ignore[call-overload]
    ]


@cache
def _meeting(names: tuple[str, ...]) -> re.Pattern[str]:
    return _whole(list(_invitation_patterns(names)))


def _invitation_patterns(names: tuple[str, ...]) -> Iterator[str]:
    for language in _lists().values():
        them = "|".join([*language["them"], *(re.escape(name) for name in names)])  # type: ignore[misc]
        for pattern in language["meeting"]:  # type: ignore[attr-defined]
            yield pattern.replace("{them}", f"(?:{them})")


@cache
def _reassuring() -> list[str]:
    return [str(one) for language in _lists().values() for one in language["reassures"]]  # type: ignore[attr-defined]


def _whole(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)")
