"""answer_report: a person's answer, which waits ten seconds on its way and can be taken back until then."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.letterbox.push import push
from concord.monitoring.desk_stream import tell_desks
from concord.outbox.leave import leave
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.acknowledge_report import check_may_leave
from concord.reports.lay_answer import lay_answer
from concord.reports.models import Report, Underway
from concord.reports.read_report import about_word
from concord.vault import files
from concord.vault.keyring import Keyring

WAITS = timedelta(seconds=10)


class OneIsUnderway(Refused):
    """An answer to this report is on its way: pressed twice, or a colleague was quicker."""

    words = _("An answer is on its way already. Wait until it has gone, or take it back first.")
    status = 409
    is_kept = False  # a slip, and nobody's trespass: the case's timeline need not tell of it


@transaction.atomic
def answer_report(
    report: Report,
    *,
    answer: str,
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
    meant: Collection[str] = (),
) -> Underway:
    """Seal an answer to the report and to its reporter's box, where it is found ten seconds from now.

    Nothing of it lies plain meanwhile, and a server that dies lays it when it is back, at the latest when the next
    one is written. Raises `OneIsUnderway`,
    and what `check_may_leave` raises.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    check_may_leave(answer, report, by=by, keyring=keyring, at=at, meant=meant)
    for before in Underway.objects.filter(report=report):
        lay_answer(before, at=at)
    if Underway.objects.filter(report=report).exists():
        raise OneIsUnderway(subject=report.id)
    underway = _underway(report, answer.strip().encode(), by=by, at=at)
    leave("reports.lay_answer", subject=underway.id, due_at=underway.due_at, at=at)
    record("reports.answer", actor=by.person_id, subject=report.id, at=at)
    tell_desks(files.readers(report.file), "report", report.id)
    return underway


def _underway(report: Report, answer: bytes, *, by: StaffMember, at: datetime) -> Underway:
    box = Box.objects.filter(id=report.box).first() if report.box else None
    in_box = push(box, answer, kind="answer", at=at, is_held=True) if box else None
    id = uuid4()
    return Underway.objects.create(
        id=id,
        report=report,
        by_staff=by.person_id,
        sealed=files.seal(report.file, answer, about=about_word(id)),
        in_box=in_box.id if in_box else None,
        due_at=at + WAITS,
    )
