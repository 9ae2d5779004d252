"""read_list: a host's list of terms as it comes in a file, one term a row. Whatever is wrong is said with its row.

Terms are words, never patterns: a star may end one ("idiot*": every word that begins so) and nothing else is a sign.
So no list can be slow, and none can be a bomb.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from concord.monitoring.screening.folding import fold, is_unspaced
from concord.monitoring.screening.lexicon import LANGUAGES, lexicon
from concord.monitoring.screening.spelling import WORD
from concord.refusals import Refused

MOST_BYTES = 1_000_000
MOST_TERMS = 5_000
LONGEST_TERM = 80
MOST_WORDS = 8
SHORTEST_BEGINNING = 3
PATTERN = re.compile(r"[\\^$\[\]{}()|<>]|[.][*+?]|[*].|[?+]$")
SPREADSHEET = "=+-@\t'"
"""Signs at the beginning of a cell that a table program would run as a formula."""
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
GARBLED = re.compile("[ÃÂØÙÐÑ][\u0080-\u00bf\u0152-\u2122]")
MOST_MARKS = 4


class BadList(Refused):
    """Something about the file as a whole, or about one row of it."""

    status = 409

    def __init__(self, words: str | Promise) -> None:
        self.words = words
        super().__init__()


class Entry(NamedTuple):
    """One term as it was written, and how it reads when folded."""

    term: str
    folded: str
    begins: bool


class TermList(NamedTuple):
    """The terms of a file, each once, in their order, and how many stood there again."""

    entries: list[Entry]
    again: int


def read_list(blob: bytes) -> TermList:
    """The terms of a CSV file in UTF-8. Raises BadList, in words that name the row."""
    entries: dict[tuple[str, bool], Entry] = {}
    again = 0
    for row, cell in _cells(_decoded(blob)):
        entry = _entry(cell, row)
        if entry is None:
            continue
        if (entry.folded, entry.begins) in entries:
            again += 1
        entries.setdefault((entry.folded, entry.begins), entry)
        if len(entries) > MOST_TERMS:
            raise BadList(
                _("A list holds at most 5,000 terms. Split it, or leave out the rare ones.")
            )
    if not entries:
        raise BadList(
            _("There is no term in this list. Put one term in each row, in the first column.")
        )
    return TermList(list(entries.values()), again)


def write_list(terms: list[str], *, number: str) -> str:
    """The same list as a file, so that it can be edited and brought back. Its first row names this copy."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["term", _("copy %(number)s") % {"number": number}])
    writer.writerows([[term.lstrip(SPREADSHEET)] for term in terms])
    return out.getvalue()


def _decoded(blob: bytes) -> str:
    if len(blob) > MOST_BYTES:
        raise BadList(_("This file is larger than a list can be (1 MB)."))
    try:
        text = blob.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadList(
            _(
                "This file is not in UTF-8. Save it as “CSV UTF-8” in your table program, and try again."
            )
        ) from error
    if "\0" in text:
        raise BadList(
            _(
                "This file is not in UTF-8. Save it as “CSV UTF-8” in your table program, and try again."
            )
        )
    garbled = GARBLED.search(text)
    if garbled and len(GARBLED.findall(text)) > 2:
        raise BadList(
            _(
                "The letters of this file are broken (“%(signs)s”): it was saved in another encoding "
                "before. Open the original and save it as “CSV UTF-8”."
            )
            % {"signs": text[max(0, garbled.start() - 4) : garbled.end() + 4].strip()}
        )
    return text


def _cells(text: str) -> Iterator[tuple[int, str]]:
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    column = 0
    try:
        for row, cells in enumerate(rows, 1):
            if (
                row == 1
                and (names := [cell.strip().casefold() for cell in cells])
                and "term" in names
            ):
                column = names.index("term")
            elif len(cells) > column:
                yield row, cells[column]
    except csv.Error as error:
        raise BadList(
            _("Row %(row)s cannot be read as a table: is a quotation mark left open?")
            % {"row": rows.line_num}
        ) from error


def _entry(cell: str, row: int) -> Entry | None:
    said = {"row": row, "term": unicodedata.normalize("NFC", cell[:40])}
    if TURNING.search(cell):
        raise BadList(
            _("Row %(row)s holds signs that turn the direction of text. Type the term again.")
            % said
        )
    term = " ".join(cell.strip().lstrip(SPREADSHEET).split())
    if not term:
        return None
    if len(term) > LONGEST_TERM:
        raise BadList(_("Row %(row)s is longer than 80 signs. A term is a word or a few.") % said)
    if PATTERN.search(term):
        raise BadList(
            _(
                "Row %(row)s (“%(term)s”) looks like a pattern. Lists hold words; only a star at the end of "
                "one is understood, for every word that begins so."
            )
            % said
        )
    if _has_towers(term):
        raise BadList(_("Row %(row)s stacks marks on its letters. Type the term again.") % said)
    return _folded_entry(term, said)


def _folded_entry(term: str, said: dict[str, object]) -> Entry:
    begins = term.endswith("*")
    words = WORD.findall(fold(term))
    folded = " ".join(words)
    letters = sum(sign.isalnum() for sign in folded)
    if letters < (1 if is_unspaced(folded) else 2) or (begins and letters < SHORTEST_BEGINNING):
        raise BadList(
            _("Row %(row)s (“%(term)s”) is too short: it would stand in almost every message.")
            % said
        )
    if len(words) > MOST_WORDS:
        raise BadList(_("Row %(row)s has more than eight words. A term is a word or a few.") % said)
    if begins and len(words) > 1:
        raise BadList(_("Row %(row)s (“%(term)s”): a star can end a single word only.") % said)
    if are_common(words):
        raise BadList(_("Row %(row)s (“%(term)s”) stands in almost every message.") % said)
    return Entry(term, folded, begins)


def are_common(words: list[str]) -> bool:
    """Whether each of these folded words is one that holds sentences together, in any of the languages."""
    return all(word in _common() for word in words)


def _has_towers(term: str) -> bool:
    run = 0
    for sign in term:
        run = run + 1 if unicodedata.combining(sign) else 0
        if run > MOST_MARKS:
            return True
    return False


@cache
def _common() -> frozenset[str]:
    """Words that hold sentences together, in any of the languages."""
    parts = set("FCIYyMWNu#")
    return frozenset(
        phrase[0]
        for language in LANGUAGES
        for phrase, plays in lexicon(language).parts.items()
        if len(phrase) == 1 and plays & parts and not plays & set("HhABUSsKD")
    )
