"""end_streams: whatever a person listens to ends with the commit, in every process."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.db import transaction

from concord.live import relay
from concord.live.hub import hub
from concord.live.models import Ending

ENDED = "streams_ended"

LET_THROUGH = 0.05
"""Seconds for which a decision waits at most until its streams have ended, before it goes on with anything else."""


def end_streams(person: UUID) -> None:
    """Call it in the transaction that ends what gave them leave; opening anew is asked about anew."""
    if relay.has_others():
        ending = Ending.objects.create(person_id=person)
        transaction.on_commit(partial(followed.add, ending.id))
        relay.tell_with_commit(ENDED, person, ending.id)
    cut_with_commit(partial(hub.cut, person))


followed: set[UUID] = set()
"""The endings of late that this process has made."""


def follow_endings(*, make: bool = True) -> None:
    """End what was to end while the word of it did not come through; without `make`, nothing was open before."""
    before = set(followed)
    late = dict(Ending.objects.of_late().values_list("id", "person_id"))
    for id in late.keys() - followed:
        if make:
            hub.cut(late[id])
    followed.difference_update(before - late.keys())
    followed.update(late)


def cut_with_commit(cut: Callable[[], None]) -> None:
    """Cut with the commit, before anything else that waits for it, and let the loop end the streams first.

    Whatever else follows a decision reads and renders; a loop that has to share the interpreter with that writes its
    last words late. It never fails: a cut that another process missed it makes within a second (`follow_cuts`).
    """
    connection = transaction.get_connection()
    if _let_through not in [act for _ids, act, *_ in connection.run_on_commit]:
        _first(_let_through)
    _first(cut)


def _first(act: Callable[[], None]) -> None:
    transaction.on_commit(act, robust=True)
    waiting = transaction.get_connection().run_on_commit
    if waiting:
        waiting.insert(0, waiting.pop())


def _let_through() -> None:
    hub.settle(LET_THROUGH)


@relay.hears(ENDED)
def _hear_of_end(person: str, ending: str) -> None:
    hub.cut(UUID(person))
    followed.add(UUID(ending))
