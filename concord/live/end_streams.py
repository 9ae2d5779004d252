"""end_streams: whatever a person listens to ends with the commit, in every process."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.db import transaction

from concord.live import relay
from concord.live.hub import hub

ENDED = "streams_ended"


def end_streams(person: UUID) -> None:
    """Call it in the transaction that ends what gave them leave; opening anew is asked about anew."""
    transaction.on_commit(partial(hub.cut, person), robust=True)
    relay.tell_with_commit(ENDED, person)


@relay.hears(ENDED)
def _hear_of_end(person: str) -> None:
    hub.cut(UUID(person))
