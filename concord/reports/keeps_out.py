"""keeps_out: whether somebody must not read a report, now or through anything made of it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from concord.names import token
from concord.people.models import StaffMember
from concord.reports.models import Report

_lent: list[Callable[[Report], set[UUID]]] = []


def keeps_out(report: Report, person_id: UUID) -> bool:
    """True for whoever the reporter or the routing keeps out; for all of the team when it went outside.

    Except for those whom the reporter let in, or to whom the outside contact handed it on.
    """
    if report.outside:
        if report.let_in.filter(token=kept_out_token(report.id, person_id)).exists():
            return False
        return StaffMember.objects.filter(person_id=person_id).exists()
    return report.kept_out.filter(token=kept_out_token(report.id, person_id)).exists()


def lends_stays_out(lent: Callable[[Report], set[UUID]]) -> Callable[[Report], set[UUID]]:
    """Let the room that makes cases of reports say who stepped out, or was taken out; once per process."""
    _lent[:] = [lent]
    return lent


def stays_out(report: Report) -> set[UUID]:
    """Who must not read it again by anybody's wish: they stepped out of what was made of it."""
    return _lent[0](report) if _lent else set()


def kept_out_token(report: UUID, person_id: UUID) -> bytes:
    """Different for each report, so that the tokens of two cannot be compared."""
    return token("kept out", f"{report}:{person_id}")
