"""import_schedule: sessions come in from a file, all of them or none, after somebody has seen what would change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Convening, Session, State
from concord.convenings.plan_convening import HasEnded, plan_session
from concord.convenings.read_schedule import Row
from concord.ledger.record import record
from concord.names import fold
from concord.people.designate import must_plan
from concord.people.models import StaffMember
from concord.refusals import Refused

NEW, MOVED, SAME = "new", "moved", "same"


class ChangedSince(Refused):
    """What would change is not what was looked at."""

    words = _(
        "The event has changed since you looked. Here is what would change now; nothing has been done."
    )
    status = 409


class HasBegun(Refused):
    """A session that people are in, or were, keeps its times."""

    words = _(
        "A session in this file runs already, or is over, and the file gives it other times. Nothing was changed."
    )
    status = 409


class Change(NamedTuple):
    """What the file does to one session: it is new, moved, or stays the same."""

    kind: str
    row: Row
    session: Session | None

    @property
    def has_begun(self) -> bool:
        """Whether it would move what people are in, or were: then nothing of the file is taken."""
        return (
            self.kind == MOVED
            and self.session is not None
            and not self.session.called_off
            and self.session.state not in (State.PLANNED, State.READY)
        )

    @property
    def said(self) -> str:
        """The change as one line, to tell whether it is still the one that was looked at."""
        id = self.session.id if self.session else ""
        times = f"{self.row.starts_at.isoformat()} {self.row.ends_at.isoformat()}"
        return f"{self.kind} {id} {times} {self.row.name}"


def changes_of(convening: Convening, rows: Sequence[Row]) -> list[Change]:
    """What the file would do, row by row. A session is known again by its name; what the file lacks stays."""
    known = {fold(one.name): one for one in convening.sessions.all()}
    return [_change(row, known.get(fold(row.name))) for row in rows]


@transaction.atomic
def import_schedule(
    convening: Convening, *, rows: Sequence[Row], seen: str, by: StaffMember, at: datetime
) -> list[Change]:
    """Plan what is new and move what is moved. `seen`: the changes that were looked at, by their mark.

    Raises NotYoursToDesignate, HasEnded, ChangedSince, HasBegun, and what planning a session raises; then nothing of
    the file is there.
    """
    must_plan(by, at=at)
    convening = Convening.objects.select_for_update(no_key=True).get(id=convening.id)
    if convening.state == State.ENDED:
        raise HasEnded(subject=convening.id)
    changes = changes_of(convening, rows)
    if mark_of(changes) != seen:
        raise ChangedSince(subject=convening.id)
    for kind, row, session in changes:
        if kind == NEW:
            plan_session(
                convening, name=row.name, starts_at=row.starts_at, ends_at=row.ends_at, by=by, at=at
            )
        elif kind == MOVED and session is not None:
            _move(session, row, by=by, at=at)
    return changes


def mark_of(changes: Sequence[Change]) -> str:
    """By which all these changes, and no others, are known again."""
    return sha256("\n".join(one.said for one in changes).encode()).hexdigest()


def not_in_the_file(convening: Convening, changes: Sequence[Change]) -> list[Session]:
    """The sessions of an event that the file lacks. They stay."""
    known = {one.session.id for one in changes if one.session}
    return [one for one in convening.sessions.all() if one.id not in known]


def _change(row: Row, session: Session | None) -> Change:
    if session is None:
        return Change(NEW, row, None)
    same = (session.starts_at, session.ends_at) == (row.starts_at, row.ends_at)
    return Change(SAME if same else MOVED, row, session)


def _move(session: Session, row: Row, *, by: StaffMember, at: datetime) -> None:
    session = Session.objects.select_for_update(no_key=True).get(id=session.id)
    if session.state not in (State.PLANNED, State.READY) and not session.called_off:
        raise HasBegun(subject=session.id)
    session.starts_at, session.ends_at = row.starts_at, row.ends_at
    session.save(update_fields=["starts_at", "ends_at"])
    record("convenings.move_session", actor=by.person_id, subject=session.id, at=at)
