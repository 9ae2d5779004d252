"""rehearse_list: what a list would have flagged among the messages that were written last (the test box).

Nobody is asked and nothing is flagged by it. A list goes live only after one.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from concord.convenings.models import Convening
from concord.ledger.record import record
from concord.monitoring.bring_list import check_keeps_lists
from concord.monitoring.models import TermList
from concord.monitoring.screening.screener import Screener
from concord.monitoring.screening.terms import Term
from concord.people.models import StaffMember
from concord.spaces.models import Post

NEWEST = 1_000
SHOWN = 50


class Hit(NamedTuple):
    """A message that would have been flagged, in pieces: those that the list means are marked."""

    room: str
    pieces: list[tuple[str, bool]]


class Rehearsal(NamedTuple):
    messages: int
    hits: int
    shown: list[Hit]


def rehearse_list(kept: TermList, *, by: StaffMember, at: datetime) -> Rehearsal:
    """Run it over the newest messages of its event, and keep how many there were. Raises OnlyTheTeamKeepsLists.

    A long list takes its time: nothing is locked meanwhile, so that nobody's message or second yes waits for it.
    """
    check_keeps_lists(by, at=at)
    found = would_flag(kept.convening, kept.terms)
    with transaction.atomic():
        TermList.objects.filter(id=kept.id).update(
            rehearsed_at=at, rehearsed_on=found.messages, rehearsed_hits=found.hits
        )
        record("monitoring.rehearse_list", actor=by.person_id, subject=kept.id, at=at)
    return found


def would_flag(convening: Convening, terms: list[str]) -> Rehearsal:
    """The same without a trace."""
    screener = Screener([Term(one, begins=one.endswith("*")) for one in terms], languages=())
    posts = Post.objects.kept().filter(room__convening=convening, removed=False)
    newest = list(posts.select_related("room").order_by("-posted_at")[:NEWEST])
    hits = 0
    shown: list[Hit] = []
    for post in newest:
        signals = screener.screen(post.text).signals
        if signals:
            hits += 1
            if len(shown) < SHOWN:
                spans = sorted((one.start, one.end) for one in signals)
                shown.append(Hit(post.room.name, marked(post.text, spans)))
    return Rehearsal(len(newest), hits, shown)


def marked(text: str, spans: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    """A text in pieces, and which of them are meant."""
    pieces, reached = [], 0
    for start, end in spans:
        if start >= reached:
            pieces += [(text[reached:start], False), (text[start:end], True)]
            reached = end
    return [*pieces, (text[reached:], False)]
