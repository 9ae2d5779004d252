"""carry_out: the code has settled; what the reporter decided with it counts, though nobody comes back (K-WISH-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.monitoring.tell_outside import tell_outside
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.reports.change_choices import wishes_changed
from concord.reports.hold_back import persons_of
from concord.reports.keep_out import shut_out
from concord.reports.keeps_out import stays_out
from concord.reports.lay_outcome import lay_what_came_outside, was_told
from concord.reports.let_in import open_to
from concord.reports.models import HeldBack, Report
from concord.reports.new_code import unsettled
from concord.reports.own_copy import turn_but_keep_out, turn_later
from concord.vault import files

ARE_LAST = _(
    "Whoever wrote report %(code)s keeps out everybody who still reads it. It comes to you as soon as they open their "
    "box again and say so once more."
)


@transaction.atomic
def carry_out(report: Report, *, at: datetime) -> Report:
    """Put what was held back in the place of what stood there. Nothing, while the code has not settled. Twice is once.

    Where whom they keep out are the last who read it, that alone waits for their next decision (`keep_out`): what goes
    outside is sealed from their own copy, which needs their code. The outside contact is told, once.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    row = HeldBack.objects.filter(report=report).first()
    if row is None or unsettled(report, at=at) is not None:
        return report
    out = _persons(report, row.keep_out)
    are_last = bool(out) and not files.readers(report.file) - out
    if are_last and not turn_but_keep_out(report.box, row.in_box, at=at):
        return report
    report.sealed, report.tell_outcome = row.sealed, row.tell_outcome
    if row.contact_sealed is not None:
        report.contact_sealed = row.contact_sealed
    if row.hears_nothing or row.notice_changes:
        report.notice_sealed = None if row.hears_nothing else row.notice_sealed
    report.save(update_fields=["sealed", "contact_sealed", "notice_sealed", "tell_outcome"])
    if not was_told(report):
        lay_what_came_outside(report, at=at)
    for person in _persons(report, row.let_in) - _ours(report):
        open_to(report, person, at=at)
    if row.wishes_change:
        wishes_changed(report, at=at)
    if are_last:
        _leave_who_is_kept_out(row)
        tell_outside(ARE_LAST, code=report.code, at=at)
    else:
        turn_later(report.box, row.in_box, at=at)
        row.delete()
        if out:
            shut_out(report, out, at=at)
    record("reports.carry_out", actor=None, subject=report.id, at=at)
    readers = files.readers(report.file)
    tell_desks(readers, "report", report.id)
    ring(readers, at=at)
    return report


@every("reports.carry_out", seconds=300)
def carry_out_what_settled(job: Job | None, *, at: datetime) -> int:
    """The clock of it. Returns how many it looked at."""
    waiting = list(Report.objects.filter(held_back__isnull=False))
    for report in waiting:
        carry_out(report, at=at)
    return len(waiting)


def _leave_who_is_kept_out(row: HeldBack) -> None:
    """The rest of it counts by now."""
    row.contact_sealed = row.notice_sealed = None
    row.notice_changes = row.wishes_change = row.hears_nothing = False
    row.let_in = []
    row.save()


def _persons(report: Report, tokens: Iterable[str]) -> set[UUID]:
    return persons_of(report, map(bytes.fromhex, tokens))


def _ours(report: Report) -> set[UUID]:
    """Asked anew: somebody may have stepped out meanwhile."""
    tokens = report.kept_out.filter(by_us=True).values_list("token", flat=True)
    return persons_of(report, map(bytes, tokens)) | stays_out(report)
