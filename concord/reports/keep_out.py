"""keep_out: the reporter comes back and says who else must not read it; at once they cannot (I-WHO-1, K-WISH-1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.ledger.record import record
from concord.letterbox.read import Opened, read
from concord.letterbox.session import Held
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import outside_readers
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.reports.add_words import say
from concord.reports.bring_files import COPY_KIND
from concord.reports.bring_files import about as about_file
from concord.reports.hold_back import hold_back
from concord.reports.keeps_out import kept_out_token
from concord.reports.models import Attachment, KeptOut, Question, Report, SettingAside, Underway
from concord.reports.new_code import unsettled
from concord.reports.own_copy import copy_among, keep_copy, later_among
from concord.reports.seal_told import seal_told
from concord.reports.signals import readers_changed
from concord.reports.take_back_answer import take_away
from concord.reports.told import Told
from concord.reports.turn_into_report import take_back
from concord.vault import files


@transaction.atomic
def keep_out(report: Report, who: Iterable[StaffMember], *, held: Held, at: datetime) -> Report:
    """Take these people's keys away, here and in the case it belongs to; begin a new epoch for what comes.

    When nobody on the team is left it goes to the outside contact, sealed anew from the reporter's own copy.
    The answer is the same either way: it must not tell whom we had kept out ourselves. `let_in` lets somebody
    in again. Twice is once. Where whoever saw a code that has not settled would be left alone with it, it is held back.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    opened = read(held.box, held.code)
    copy, later = copy_among(opened), later_among(opened)
    code, who = unsettled(report, at=at), list(who)
    if copy is not None and later is not None and code is None:
        who += StaffMember.objects.filter(id__in=set(later.keep_out) - set(copy.keep_out))
    fresh = [one for one in who if copy is not None and one.id not in copy.keep_out]
    if copy is None or not fresh:
        return report if later is None else hold_back(report, held=held, keep_out=who, at=at)
    persons = {one.person_id for one in fresh}
    if code and code.by_staff == _left_alone(report, persons):
        return hold_back(report, held=held, keep_out=who, at=at)
    out = (*copy.keep_out, *(one.id for one in fresh))
    let_in = tuple(id for id in copy.let_in if id not in out)
    keep_copy(held.box, copy._replace(keep_out=out, let_in=let_in), at=at)
    shut_out(report, persons, at=at)
    record("reports.keep_out", actor=None, subject=report.id, at=at, persons=len(persons))
    if not files.readers(report.file):
        counts = copy if later is None or code else later
        _send_outside(report, counts.told, opened, at=at)
    if later is not None:
        report = hold_back(report, held=held, keep_out=who, at=at)
    tell_desks(files.readers(report.file), "report", report.id)
    return report


def shut_out(report: Report, persons: set[UUID], *, at: datetime) -> None:
    """The thing itself: their keys are gone, here and in all that was made of it."""
    tokens = [kept_out_token(report.id, one) for one in persons]
    report.let_in.filter(token__in=tokens).delete()
    KeptOut.objects.bulk_create(
        [KeptOut(report=report, token=token) for token in tokens], ignore_conflicts=True
    )
    report.kept_out.filter(token__in=tokens).update(ticked=True)
    for person in persons:
        files.withdraw(report.file, person, at=at)
    _keep_out_of_question(report, persons, at=at)
    readers_changed.send(sender=Report, report=report, persons=persons, at=at)


def _left_alone(report: Report, persons: set[UUID]) -> UUID | None:
    left = files.readers(report.file) - persons
    return left.pop() if len(left) == 1 else None


def _keep_out_of_question(report: Report, persons: set[UUID], *, at: datetime) -> None:
    """It was passed on as a question: that too is closed to them, and is a report again if nobody is left to answer."""
    for question in Question.objects.filter(report=report):
        for person in persons:
            files.withdraw(question.file, person, at=at)
        left = files.readers(question.file)
        tell_desks(left | persons, "inbox", question.id)
        if not left:
            take_back(question, at=at)


def _send_outside(report: Report, told: Told, opened: list[Opened], *, at: datetime) -> None:
    """A new file for the outside contact, with everything that the reporter's box still knows.

    The former one is destroyed, with what recovery held of it: else what is erased one day would open from a backup.
    Not where something of the reporter's was sealed to it that their box does not know, as in one that was made anew
    before all of it came along: recovery can still bring that back.
    """
    readers: set[UUID] = outside_readers(at)
    by_staff = {word.said_at: word.by_staff for word in report.words.all()}
    urgent = set(report.words.filter(urgent=True).values_list("said_at", flat=True))
    for underway in Underway.objects.filter(report=report):
        take_away(underway)
    moved = {each.pushed_at for each in opened if each.kind == "said"}
    left = report.words.filter(by_staff=None).exclude(said_at__in=moved)
    unmoved = set(left.values_list("id", flat=True))
    report.words.exclude(id__in=unmoved).delete()
    SettingAside.objects.filter(report=report).delete()  # its reason was for readers who are gone
    former, report.file = report.file, files.open_file(readers=readers, at=at).id
    if report.contact_sealed is None:  # its time was over
        told = replace(told, contact="")
    for field, sealed in seal_told(told, report=report.id, file=report.file).items():
        setattr(report, field, sealed)
    report.outside = True
    unmoved |= set(report.attachments.values_list("id", flat=True))
    for each in opened:
        if each.kind == COPY_KIND:
            unmoved.discard(_move_file(report, each.plaintext))
        if each.kind in ("said", "answer"):
            say(
                report,
                each.plaintext.decode(),
                by_staff=by_staff.get(each.pushed_at),
                urgent=each.kind == "said" and each.pushed_at in urgent,
                at=each.pushed_at,
            )
    if unmoved:
        report.former_file = former
    else:
        files.destroy(former, by=None, at=at)
    report.save(update_fields=["file", "former_file", "sealed", "contact_sealed", "outside"])
    ring(readers, at=at)


def _move_file(report: Report, copied: bytes) -> UUID:
    """What opens an attachment, sealed anew; a cleaned copy is made again when it is asked for. Returns which one."""
    id, brought = UUID(bytes=copied[:16]), copied[16:]
    for attachment in report.attachments.filter(id=id):
        attachment.sealed = files.seal(report.file, brought, about=about_file(id))
        attachment.copy = Attachment.Copy.NOT_YET
        attachment.copy_blob = attachment.copy_sealed = None
        attachment.save(update_fields=["sealed", "copy", "copy_blob", "copy_sealed"])
    return id
