"""The people of a proposal by the names they go by now; what was sealed and signed stays (V-MISGENDER-1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext

from concord.cases.models import Case
from concord.cases.parties import events_of
from concord.concurrence.terms import ON_A_PERSON, Target
from concord.convenings import called_now as convenings
from concord.convenings.models import Convening


def as_called_now(targets: Iterable[Target], *, case: Case) -> list[Target]:
    """The same steps to be read; whoever was denied entry is in no room, and stays what they were called."""
    targets = list(targets)
    people = convenings.called_now(each.id for each in targets if each.kind in ON_A_PERSON)
    if not people:
        return targets
    near = events_of(case) | _events_of(targets)

    def read(target: Target) -> Target:
        theirs = people.get(target.id) if target.kind in ON_A_PERSON else None
        if theirs is None:
            return target
        name = theirs.anywhere(target.label, renames=0, near=near)
        return replace(target, label=name or gettext("Somebody who took part"))

    return [read(each) for each in targets]


def labels_now(sealed: Iterable[Target], now: Iterable[Target]) -> dict[str, str]:
    """By each label that was sealed what stands in its place; of namesakes, what each is called."""
    found: dict[str, dict[str, None]] = {}
    for was, each in zip(sealed, now, strict=True):
        found.setdefault(was.label, {})[each.label] = None
    return {was: gettext(", ").join(names) for was, names in found.items()}


def _events_of(targets: Iterable[Target]) -> set[UUID]:
    """The events in which the steps hold."""
    places = {each.scope_id for each in targets if each.scope_id}
    events = Convening.objects.filter(Q(id__in=places) | Q(sessions__in=places))
    return set(events.values_list("id", flat=True))
