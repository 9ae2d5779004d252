"""Reports in the same words, shown as one row with a number: a flood hides nobody's report (the flooder)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from concord.reports.models import UNANSWERED, Report, ReportQuerySet

SHOWN = (
    *("id", "code", "text_token", "folded", "urgent", "state"),
    *("received_at", "answer_by", "added_at"),
)
"""All that a row needs; there may be ten thousand, so their sealed contents stay where they are."""


class Row(NamedTuple):
    """A report, and how many more wait in the same words, each of them kept and read like any other."""

    report: Report
    others: int


def rows_of(reports: ReportQuerySet) -> list[Row]:
    """Rows, the most pressing first. As soon as one report was folded, all in its words share the row."""
    waiting = list(reports.order_by("-urgent", "answer_by", "id").only(*SHOWN))
    flooded = {bytes(one.text_token) for one in waiting if one.folded}
    alike: dict[object, list[Report]] = defaultdict(list)
    for one in waiting:
        token = bytes(one.text_token)
        alike[token if token in flooded else one.id].append(one)
    rows = [Row(min(each, key=_pressing), len(each) - 1) for each in alike.values()]
    return sorted(rows, key=lambda row: (not row.report.urgent, row.report.answer_by))


def how_many_rows(reports: ReportQuerySet) -> int:
    """How many rows those are."""
    folded = reports.filter(folded=True).order_by().values("text_token")
    return reports.exclude(text_token__in=folded).count() + folded.distinct().count()


def _pressing(one: Report) -> tuple[bool, bool, bool, datetime]:
    return one.state not in UNANSWERED, not one.urgent, one.added_at is None, one.answer_by
