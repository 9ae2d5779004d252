"""record: leave an entry in the ledger, in the transaction of the verb that calls it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from concord.ledger.models import Entry
from concord.refusals import Refused

OF_NOBODY_EVERY = timedelta(hours=1)
"""How often the same refusal is kept of somebody whom no entry names: anybody may ask as often as they like."""


def record(
    verb: str, *, actor: UUID | None, subject: UUID | None, at: datetime, **facts: Any
) -> Entry:
    """Write one entry. `facts` are ids, numbers and short codes of ours; never a name, never a text.

    Raises ValueError for a fact that could carry contents: a string of more than 80 characters.
    """
    return Entry.objects.create(
        verb=verb,
        actor=actor,
        subject=subject,
        at=at,
        facts=_all_plain(facts),
    )


def record_each(
    verb: str, *, actor: UUID | None, at: datetime, about: Mapping[UUID, Mapping[str, Any]]
) -> None:
    """As `record`, an entry for each subject with facts of its own; all of them written at once."""
    Entry.objects.bulk_create(
        Entry(verb=verb, actor=actor, subject=subject, at=at, facts=_all_plain(facts))
        for subject, facts in about.items()
    )


def record_refusal(refused: Refused, actor: UUID | None, at: datetime) -> None:
    """Keep that the policy said no: which rule, to whom, about what; of nobody, once in `OF_NOBODY_EVERY`."""
    if actor is None and _was_kept_lately(refused, at):
        return
    record("refused", actor=actor, subject=refused.subject, at=at, rule=refused.rule)


def _was_kept_lately(refused: Refused, at: datetime) -> bool:
    alike = Entry.objects.filter(verb="refused", actor=None, subject=refused.subject)
    last = alike.filter(facts__rule=refused.rule).order_by("-id").values_list("at", flat=True)
    return any(at - one < OF_NOBODY_EVERY for one in last[:1])


def _all_plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in facts.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str) and len(value) > 80:
        raise ValueError("The ledger keeps ids and short codes, not texts.")
    if isinstance(value, list | tuple | set):
        return [_plain(one) for one in value]
    return value
