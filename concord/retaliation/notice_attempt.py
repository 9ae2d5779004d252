"""notice_attempt: a new report or flag that touches somebody protected is offered to who reads the older case.

It is compared in memory, while the text passes through the request that seals it, and changes nothing about the
report itself: it is not more urgent for anybody else, and whoever sent it sees nothing of it (V-RETAL-1).
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver

from concord.cases.models import Case, Source, State
from concord.ledger.record import record
from concord.monitoring.models import Flag
from concord.monitoring.seen import Seen
from concord.monitoring.signals import flagged
from concord.outbox.leave import leave
from concord.reports.told import Told
from concord.retaliation.models import Aimed, Attempt, Protected
from concord.retaliation.named_now import named_now
from concord.retaliation.touching import (
    STRONG,
    Token,
    in_text,
    of_person,
    team_names_in,
)

MOST_FOR_THE_TEAM = 5
"""Newest cases for which an insult to somebody on the team alone is offered: which one it is about, none can tell."""
AT_ONCE = 2_000

log = logging.getLogger("concord.retaliation")


def look_at_report(told: Told, *, report: UUID, at: datetime) -> set[UUID]:
    """The check that intake runs, and again when a reporter says more. It keeps nobody out."""
    if Protected.objects.exists():
        tokens = in_text(told.all_words)
        origin = told.source
        if origin is not None:
            tokens |= in_text(f"{origin.excerpt}\n{origin.author}")
            tokens |= {of_person(origin.author_id)} if origin.author_id else set()
        notice_attempt(tokens, report=report, at=at)
    return set()


@receiver(flagged, dispatch_uid="retaliation.look_at_flag")
def look_at_flag(sender: Any, flag: Flag, seen: Seen, at: datetime, **kwargs: Any) -> None:
    """A flag, by its words, the post, its author and whoever flagged it. A failure never stops a flag."""
    try:
        with transaction.atomic():
            if Protected.objects.exists():
                tokens = in_text(f"{seen.words}\n{seen.excerpt}\n{seen.author}")
                tokens |= {
                    of_person(one)
                    for one in (seen.author_id, None if flag.by_machine else seen.by)
                    if one
                }
                posted = team_names_in(seen.excerpt or seen.words)
                notice_attempt(tokens | posted, flag=flag.id, at=at)
    except Exception as error:  # noqa: BLE001 - any failure of a comparison
        log.error("comparing a flag failed", extra={"kind": type(error).__name__})


@transaction.atomic
def notice_attempt(
    tokens: set[Token], *, at: datetime, report: UUID | None = None, flag: UUID | None = None
) -> list[Attempt]:
    """Offer it under each older case that it touches. A pair that was noticed before is not noticed again.

    Nor is a report under the case that it is in, when its reporter says more.
    """
    source: dict[str, Any] = {"report_id": report} if report else {"flag_id": flag}
    noticed = []
    own = set(Source.objects.filter(**source).values_list("case", flat=True))
    for case, aimed in _touched(tokens | named_now(tokens)).items():
        if case in own:
            continue
        attempt, fresh = Attempt.objects.get_or_create(
            case_id=case, **source, defaults={"noticed_at": at}
        )
        if fresh:
            Aimed.objects.bulk_create(Aimed(attempt=attempt, token=token) for token in aimed)
            leave("retaliation.offer", subject=attempt.id, at=at)
            record("retaliation.notice_attempt", actor=None, subject=attempt.id, at=at)
            noticed.append(attempt)
    return noticed


def _touched(tokens: set[Token]) -> dict[UUID, set[bytes]]:
    """The cases that are touched, each with the members of the team whom it is aimed at."""
    by_case: dict[UUID, list[Protected]] = defaultdict(list)
    for row in _rows(tokens):
        by_case[row.case_id].append(row)
    certain = {case: rows for case, rows in by_case.items() if is_touched(rows)}
    insulted = {
        case for case, rows in by_case.items() if any(row.kind == "team name" for row in rows)
    }
    certain |= {case: by_case[case] for case in _newest(insulted - certain.keys())}
    return {case: _aimed_at(rows) for case, rows in certain.items()}


def is_touched(rows: Iterable[Protected]) -> bool:
    """Somebody who is not on the team for certain; or two people, of whom one is not, by a single name each."""
    rows = list(rows)
    people = {row.who: row.is_staff for row in rows if row.kind != "person" or not row.is_staff}
    if any(row.kind in STRONG and not row.is_staff for row in rows):
        return True
    return len(people) > 1 and not all(people.values())


def _newest(cases: Iterable[UUID]) -> list[UUID]:
    found = Case.objects.filter(id__in=list(cases)).order_by("-opened_at")
    return list(found.values_list("id", flat=True)[:MOST_FOR_THE_TEAM])


def _aimed_at(rows: Iterable[Protected]) -> set[bytes]:
    """Members of the team who were named; not the one who wrote, or flagged, what came in."""
    named = {row.who for row in rows if row.is_staff and row.kind != "person"}
    persons = Protected.objects.filter(who__in=named, kind="person")
    return {bytes(token) for token in persons.values_list("token", flat=True)}


def _rows(tokens: set[Token]) -> list[Protected]:
    values = [token for _kind, token in tokens]
    rows: list[Protected] = []
    for start in range(0, len(values), AT_ONCE):
        found = Protected.objects.filter(token__in=values[start : start + AT_ONCE])
        rows += found.exclude(case__state=State.PURGED)
    return rows
