"""confirm_for_sessions: the same guidelines for many sessions, each of them chosen and looked at (P-GUIDE-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from difflib import SequenceMatcher
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.convenings.confirm_guidelines import confirm_guidelines
from concord.convenings.guidelines_read import guidelines_of_each
from concord.convenings.models import Convening, Guidelines, Session, State
from concord.people.models import StaffMember
from concord.refusals import Refused


class NoneChosen(Refused):
    words = _("Choose at least one session. Nothing was confirmed.")
    status = 409


class ConfirmedMeanwhile(Refused):
    """Somebody confirmed other guidelines for one of them since they were looked at."""

    words = _(
        "For one of these sessions a colleague has confirmed other guidelines meanwhile. Look at it again."
    )
    status = 409


class Line(NamedTuple):
    """A guideline, and whether the new text has it in addition, not any more, or as before."""

    kind: str
    text: str


class Differs(NamedTuple):
    """One session, what holds there, and how the new text differs; `number` is 0 where nothing holds yet."""

    session: Session
    number: int
    lines: list[Line]

    @property
    def is_same(self) -> bool:
        return self.number > 0 and all(one.kind == "same" for one in self.lines)


class Alike(NamedTuple):
    """Sessions for which the new text changes just the same: what changes is looked at once for all of them."""

    is_same: bool
    is_new: bool
    lines: list[Line]
    each: list[Differs]


def alike(found: Iterable[Differs]) -> list[Alike]:
    """The same differences together, in the order of their first session; what stays as it is comes last."""
    groups: dict[tuple[bool, tuple[Line, ...]], list[Differs]] = {}
    for one in found:
        groups.setdefault((one.number == 0, tuple(one.lines)), []).append(one)
    told = [
        Alike(each[0].is_same, is_new, list(lines), each)
        for (is_new, lines), each in groups.items()
    ]
    return sorted(told, key=lambda group: group.is_same)


def differences(convening: Convening, text: str) -> list[Differs]:
    """For each session that is not over, what would change there."""
    sessions = list(convening.sessions.exclude(state=State.ENDED))
    wanted = [line.strip() for line in text.splitlines() if line.strip()]
    held = guidelines_of_each(sessions)
    return [_differs(one, held.get(one.id), wanted) for one in sessions]


@transaction.atomic
def confirm_for_sessions(
    convening: Convening, *, text: str, chosen: Mapping[UUID, int], by: StaffMember, at: datetime
) -> list[Guidelines]:
    """Confirm a text for each chosen session, all or none. `chosen`: the number that held there when it was looked at.

    Raises NoneChosen, ConfirmedMeanwhile, and what confirming one raises.
    """
    sessions = list(convening.sessions.filter(id__in=list(chosen)))
    if not sessions:
        raise NoneChosen(subject=convening.id)
    confirmed = []
    for session in sessions:
        confirmed.append(confirm_guidelines(session, text=text, by=by, at=at))
        before = session.guidelines.filter(confirmed_at__isnull=False).exclude(id=confirmed[-1].id)
        held = before.order_by("-number").first()
        was = chosen[session.id]
        if was not in (confirmed[-1].number, held.number if held else 0):
            raise ConfirmedMeanwhile(subject=session.id)
    return confirmed


def _differs(session: Session, held: Guidelines | None, wanted: list[str]) -> Differs:
    return Differs(
        session, held.number if held else 0, list(_lines(held.lines if held else [], wanted))
    )


def _lines(old: list[str], new: list[str]) -> Iterable[Line]:
    for kind, i, j, m, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (Line("same", one) for one in old[i:j])
        else:
            yield from (Line("gone", one) for one in old[i:j])
            yield from (Line("added", one) for one in new[m:n])
