"""set_aside: a duplicate, or junk, leaves the queue with a reason; never alone if it alleges anything."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import acquainted_with, close_to
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.models import UNANSWERED, Report, SettingAside, State
from concord.reports.read_report import check_reads, told_in
from concord.reports.receive_report import about
from concord.vault import files
from concord.vault.keyring import Keyring


class NeedsAnAnswerFirst(Refused):
    """A report that no person has answered cannot be set aside."""

    words = _("Answer the reporter first, or note that no contact is wanted.")
    status = 409


class NotToBeSetAside(Refused):
    """It went into a case, elsewhere, or aside already."""

    words = _("This report is no longer waiting; somebody has already taken it further.")
    status = 409


class NeedsReason(Refused):
    """A report is not set aside without a typed reason."""

    words = _("Please write in a sentence why. Nothing has changed yet.")
    status = 409


class AcquaintedDoNotLetItRest(Refused):
    """Whoever knows the person it is about may take a report further, and not say that nothing is done about it."""

    words = _(
        "You said that you know whoever this is about. You can answer it, and take it into a case; "
        "that nothing more is done about it, a colleague has to say."
    )


@transaction.atomic
def set_aside(
    report: Report, *, reason: str, alleges: bool, by: StaffMember, keyring: Keyring, at: datetime
) -> SettingAside:
    """Set a report aside. If it alleges anything, it stays as it is until another person confirms (4.2).

    So does one of which a colleague kept others out: who reads it is their choice, and that it ends is not theirs
    alone. Nothing is deleted. Raises NeedsAnAnswerFirst, NotToBeSetAside, NeedsReason, OnlyCurrentStaff, NoGrant, and
    AcquaintedDoNotLetItRest for whoever knows the writer of the post it came from.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    alleges = alleges or was_narrowed(report)
    aside = wish(report, reason=reason, alleges=alleges, by=by, keyring=keyring, at=at)
    if not alleges:
        close(report)
    record("reports.set_aside", actor=by.person_id, subject=report.id, at=at, alleges=alleges)
    tell_desks(files.readers(report.file), "report", report.id)
    return aside


def wish(
    report: Report,
    *,
    reason: str,
    alleges: bool,
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
    redirects: bool = False,
) -> SettingAside:
    """Write down what somebody wants and why, once the rules for it hold; both ways out of the queue begin here.

    Whoever else reads it is rung where one of them has to agree.
    """
    check_reads(report, by=by, keyring=keyring, at=at)
    check_knows_nobody(report, by=by, keyring=keyring)
    if report.state in UNANSWERED:
        raise NeedsAnAnswerFirst(subject=report.id)
    if report.state != State.ACKNOWLEDGED or SettingAside.objects.filter(report=report).exists():
        raise NotToBeSetAside(subject=report.id)
    if not reason.strip():
        raise NeedsReason(subject=report.id)
    if alleges:
        ring(files.readers(report.file) - {by.person_id}, at=at)
    return SettingAside.objects.create(
        report=report,
        alleges=alleges,
        redirects=redirects,
        reason_sealed=files.seal(
            report.file, reason.strip().encode(), about=f"{about(report.id)}:aside"
        ),
        wished_by=by.person_id,
        wished_at=at,
    )


def was_narrowed(report: Report) -> bool:
    """Whether a colleague kept others out of it."""
    return report.kept_out.filter(by_us=True).exists()


def check_knows_nobody(report: Report, *, by: StaffMember, keyring: Keyring) -> None:
    """Raise AcquaintedDoNotLetItRest for whoever said that they know the person it is about, closely or a little."""
    source = told_in(report, keyring=keyring).source
    about_whom = [source.author_id] if source and source.author_id else []
    if by.person_id in close_to(about_whom) | acquainted_with(about_whom):
        raise AcquaintedDoNotLetItRest(subject=report.id)


def close(report: Report) -> None:
    """The transition itself; both ways to it end here."""
    report.state = State.SET_ASIDE
    report.save(update_fields=["state"])


def read_reason(aside: SettingAside, *, keyring: Keyring) -> str:
    """Why somebody wants it set aside. Raises vault.NoGrant."""
    report = aside.report
    sealed = bytes(aside.reason_sealed)
    return files.unseal(
        report.file, sealed, about=f"{about(report.id)}:aside", keyring=keyring
    ).decode()
