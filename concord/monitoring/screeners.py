"""Which screener reads an event's posts: made from its lists once, and again when they change.

A screener is made beside the posts, never in front of one: whoever writes first after a start does not wait for it,
and their post is screened a moment later.
"""

from __future__ import annotations

import logging
import time
from threading import Lock, Thread
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from concord.monitoring.models import PassingName, ProtectedName, TermList
from concord.monitoring.screening.screener import Screener
from concord.monitoring.screening.terms import Term

LOOK_AGAIN = 5.0
"""Seconds after which a process asks whether the lists of an event have changed."""
READING = [TermList.State.SHADOW, TermList.State.LIVE]
log = logging.getLogger("concord.monitoring")


class EventScreener(NamedTuple):
    """A screener, the lists that only count along, and the tokens of names that a person is asked about."""

    screener: Screener
    shadow: frozenset[str]
    protected: frozenset[bytes]
    made_of: object
    looked_at: float


class NotReadyYet(Exception):
    """The screener is being made. The post stands; it is screened later."""


_made: dict[UUID, EventScreener] = {}
_making: set[UUID] = set()
_turn = Lock()


def screener_of(convening: UUID) -> EventScreener:
    """The event's screener. Raises NotReadyYet while it is made for the first time."""
    made = _made.get(convening)
    if made is None:
        _make_beside(convening)
        raise NotReadyYet
    if time.monotonic() - made.looked_at > LOOK_AGAIN:
        _made[convening] = made._replace(looked_at=time.monotonic())
        if _state_of(convening) != made.made_of:
            _make_beside(convening)
    return made


def make_screener(convening: UUID) -> EventScreener:
    """Make it now, in this thread."""
    made_of = _state_of(convening)
    lists = TermList.objects.filter(convening=convening, state__in=READING)
    terms = [
        Term(term, rule=one.rule, begins=term.endswith("*")) for one in lists for term in one.terms
    ]
    made = EventScreener(
        Screener(terms, region=settings.CONCORD_SCREEN_REGION or None),
        frozenset(one.rule for one in lists if one.state == TermList.State.SHADOW),
        frozenset(
            bytes(token)
            for token in ProtectedName.objects.filter(convening=convening).values_list(
                "token", flat=True
            )
        )
        - frozenset(
            bytes(token)
            for token in PassingName.objects.now(convening).values_list("token", flat=True)
        ),
        made_of,
        time.monotonic(),
    )
    _made[convening] = made
    return made


def forget_screeners() -> None:
    """As after a start; for a change in this very process, and for tests."""
    _made.clear()


def _state_of(convening: UUID) -> object:
    lists = TermList.objects.filter(convening=convening, state__in=READING).order_by("id")
    names = ProtectedName.objects.filter(convening=convening).order_by("id")
    passing = PassingName.objects.now(convening).order_by("id")
    return (
        tuple(lists.values_list("id", "state")),
        tuple(names.values_list("id", flat=True)),
        tuple(passing.values_list("id", flat=True)),
    )


def _make_beside(convening: UUID) -> None:
    if not settings.CONCORD_SCREEN_BESIDE:
        return
    with _turn:
        if convening in _making:
            return
        _making.add(convening)
    Thread(target=_make, args=[convening], daemon=True, name="screener").start()


def _make(convening: UUID) -> None:
    try:
        make_screener(convening)
    except Exception:
        log.exception("a screener could not be made", extra={"kind": "screener"})
    finally:
        _making.discard(convening)
        connection.close()
