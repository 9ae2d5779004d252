"""add_words: the reporter comes back with the code and says more, or brings files (I-ANYWAY-1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.letterbox.push import push
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.refusals import Refused
from concord.reports.ask_more import ask_more
from concord.reports.bring_files import bring_files
from concord.reports.models import Report, State, Word
from concord.reports.read_report import about_word
from concord.reports.uploads import Brought
from concord.vault import files


class NothingWritten(Refused):
    """Neither words nor files came."""

    words = _("There was nothing in the box yet. Write as much or as little as you like.")
    status = 409


@transaction.atomic
def add_words(
    report: Report, text: str, *, brought: Sequence[Brought] = (), at: datetime
) -> Word | None:
    """Seal more words and files to those who read the report, and let them know. Raises NothingWritten.

    Words on one that was redirected reach those who answer it as a question, too.

    Both, or neither. None when there were files and no words. The same file again is one file.
    """
    if not text.strip() and not brought:
        raise NothingWritten(subject=report.id)
    word = _said(report, text, at=at) if text.strip() else None
    bring_files(report, brought, at=at)
    readers = files.readers(report.file)
    tell_desks(readers, "report", report.id)
    ring(readers, at=at)
    return word


def _said(report: Report, text: str, *, at: datetime) -> Word:
    word = say(report, text, by_staff=None, at=at)
    box = Box.objects.filter(id=report.box).first() if report.box else None
    if box is not None:
        push(box, text.encode(), kind="said", at=at)
    if report.state == State.REDIRECTED:
        ask_more(report.question, text, at=at)
    record("reports.add_words", actor=None, subject=report.id, at=at)
    return word


def say(report: Report, text: str, *, by_staff: UUID | None, at: datetime) -> Word:
    """Seal one more text into the report's file."""
    id = uuid4()
    return Word.objects.create(
        id=id,
        report=report,
        by_staff=by_staff,
        sealed=files.seal(report.file, text.encode(), about=about_word(id)),
        said_at=at,
    )
