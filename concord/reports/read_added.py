"""read_added: what whoever reported said since, before somebody who reads it (I-ANYWAY-1, K-CONF-1)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from concord.ledger.readings import last_of_any, readings
from concord.ledger.record import record
from concord.reports.change_choices import WISHES
from concord.reports.models import Report
from concord.reports.read_report import Said, read_words
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.keyring import Keyring


class Added(NamedTuple):
    """The reporter's words that this person has not read, oldest first.

    `files`: something came without a word. `wishes`: what they wish is new.
    """

    words: list[Said]
    files: bool
    wishes: bool = False

    @property
    def is_any(self) -> bool:
        return bool(self.words) or self.files or self.wishes


@transaction.atomic
def read_added(report: Report, *, keyring: Keyring, at: datetime) -> Added:
    """What is new to this person; it waits before nobody from now on. Raises vault.NoGrant.

    Called before the reading itself is entered. The row is cleared before the words are read: what comes in that
    very moment waits again.
    """
    if not files.may_open(report.file, keyring.holder):
        raise NoGrant(subject=report.id)
    since = Report.objects.select_for_update().get(id=report.id).added_at
    if since is not None:
        Report.objects.filter(id=report.id).update(added_at=None, added_raised_at=None)
        record("reports.read_added", actor=keyring.holder, subject=report.id, at=at)
    mine = [
        one.last for one in readings(report.id, verb="reports.read") if one.actor == keyring.holder
    ]
    words = [
        word
        for word in read_words(report, keyring=keyring)
        if word.by_staff is None
        and (
            (since is not None and word.said_at >= since)
            or any(word.said_at > last for last in mine)
        )
    ]
    wishes = _since(since, WISHES, report)
    files_came = not wishes or _since(since, "reports.bring_files", report)
    return Added(words, files=since is not None and not words and files_came, wishes=wishes)


def _since(since: datetime | None, verb: str, report: Report) -> bool:
    last = last_of_any([verb], subjects=[report.id])
    return since is not None and last is not None and last >= since
