"""read_report: open what somebody told us; each reading is an entry (K-CONF-1)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.models import Report
from concord.reports.seal_told import open_told
from concord.reports.told import Told
from concord.vault import files
from concord.vault.errors import NoGrant, Tampered
from concord.vault.keyring import Keyring


class OnlyCurrentStaff(Refused):
    """Former staff answer and decide nothing, whatever they still hold."""

    words = _("Only current staff can do this.")


class Said(NamedTuple):
    """Something said after the report: by the reporter (None), or by a member of staff.

    `urgent`: by a reporter who ticked that it is happening now.
    """

    by_staff: UUID | None
    text: str
    said_at: datetime
    urgent: bool = False


def read_report(report: Report, *, keyring: Keyring, at: datetime) -> Told:
    """What was told. Raises vault.NoGrant for anybody without an active grant."""
    told = told_in(report, keyring=keyring)
    record("reports.read", actor=keyring.holder, subject=report.id, at=at)
    return told


def told_in(report: Report, *, keyring: Keyring) -> Told:
    """The same for a verb that checks something by it and shows it to nobody. Raises vault.NoGrant."""
    return open_told(report, keyring=keyring)


def read_words(report: Report, *, keyring: Keyring) -> list[Said]:
    """What was said since, oldest first; but for what did not go outside with it (`keep_out`). Raises vault.NoGrant."""
    found = []
    for word in report.words.all():
        try:
            text = files.unseal(
                report.file, bytes(word.sealed), about=about_word(word.id), keyring=keyring
            )
        except Tampered:
            if report.former_file is None:
                raise
            continue
        found.append(Said(word.by_staff, text.decode(), word.said_at, word.urgent))
    return found


def about_word(word: UUID) -> str:
    return f"word:{word}"


def check_reads(report: Report, *, by: StaffMember, keyring: Keyring, at: datetime) -> None:
    """Raise OnlyCurrentStaff or vault.NoGrant unless this member of staff holds an active grant."""
    if not by.is_current(at):
        raise OnlyCurrentStaff(subject=report.id)
    if keyring.holder != by.person_id or not files.may_open(report.file, by.person_id):
        raise NoGrant(subject=report.id)
