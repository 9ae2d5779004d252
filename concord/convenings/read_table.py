"""read_table: rows of a file that staff bring, as spreadsheets save it; or everything that is wrong, line by line.

A file is taken whole or not at all. What a cell looks like to a spreadsheet, a formula say, is text here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from concord.convenings.small_file import LARGEST

MOST_SAID = 20


class Cells(NamedTuple):
    """One line of a table: where, for people, and what stands in the columns that were asked for, trimmed."""

    line: int
    cells: dict[str, str]


class UnreadableFile(ValueError):
    """What is wrong, in sentences for whoever brought the file; nothing of it was taken."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        more = len(problems) - MOST_SAID
        said = list(problems[:MOST_SAID])
        self.problems = [*said, _("And %(n)s more.") % {"n": more}] if more > 0 else said


def decoded(file: bytes, *, largest: int = LARGEST) -> str:
    """The text of a file that is not empty, not too large, and in an encoding that says itself what it is."""
    if len(file) > largest:
        raise UnreadableFile(
            _("This file is larger than %(n)s MB. Bring it in parts.") % {"n": largest // 1_000_000}
        )
    try:
        text = file.decode("utf-16" if file[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile(
            _("Some letters cannot be read. Save the file as “CSV UTF-8” and bring it again.")
        ) from None
    if not text.strip():
        raise UnreadableFile(_("This file is empty."))
    return text


def in_table(
    text: str, columns: Mapping[str, Sequence[str]], *, needs: Sequence[str]
) -> Iterator[Cells]:
    """The lines that are not empty. `columns`: by which heads each is known; those in `needs` must be there."""
    head = text.splitlines()[0]
    delimiter = max(",;\t", key=head.count)
    table = csv.reader(
        io.StringIO(text.replace("\x00", ""), newline=""), delimiter=delimiter, strict=True
    )
    try:
        found = [cell.strip().casefold() for cell in next(table, [])]
        places = {
            column: next((found.index(word) for word in words if word in found), None)
            for column, words in columns.items()
        }
        missing = [column for column in needs if places[column] is None]
        if missing:
            raise UnreadableFile(
                _("The first line names the columns: %(needed)s. Missing: %(which)s.")
                % {"needed": ", ".join(needs), "which": ", ".join(missing)}
            )
        for row in table:
            if any(cell.strip() for cell in row):
                yield Cells(
                    table.line_num,
                    {
                        column: row[place].strip() if place is not None and place < len(row) else ""
                        for column, place in places.items()
                    },
                )
    except csv.Error:
        raise UnreadableFile(
            _(
                "Line %(n)s cannot be read as a table: a quotation mark is open, or a cell is too long."
            )
            % {"n": table.line_num}
        ) from None
