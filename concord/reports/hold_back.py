"""hold_back: what the reporter decides with a code that somebody on the team has just seen is kept until it settles.

Nothing of it is lost, and they need not come back for it: `carry_out` does it. What it changes is sealed now, as it
will stand, for the code is not at hand then (K-WISH-1, I-CONTACT-1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from concord.ledger.record import record
from concord.letterbox.read import read
from concord.letterbox.session import Held
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import close_to
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.reports.intake_checks import kept_out_by_checks
from concord.reports.keeps_out import kept_out_token, stays_out
from concord.reports.models import HeldBack, Report
from concord.reports.new_code import unsettled
from concord.reports.notice_wanted import NoticeWanted, notice_kept, seal_wanted
from concord.reports.own_copy import (
    OwnCopy,
    copy_among,
    drop_later,
    keep_later,
    later_among,
)
from concord.reports.seal_told import open_told, seal_told
from concord.reports.told import Told
from concord.vault import files
from concord.vault.keyring import Keyring

SAME: Any = object()
"""Nothing was said about it."""


@transaction.atomic
def hold_back(
    report: Report,
    *,
    held: Held,
    changes: Mapping[str, object] = {},
    keep_out: Iterable[StaffMember] = (),
    let_in: Iterable[StaffMember] = (),
    notice: NoticeWanted | None = SAME,
    at: datetime,
) -> Report:
    """Keep these decisions, with those held back before. What comes to nothing new is forgotten; twice is once.

    To an address for notices that is to go, nothing is sent from now on. Those who read the report are rung: one of
    them confirms the code.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    opened = read(held.box, held.code)
    copy, before = copy_among(opened), later_among(opened)
    if copy is None:
        return report
    later = _changed(before or copy, changes, keep_out=keep_out, let_in=let_in)
    row = HeldBack.objects.filter(report=report).first() or HeldBack(report=report, made_at=at)
    was_notice = row.notice_changes, row.notice_sealed
    if notice is not SAME:
        row.notice_changes = notice != notice_kept(report)
        row.notice_sealed = seal_wanted(report, notice) if notice and row.notice_changes else None
    if later == copy and not row.notice_changes:
        drop_later(held.box)
        HeldBack.objects.filter(report=report).delete()
        return report
    _seal(row, report, copy, later, at=at)
    row.in_box = keep_later(held.box, later, stands=copy, at=at)
    row.save()
    if later != (before or copy) or (row.notice_changes, row.notice_sealed) != was_notice:
        record("reports.hold_back", actor=None, subject=report.id, at=at)
        readers = files.readers(report.file)
        tell_desks(readers, "report", report.id)
        ring(readers, at=at)
    return report


def is_held_back(report: Report, *, at: datetime) -> bool:
    """Whether what the reporter decides now waits: the code has not settled, or something is held back still."""
    return unsettled(report, at=at) is not None or HeldBack.objects.filter(report=report).exists()


def read_held_back(report: Report, *, keyring: Keyring) -> Told | None:
    """What was told as it will stand, for those who read it, or None. Raises vault.NoGrant."""
    row = HeldBack.objects.filter(report=report).first()
    if row is None:
        return None
    contact = report.contact_sealed if row.contact_sealed is None else row.contact_sealed
    later = Report(id=report.id, file=report.file, sealed=row.sealed, contact_sealed=contact)
    return open_told(later, keyring=keyring)


def persons_of(report: Report, tokens: Iterable[bytes]) -> set[UUID]:
    """Whom of the team these tokens mean."""
    wanted = set(tokens)
    return {
        one.person_id
        for one in StaffMember.objects.all()
        if kept_out_token(report.id, one.person_id) in wanted
    }


def kept_out_by_us(told: Told, report: Report, *, at: datetime) -> set[UUID]:
    """Whom their reporter does not let in, and is not told of: ties, and what a colleague or a check saw (K-CONF-1)."""
    author = told.source.author_id if told.source else None
    tied = close_to([author]) if author else set()
    by_us = report.kept_out.filter(by_us=True).values_list("token", flat=True)
    ours = persons_of(report, map(bytes, by_us))
    return tied | ours | stays_out(report) | kept_out_by_checks(told, report=report.id, at=at)


def _changed(
    copy: OwnCopy,
    changes: Mapping[str, object],
    *,
    keep_out: Iterable[StaffMember],
    let_in: Iterable[StaffMember],
) -> OwnCopy:
    told: Told = replace(copy.told, **changes)  # type: ignore[arg-type]  # its own fields, by name
    out = [one.id for one in keep_out if one.id not in copy.keep_out]
    come = sorted(one.id for one in let_in if one.id not in copy.let_in)
    return OwnCopy(
        told,
        tuple(id for id in (*copy.keep_out, *out) if id not in come),
        tuple(id for id in (*copy.let_in, *come) if id not in out),
    )


def _seal(row: HeldBack, report: Report, copy: OwnCopy, later: OwnCopy, *, at: datetime) -> None:
    sealed = seal_told(later.told, report=report.id, file=report.file)
    row.sealed = sealed["sealed"]
    changes_contact = later.told.contact != copy.told.contact
    row.contact_sealed = sealed["contact_sealed"] if changes_contact else None
    row.wishes_change = later.told.wishes.strip() != copy.told.wishes.strip()
    row.tell_outcome = later.told.hear == "done"
    row.hears_nothing = later.told.hear == "nothing"
    person = dict(StaffMember.objects.values_list("id", "person_id"))
    come = {*copy.keep_out, *later.let_in} - {*later.keep_out, *copy.let_in}
    out = set(later.keep_out) - set(copy.keep_out)
    able = {person[id] for id in come if id in person} - kept_out_by_us(later.told, report, at=at)
    row.let_in = _tokens(report, able)
    row.keep_out = _tokens(report, {person[id] for id in out if id in person})


def _tokens(report: Report, persons: set[UUID]) -> list[str]:
    return sorted(kept_out_token(report.id, person).hex() for person in persons)
