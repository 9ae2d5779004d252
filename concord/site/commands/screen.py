"""Says what screening sees in a text, or in every row of a table. Nothing is kept, and no install is needed.

    concord screen --explain "some text"
    concord screen --file chat.csv --json

The table needs a column `text`. Each row is answered by one object: {"flagged": bool, "signals": [names], "rank":
number}, with what is seen in that row alone. `flagged` says that a person is asked to look at it. A text that was
flagged further up, in whatever spelling, is flagged as well, and its object names that row as "again".
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from concord.site.commands import CannotGoOn

if TYPE_CHECKING:
    from concord.monitoring.screening.found import Screened
    from concord.monitoring.screening.screener import Screener

LARGEST_CELL = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--explain", metavar="TEXT", help="what fires in this text, where, and why")
    what.add_argument("--file", metavar="FILE.csv", type=Path, help="a table with a column `text`")
    parser.add_argument("--json", action="store_true", help="one object for each text")
    parser.add_argument("--list", metavar="LIST.csv", type=Path, help="a list of terms of your own")
    parser.add_argument("--region", metavar="CC", help="where numbers without a country belong to")


def run(options: argparse.Namespace) -> int:
    _settle()
    screener = _screener(options)
    if options.explain is not None:
        _explain(options.explain, screener, as_json=options.json)
        return 0
    for row, answer in enumerate(_answers(options.file, screener), 2):
        if options.json:
            print(json.dumps(answer))
        elif answer["flagged"]:
            print(f"row {row}: rank {answer['rank']}, {answer['signals']}")
    return 0


def _settle() -> None:
    """Words are translated lazily, and for that Django wants settings; none of an install are needed."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=False)


def _screener(options: argparse.Namespace) -> Screener:
    from concord.monitoring.screening.read_list import BadList, read_list
    from concord.monitoring.screening.screener import Screener
    from concord.monitoring.screening.terms import Term

    terms: list[Term] = []
    if options.list is not None:
        try:
            read = read_list(options.list.read_bytes())
        except BadList as bad:
            raise CannotGoOn(f"{options.list}: {bad.words}") from bad
        terms = [Term(one.term, options.list.name, begins=one.begins) for one in read.entries]
    return Screener(terms, region=options.region)


def _explain(text: str, screener: Screener, *, as_json: bool) -> None:
    screened = screener.screen(text)
    if as_json:
        signals = [
            {
                "name": one.name,
                "why": str(one.words),
                "rule": one.rule,
                "text": text[one.start : one.end],
                "start": one.start,
                "end": one.end,
                "rank": one.rank,
                "lowered": list(one.lowered),
            }
            for one in screened.signals
        ]
        print(json.dumps({"flagged": screened.flagged, "rank": screened.rank, "signals": signals}))
        return
    if not screened.signals:
        print("nothing fires")
    for one in screened.signals:
        print(f"{one.name}: {one.words}")
        print(f"  on     {text[one.start : one.end]!r}, signs {one.start} to {one.end}")
        print(f"  rule   {one.rule or '-'}")
        lowered = f", lowered: {', '.join(one.lowered)}" if one.lowered else ""
        print(f"  rank   {one.rank}{lowered}")
    print("a person is asked" if screened.flagged else "nobody is asked")


def _answers(path: Path, screener: Screener) -> Iterator[dict[str, object]]:
    from concord.monitoring.screening.folding import fold

    known: dict[str, int] = {}
    for number, text in enumerate(_rows(path), 2):
        screened = screener.screen(text)
        first = number
        if screened.flagged:
            first = known.setdefault("".join(fold(text).split()), number)
        yield _answer(screened, again=first if first != number else None)


def _answer(screened: Screened, *, again: int | None) -> dict[str, object]:
    answer: dict[str, object] = {
        "flagged": screened.flagged,
        "signals": list(dict.fromkeys(one.name for one in screened.signals)),
        "rank": screened.rank,
    }
    return answer | ({"again": again} if again is not None else {})


def _rows(path: Path) -> Iterator[str]:
    """Each row's text. Raises CannotGoOn, in words."""
    csv.field_size_limit(LARGEST_CELL)
    row = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            if "text" not in (table.fieldnames or []):
                raise CannotGoOn(f"{path}: the first row names no column `text`")
            for cells in table:
                row += 1
                yield cells["text"] or ""
    except UnicodeDecodeError as error:
        raise CannotGoOn(
            f"{path}: after row {row} it is not in UTF-8; save it as CSV UTF-8"
        ) from error
    except csv.Error as error:
        raise CannotGoOn(f"{path}: row {row + 1} cannot be read as a table: {error}") from error
    except IsADirectoryError as error:
        raise CannotGoOn(f"{path} is a folder; name a file") from error
    except FileNotFoundError as error:
        raise CannotGoOn(f"{path} is not there") from error
