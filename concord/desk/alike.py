"""What came in the same words, shown as one row with a number: a flood hides nobody's report (the flooder)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet

from concord.monitoring.items import COUNTED
from concord.monitoring.items import SHOWN as SHOWN_AT_ONCE
from concord.reports.models import UNANSWERED, Report, ReportQuerySet

SHOWN = (
    *("id", "code", "text_token", "folded", "urgent", "state"),
    *("received_at", "answer_by", "added_at", "unplaced_rung_at"),
)
"""All that a row needs; there may be ten thousand, so their sealed contents stay where they are."""


class Row(NamedTuple):
    """A report, and how many more wait in the same words, each of them kept and read like any other."""

    report: Report
    others: int


class Asked(NamedTuple):
    """A request or a question, and how many more wait in the same words."""

    one: Any
    others: int


@dataclass(frozen=True)
class Few:
    """The rows of requests or questions that a page shows, and how many there are, as far as they are counted."""

    rows: list[Asked]
    how_many: int

    def __len__(self) -> int:
        return self.how_many

    @property
    def more(self) -> int:
        return self.how_many - len(self.rows) if self.how_many < COUNTED else COUNTED


def few_of(asked: QuerySet[Any], *order: Any) -> Few:
    """The first rows in this order, what was folded behind them; however many wait, few are read."""
    rows = [Asked(one, 0) for one in _alone(asked).order_by(*order)[:SHOWN_AT_ONCE]]
    left = SHOWN_AT_ONCE - len(rows)
    for token, n in _together(asked).order_by("text_token")[:left]:
        first = asked.filter(text_token=token).order_by("folded", *order).first()
        rows += [Asked(first, n - 1)] if first else []
    return Few(rows, how_many_of(asked))


def how_many_of(asked: QuerySet[Any]) -> int:
    """How many rows those would be; at most `COUNTED`."""
    alone, together = _alone(asked).order_by()[:COUNTED], _together(asked).order_by()[:COUNTED]
    return min(alone.count() + together.count(), COUNTED)


def _flooded(asked: QuerySet[Any]) -> QuerySet[Any, Any]:
    return asked.filter(folded=True).order_by().values("text_token")


def _alone(asked: QuerySet[Any]) -> QuerySet[Any]:
    return asked.exclude(text_token__in=_flooded(asked))


def _together(asked: QuerySet[Any]) -> QuerySet[Any, Any]:
    flooded = asked.filter(text_token__in=_flooded(asked)).order_by().values("text_token")
    return flooded.annotate(n=Count("id")).values_list("text_token", "n")


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


def asks_for_an_answer(report: Report) -> bool:
    """Whether it counts: nobody has answered it, a colleague needs a yes, or it was answered and left there."""
    asks_yes = getattr(report, "asks_yes", False)
    return report.state in UNANSWERED or asks_yes or report.unplaced_rung_at is not None


def _pressing(one: Report) -> tuple[bool, bool, bool, bool, datetime]:
    is_answered = one.state not in UNANSWERED
    rests = not asks_for_an_answer(one)
    return is_answered, rests, not one.urgent, one.added_at is None, one.answer_by
