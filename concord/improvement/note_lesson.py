"""note_lesson: the team writes down what it learned in a debrief, or what it changed (I-IMPROVE-1)."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.improvement.keep_book import keep_book
from concord.improvement.models import Book, Lesson
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files


class NothingLearned(Refused):
    """A line of the log has words."""

    words = _("Please write what you learned or changed. Nothing is kept yet.")
    status = 409


class OnlyDesignatedStaff(Refused):
    """The log is kept by those who handle cases."""

    words = _("Only those who receive reports or may agree to a proposal write here.")


@transaction.atomic
def note_lesson(text: str, *, kind: Lesson.Kind, by: StaffMember, at: datetime) -> Lesson:
    """Seal a line into the book. Raises NothingLearned, OnlyDesignatedStaff."""
    if not by.is_current(at) or not (by.receives_reports or by.may_concur):
        raise OnlyDesignatedStaff(subject=by.person_id)
    if not text.strip():
        raise NothingLearned(subject=by.person_id)
    book = Book.objects.first() or keep_book(at=at)
    id = uuid4()
    lesson = Lesson.objects.create(
        id=id,
        kind=kind,
        sealed=files.seal(book.file, text.strip().encode(), about=f"lesson:{id}"),
        noted_by=by.person_id,
        noted_on=at.date(),
    )
    record("improvement.note_lesson", actor=by.person_id, subject=id, at=at, kind=str(kind))
    return lesson
