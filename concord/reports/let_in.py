"""let_in: the reporter comes back and lets somebody on the team read it after all (I-WHO-1, K-WISH-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.ledger.record import record
from concord.letterbox.session import Held
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.reports import promise
from concord.reports.hold_back import hold_back, is_held_back, kept_out_by_us
from concord.reports.keeps_out import kept_out_token
from concord.reports.models import LetIn, Report
from concord.reports.new_code import newest_code
from concord.reports.own_copy import OwnCopy, keep_copy, read_copy, read_later
from concord.reports.who_read import kept_out_by_reporter
from concord.vault import files


@transaction.atomic
def let_in(report: Report, who: Iterable[StaffMember], *, held: Held, at: datetime) -> Report:
    """Owe these people a key to the report; whoever can read it now makes it at their next request.

    Whom we keep out ourselves, because of a tie, stays out, and the answer is the same: it must not tell who that
    is. A case that was made of the report is not opened to them by it. Twice is once. Behind a code that has not
    settled it is held back.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    waits = is_held_back(report, at=at)
    copy = (read_later(held) if waits else None) or read_copy(held)
    wanted = {one.id for one in who}
    chosen = [] if copy is None else _chosen(report, copy, wanted, at=at)
    if copy is None or not chosen:
        return report
    if waits:
        return hold_back(report, held=held, let_in=chosen, at=at)
    ids = {one.id for one in chosen}
    keep_copy(
        held.box,
        copy._replace(
            keep_out=tuple(id for id in copy.keep_out if id not in ids),
            let_in=(*copy.let_in, *sorted(ids)),
        ),
        at=at,
    )
    for person in {one.person_id for one in chosen} - kept_out_by_us(copy.told, report, at=at):
        open_to(report, person, at=at)
    record("reports.let_in", actor=None, subject=report.id, at=at, persons=len(chosen))
    readers = files.readers(report.file)
    tell_desks(readers, "report", report.id)
    ring(readers, at=at)
    return report


def may_be_let_in(report: Report, copy: OwnCopy, *, at: datetime) -> list[StaffMember]:
    """Whom the reporter may let in: whom they keep out, or anyone when it went outside because they said so.

    Not whoever is named in the text: they were kept out by its words, which stand. Nor whoever of the team saw the
    code: they could let themself in, and nobody would know it from the reporter's own wish.
    """
    seen_by = _who_saw(report)
    return [one for one in _might_come(copy, at=at) if one.person_id != seen_by]


def seen_by_one_of_them(report: Report, copy: OwnCopy, *, at: datetime) -> StaffMember | None:
    """Who saw the code, and for that alone is not among those who may be let in."""
    seen_by = _who_saw(report)
    return next((one for one in _might_come(copy, at=at) if one.person_id == seen_by), None)


def _who_saw(report: Report) -> UUID | None:
    newest = newest_code(report)
    return newest.by_staff if newest else None


def _might_come(copy: OwnCopy, *, at: datetime) -> list[StaffMember]:
    named = kept_out_by_reporter(copy.told, [], at=at)
    return [
        one
        for one in promise.receivers(at)
        if one.person_id not in named
        and (one.id in copy.keep_out or (copy.told.about_team and one.id not in copy.let_in))
    ]


def _chosen(report: Report, copy: OwnCopy, ids: set[UUID], *, at: datetime) -> list[StaffMember]:
    return [one for one in may_be_let_in(report, copy, at=at) if one.id in ids]


def open_to(report: Report, person: UUID, *, at: datetime) -> None:
    """Owe them a key, and forget that they were kept out."""
    token = kept_out_token(report.id, person)
    report.kept_out.filter(token=token).delete()
    if report.outside:
        LetIn.objects.get_or_create(report=report, token=token)
    files.owe(report.file, to=person, at=at)
