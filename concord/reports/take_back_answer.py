"""take_back_answer: an answer that is still on its way is gone, and its words are back with its author."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.letterbox import lay
from concord.monitoring.desk_stream import tell_desks
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.models import Report, Underway
from concord.reports.read_report import about_word, check_reads
from concord.vault import files
from concord.vault.keyring import Keyring


class ItHasGone(Refused):
    """The reporter can read it; what was read cannot be taken back."""

    words = _("It has gone: the person who reported can read it now. You can write once more.")
    status = 409
    is_kept = False  # a slip, and nobody's trespass: the case's timeline need not tell of it


@transaction.atomic
def take_back_answer(report: Report, *, by: StaffMember, keyring: Keyring, at: datetime) -> str:
    """Take it out of the box before anybody could find it there, and return its words.

    Whoever reads the report may: a colleague may see the slip first. Raises `ItHasGone` from the moment it was
    due, OnlyCurrentStaff, NoGrant.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    check_reads(report, by=by, keyring=keyring, at=at)
    underway = Underway.objects.filter(report=report, due_at__gt=at).first()
    if underway is None:
        raise ItHasGone(subject=report.id)
    words = read_underway(underway, keyring=keyring)
    take_away(underway)
    record("reports.take_back_answer", actor=by.person_id, subject=report.id, at=at)
    tell_desks(files.readers(report.file), "report", report.id)
    return words


def read_underway(underway: Underway, *, keyring: Keyring) -> str:
    """Its words, for whoever reads the report. Raises vault.NoGrant."""
    return files.unseal(
        underway.report.file,
        bytes(underway.sealed),
        about=about_word(underway.id),
        keyring=keyring,
    ).decode()


def take_away(underway: Underway) -> None:
    """Both copies of it; the job finds nothing."""
    if underway.in_box:
        lay.take_away(underway.in_box)
    underway.delete()
