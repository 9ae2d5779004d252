"""Reports in the same words, shown as one row with a number: a flood hides nobody's report (the flooder)."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from concord.reports.models import UNANSWERED, Report, ReportQuerySet


class Row(NamedTuple):
    """A report, and how many more wait in the same words, each of them kept and read like any other."""

    report: Report
    others: int


def rows_of(reports: ReportQuerySet) -> list[Row]:
    """Rows, the most pressing first. As soon as one report was folded, all in its words share the row.

    Only a few columns of each are read, for there may be ten thousand of them.
    """
    columns = ("id", "text_token", "folded", "urgent", "state", "answer_by")
    waiting = list(reports.order_by().values_list(*columns, named=True))
    flooded = {bytes(one.text_token) for one in waiting if one.folded}
    rows = defaultdict(list)
    for one in waiting:
        token = bytes(one.text_token)
        rows[token if token in flooded else one.id].append(one)
    heads = {min(alike, key=_pressing).id: len(alike) - 1 for alike in rows.values()}
    shown = Report.objects.filter(id__in=heads).defer("sealed").order_by("-urgent", "answer_by")
    return [Row(report, heads[report.id]) for report in shown]


def how_many_rows(reports: ReportQuerySet) -> int:
    """How many rows those are."""
    folded = reports.filter(folded=True).order_by().values("text_token")
    return reports.exclude(text_token__in=folded).count() + folded.distinct().count()


def _pressing(one: Report) -> tuple[bool, bool, object, object]:
    return one.state not in UNANSWERED, not one.urgent, one.answer_by, one.id
