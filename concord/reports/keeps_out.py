"""keeps_out: whether somebody must not read a report, now or through anything made of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from uuid import UUID

from concord.names import token
from concord.people.models import StaffMember
from concord.reports.models import KeptOut, LetIn, Report

_lent: list[Callable[[Report], set[UUID]]] = []


def keeps_out(report: Report, person_id: UUID) -> bool:
    """True for whoever the reporter or the routing keeps out; for all of the team when it went outside.

    Except for those whom the reporter let in, or to whom the outside contact handed it on.
    """
    return person_id in kept_out_of([report], among=[person_id])


def kept_out_of(reports: Iterable[Report], *, among: Iterable[UUID]) -> set[UUID]:
    """Those of these persons whom one of these reports keeps out (`keeps_out`).

    Asked at once for all of them: it lies on the way to every second yes, and a case may rest on many reports.
    """
    reports, persons = list(reports), set(among)
    if not reports or not persons:
        return set()
    outside = [one for one in reports if one.outside]
    kept = _tokens(KeptOut, [one for one in reports if not one.outside])
    out = {one for one in persons if any(_is_in(kept, report, one) for report in kept)}
    if outside:
        let_in = _tokens(LetIn, outside)
        team = StaffMember.objects.filter(person_id__in=persons).values_list("person_id", flat=True)
        out |= {one for one in team if not all(_is_in(let_in, each.id, one) for each in outside)}
    return out


def _tokens(rows: type[KeptOut] | type[LetIn], reports: list[Report]) -> dict[UUID, set[bytes]]:
    """The tokens that are kept with each of these reports; one that has none is not in it."""
    found: dict[UUID, set[bytes]] = defaultdict(set)
    kept = rows.objects.filter(report__in=reports) if reports else rows.objects.none()
    for report, one in kept.values_list("report", "token"):
        found[report].add(bytes(one))
    return dict(found)


def _is_in(kept: dict[UUID, set[bytes]], report: UUID, person_id: UUID) -> bool:
    return report in kept and kept_out_token(report, person_id) in kept[report]


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
