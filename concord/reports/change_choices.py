"""change_choices: the reporter changes or erases what they left us to go by (K-WISH-1, I-INFORM-1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models.functions import Coalesce

from concord.ledger.record import record
from concord.letterbox.session import Held
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.reports.hold_back import hold_back, is_held_back
from concord.reports.lay_outcome import lay_what_came_outside, was_told
from concord.reports.models import Report, State
from concord.reports.own_copy import keep_copy, read_copy
from concord.reports.seal_told import seal_told
from concord.reports.told import Told
from concord.vault import files

WISHES = "reports.change_wishes"
"""Entered beside the change itself, where it is what they wish that changed."""


class Choices(NamedTuple):
    """What a reporter decides, and may decide again; empty erases."""

    contact: str
    wishes: str
    hear: str
    may_translate: bool = False


@transaction.atomic
def change_choices(report: Report, choices: Choices, *, held: Held, at: datetime) -> Report:
    """Seal the report anew with these choices; the ones before are kept nowhere. Nothing new changes nothing.

    What they wish now waits before those who read it, like words: somebody may be acting on what they wished before.
    Behind a code that has not settled they are held back.
    """
    if is_held_back(report, at=at):
        return hold_back(report, held=held, changes=choices._asdict(), at=at)
    return seal_anew(report, choices._asdict(), "reports.change_choices", held=held, at=at)


def seal_anew(
    report: Report, changes: dict[str, object], verb: str, *, held: Held, at: datetime
) -> Report:
    """The change itself: in the reporter's copy and for those who read."""
    report = Report.objects.select_for_update().get(id=report.id)
    copy = read_copy(held)
    if copy is None:
        return report
    told: Told = replace(copy.told, **changes)  # type: ignore[arg-type]  # its own fields, by name
    if told == copy.told:
        return report
    keep_copy(held.box, copy._replace(told=told), at=at)
    sealed = seal_told(told, report=report.id, file=report.file)
    report.sealed = sealed["sealed"]
    if report.contact_sealed is not None or told.contact != copy.told.contact:
        report.contact_sealed = sealed[
            "contact_sealed"
        ]  # what was erased comes back by their own hand alone
    report.tell_outcome = told.hear == "done"
    if told.hear == "nothing":
        report.notice_sealed = None
    report.save(update_fields=["sealed", "contact_sealed", "notice_sealed", "tell_outcome"])
    if not was_told(report):
        lay_what_came_outside(report, at=at)
    record(verb, actor=None, subject=report.id, at=at)
    if told.wishes.strip() != copy.told.wishes.strip():
        wishes_changed(report, at=at)
    readers = files.readers(report.file)
    tell_desks(readers, "report", report.id)
    ring(readers, at=at)
    return report


def wishes_changed(report: Report, *, at: datetime) -> None:
    """It waits before those who read it."""
    record(WISHES, actor=None, subject=report.id, at=at)
    if report.state != State.REDIRECTED:
        Report.objects.filter(id=report.id).update(added_at=Coalesce("added_at", at))
